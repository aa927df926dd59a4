/*
 * token_rules.h - how a text was cut into tokens: the options of tok that decide which
 * tokens a text has.
 *
 * As text, a list such as "words", "words=unicode,lower=never" or "characters,ends": what
 * the tokens are, then what differs from the defaults of these, in a fixed order.  It is
 * the value of rules= in the headers of streams and tables and in a model.  Where there
 * is none, the rules are "words", which a zeroed struct is.
 */
#ifndef TOKEN_RULES_H
#define TOKEN_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* When text is converted to lower case: before its sentences are found, after, never. */
enum fold { FOLD_EARLY, FOLD_LATE, FOLD_NEVER };

/* The rules for words: NLTK's for English; Unicode's word boundaries; those for English,
 * with URLs, hashtags, emoticons and their like in one piece; white space only. */
enum words { WORDS_ENGLISH, WORDS_UNICODE, WORDS_WEB, WORDS_SPACE };
#define WORDS_NAMES "english|unicode|web|space"

/* The normal form that text is converted to before anything else. */
enum normal_form { FORM_NONE, FORM_NFC, FORM_NFKC };
#define FORM_NAMES "no|nfc|nfkc"

struct token_rules {
	bool characters;	/* a token is a character, or the escape of one (escape.h) */
	bool ends;		/* of characters: line ends are tokens */
	enum words words;	/* if tokens are not characters */
	enum fold lower;	/* never FOLD_LATE for characters, where it means FOLD_EARLY */
	enum normal_form form;
};

/* Bytes for any text, and for any header field, with their NUL. */
enum { TOKEN_RULES_TEXT = 64, TOKEN_RULES_FIELD = TOKEN_RULES_TEXT + 8 };

/* The rules of words in English, or of characters, that tok has without -l. */
struct token_rules token_rules_of(bool characters);

/* What tok does about capitals without -l: FOLD_EARLY for words, unless these are to be
 * left as they are. */
enum fold token_rules_fold(bool characters, enum words words);

/* Whether they are those of words that tok has without options, which no header names. */
bool token_rules_default(const struct token_rules *r);

bool token_rules_same(const struct token_rules *a, const struct token_rules *b);

/* Parses len bytes; false for anything but a text as above. */
bool token_rules_parse(struct token_rules *r, const char *p, size_t len);

/* Formats the rules into out, and returns it. */
const char *token_rules_text(const struct token_rules *r, char out[TOKEN_RULES_TEXT]);

/* The header field " rules=TEXT", or "" for the default rules; likewise. */
const char *token_rules_field(const struct token_rules *r, char out[TOKEN_RULES_FIELD]);

#endif
