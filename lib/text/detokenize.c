/*
 * detokenize.c - tokens to prose.
 *
 * Each token attaches to the one before (LEFT), the one after (RIGHT), both or neither;
 * a space goes between two tokens that do not attach to each other.
 */
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "detokenize.h"
#include "guillemet.h"
#include "sentence_word.h"

enum { LEFT = 1, RIGHT = 2 };

/* A sentence, and what is open at the current word. */
struct sentence {
	const struct vocab *v;
	const uint32_t *w;
	uint32_t n, i;
	int before;		/* how the previous word attaches; RIGHT at the start */
	int brackets;		/* ( without a ) so far */
	int64_t last_close;	/* the last ) of all; -1: none, -2: not searched for yet */
	bool angle;		/* < without a > so far */
	bool quote;		/* `` or " without an end so far */
	bool low, low_single;	/* likewise „ and a word that begins with ‚ */
	struct guillemets angles;
	bool star, tick;	/* likewise * and a backtick */
	bool entity;		/* between & and ; */
	bool capital;		/* the first letter is still to come */
};

static const struct {
	const char *word;
	int attach;
} marks[] = {
	{ ",", LEFT }, { ".", LEFT }, { "!", LEFT }, { "?", LEFT }, { ";", LEFT },
	{ ":", LEFT }, { ")", LEFT }, { "]", LEFT }, { "}", LEFT }, { "%", LEFT },
	{ "'s", LEFT }, { "'m", LEFT }, { "'d", LEFT }, { "'S", LEFT }, { "'M", LEFT },
	{ "'D", LEFT }, { "'ll", LEFT }, { "'re", LEFT }, { "'ve", LEFT }, { "'LL", LEFT },
	{ "'RE", LEFT }, { "'VE", LEFT }, { "n't", LEFT }, { "N'T", LEFT },
	{ "\u201d", LEFT }, { "\u2026", LEFT },
	{ "(", RIGHT }, { "[", RIGHT }, { "{", RIGHT }, { "$", RIGHT }, { "#", RIGHT },
	{ "@", RIGHT }
};

/* Words that are written as one. */
static const char *const pairs[][2] = {
	{ "can", "not" }, { "d", "'ye" }, { "gim", "me" }, { "gon", "na" }, { "got", "ta" },
	{ "lem", "me" }, { "more", "'n" }, { "wan", "na" }, { "'t", "is" }, { "'t", "was" }
};

/* The word at offset `by` from the current one; empty outside the sentence. */
static struct word
word_near(const struct sentence *s, int64_t by)
{
	return sentence_word(s->v, s->w, s->n, (int64_t)s->i + by);
}

static bool
is_word(struct word x, const char *text)
{
	return x.len == strlen(text) && memcmp(x.p, text, x.len) == 0;
}

/* Likewise, but ignoring the case of ASCII letters. */
static bool
is_folded(struct word x, const char *text)
{
	return x.len == strlen(text) && strncasecmp(x.p, text, x.len) == 0;
}

static bool
begins_with(struct word x, const char *text)
{
	return x.len >= strlen(text) && memcmp(x.p, text, strlen(text)) == 0;
}

/* For pairs of equal marks: the first opens, the second closes. */
static int
attach_pair(bool *open)
{
	*open = !*open;
	return *open ? RIGHT : LEFT;
}

/* Whether it is punctuation that ends a part of a sentence, or the end of the sentence. */
static bool
is_stop(struct word x)
{
	return x.len == 0 || (x.len == 1 && strchr(",.;:!?)", *x.p) != NULL);
}

static int
attach_quote(struct sentence *s, struct word x)
{
	if (is_word(x, "``")) {
		/* tok takes a closing quote for an opening one between ! or ? and a comma */
		s->quote = !(s->quote && is_stop(word_near(s, 1)));
		return s->quote ? RIGHT : LEFT;
	}
	if (is_word(x, "\""))
		return attach_pair(&s->quote);
	/* at the start of a line tok takes an opening quote for a closing one */
	if (s->before == RIGHT && !s->quote) {
		s->quote = true;
		return RIGHT;
	}
	s->quote = false;
	return LEFT;
}

/* Typographic quotes other than guillemets: “English”, „German“, ‚both‘. */
static int
attach_typographic(struct sentence *s, struct word x)
{
	bool *low = is_word(x, "\u201c") ? &s->low : is_word(x, "\u2018") ? &s->low_single : NULL;

	if (is_word(x, "\u201e"))
		s->low = true;
	if (low == NULL || !*low)
		return RIGHT;
	*low = false;
	return LEFT;
}

/* Whether the next word begins with a vowel, as one does that an article or pronoun of French
 * or Italian has lost its own before. */
static bool
elides(struct word before, struct word next, bool ascii)
{
	static const char *const short_forms[] = { "c", "d", "j", "l", "m", "n", "s", "t", "qu",
		"jusqu", "lorsqu", "puisqu", "quoiqu", "quelqu", "aujourd", "all", "dall", "dell",
		"nell", "sull", "un", "quest" };

	if (next.len == 0 || (*next.p & 0x80 ? 0 : ascii || !strchr("aeiouhAEIOUH", *next.p)))
		return false;
	for (size_t i = 0; i < sizeof(short_forms) / sizeof(*short_forms); i++)
		if (is_folded(before, short_forms[i]))
			return true;
	return false;
}

/* A lone apostrophe: a plural genitive, a quote, or an elision. */
static int
attach_apostrophe(const struct sentence *s, struct word x)
{
	static const char *const clitics[] = { "s", "t", "m", "d", "ll", "re", "ve" };
	struct word next = word_near(s, 1);

	if (s->before & RIGHT)
		return RIGHT;
	if (elides(word_near(s, -1), next, x.len == 1))
		return LEFT | RIGHT;
	for (size_t i = 0; x.len == 3 && i < sizeof(clitics) / sizeof(*clitics); i++)
		if (is_word(next, clitics[i]))
			return LEFT | RIGHT;
	return LEFT;
}

/* Whether a ) follows.  The last one answers that for every word, so it is searched
 * for once and the time stays linear. */
static bool
closes_later(struct sentence *s)
{
	if (s->last_close == -2) {
		int64_t i = (int64_t)s->n - 1;

		while (i >= 0 && !is_word(word_near(s, i - (int64_t)s->i), ")"))
			i--;
		s->last_close = i;
	}
	return s->last_close > (int64_t)s->i;
}

/* A colon or semicolon: part of a smiley, a URL or an entity, or punctuation. */
static int
attach_colon(struct sentence *s, struct word x)
{
	struct word next = word_near(s, 1);
	bool semicolon = x.p[0] == ';';

	if (semicolon && s->entity) {
		s->entity = false;
		return LEFT;
	}
	if ((is_word(next, ")") && s->brackets == 0) || (is_word(next, "(") && !closes_later(s)))
		return RIGHT;
	return !semicolon && begins_with(next, "//") ? LEFT | RIGHT : LEFT;
}

static int
attach_bracket(struct sentence *s, struct word x)
{
	if (is_word(x, "(")) {
		s->brackets++;
		return is_word(word_near(s, -1), "]") ? LEFT | RIGHT : RIGHT;
	}
	if (s->brackets > 0)
		s->brackets--;
	return LEFT;
}

static int
attach_angle(struct sentence *s, struct word x)
{
	bool was = s->angle;

	s->angle = is_word(x, "<");
	if (s->angle)
		return RIGHT;
	return was || is_word(word_near(s, -1), "-") ? LEFT : 0;
}

/* Stars come in pairs, each a star or a run of stars; one without a partner attaches to
 * nothing. */
static int
attach_star(struct sentence *s)
{
	int run = is_word(word_near(s, 1), "*") ? RIGHT : 0;
	int64_t by = 1;

	if (is_word(word_near(s, -1), "*"))
		return LEFT | run | (s->star ? RIGHT : 0);
	if (s->star) {
		s->star = false;
		return LEFT | run;
	}
	while (is_word(word_near(s, by), "*"))
		by++;
	for (; (int64_t)s->i + by < (int64_t)s->n; by++)
		if (is_word(word_near(s, by), "*")) {
			s->star = true;
			return RIGHT;
		}
	return run;
}

static int
attach_mark(struct word x)
{
	size_t dots = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (is_word(x, marks[i].word))
			return marks[i].attach;
	while (dots < x.len && x.p[dots] == '.')
		dots++;
	return dots == x.len ? LEFT : 0;
}

static bool
is_pair(struct word a, struct word b)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (is_folded(a, pairs[i][0]) && is_folded(b, pairs[i][1]))
			return true;
	return false;
}

/* How the current word attaches to its neighbours. */
static int
attach_word(struct sentence *s, struct word x)
{
	if (is_pair(x, word_near(s, 1)))
		return RIGHT;
	if (is_word(x, "``") || is_word(x, "''") || is_word(x, "\""))
		return attach_quote(s, x);
	if (is_word(x, "'") || is_word(x, "\u2019"))
		return attach_apostrophe(s, x);
	if (is_word(x, "\u201c") || is_word(x, "\u2018") || is_word(x, "\u201e"))
		return attach_typographic(s, x);
	if (guillemet_is(x))
		return guillemet_opens(&s->angles, s->v, s->w, s->n, s->i) ? RIGHT : LEFT;
	if (is_word(x, ":") || is_word(x, ";"))
		return attach_colon(s, x);
	if (is_word(x, "(") || is_word(x, ")"))
		return attach_bracket(s, x);
	if (is_word(x, "<") || is_word(x, ">"))
		return attach_angle(s, x);
	if (is_word(x, "*"))
		return attach_star(s);
	if (is_word(x, "`"))
		return attach_pair(&s->tick);
	if (is_word(x, "&") && is_word(word_near(s, 2), ";")) {
		s->entity = true;
		return RIGHT;
	}
	s->low_single |= begins_with(x, "\u201a");
	return attach_mark(x);
}

/* Whether a word of WORDS_WEB is a URL, a mail address, a mention or a hashtag. */
static bool
is_web_piece(const struct sentence *s, struct word x)
{
	return s->v->rules.words == WORDS_WEB && (memchr(x.p, '@', x.len) ||
	    (x.len > 1 && *x.p == '#') || begins_with(x, "http://") || begins_with(x, "https://") ||
	    begins_with(x, "ftp://"));
}

/* A URL, which stays in lower case. */
static bool
is_address(const struct sentence *s, struct word x)
{
	return begins_with(x, "www.") || is_web_piece(s, x) ||
	    (is_word(word_near(s, 1), ":") && begins_with(word_near(s, 2), "//"));
}

/* Bytes of an apostrophe, or of marks that other languages begin a sentence or quotation
 * with, before the rest of the word. */
static size_t
leading_marks(struct word x)
{
	static const char *const openers[] = { "\u00bf", "\u00a1", "\u201a", "\u203a" };
	size_t skip = x.len > 1 && x.p[0] == '\'';

	for (size_t i = 0; i < sizeof(openers) / sizeof(*openers); i++) {
		struct word rest = { x.p + skip, x.len - skip };

		if (begins_with(rest, openers[i]) && rest.len > strlen(openers[i]))
			skip += strlen(openers[i]);
	}
	return skip;
}

/* The first character of the word, after *skip bytes of marks.  False: it is not a letter
 * or digit. */
static bool
first_letter(struct word x, size_t *skip, size_t *len, utf8proc_int32_t *c)
{
	utf8proc_ssize_t n;

	*skip = leading_marks(x);
	n = utf8proc_iterate((const utf8proc_uint8_t *)x.p + *skip,
	    (utf8proc_ssize_t)(x.len - *skip), c);
	if (n <= 0)
		return false;
	*len = (size_t)n;
	switch (utf8proc_category(*c)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND:
		return true;
	default:
		return false;
	}
}

/* The first word of a sentence is capitalised, even after punctuation, unless it is a
 * URL, a name after @ or #, or part of an entity such as &amp;. */
static bool
put_word(struct buf *out, struct sentence *s, struct word x)
{
	utf8proc_uint8_t letter[4];
	utf8proc_int32_t c;
	size_t skip, len;

	if (is_word(x, "``") || is_word(x, "''"))
		return buf_putc(out, '"');
	if (is_word(x, "i") && !s->entity && s->v->rules.lower != FOLD_NEVER) {
		s->capital = false;
		return buf_putc(out, 'I');
	}
	if (!s->capital || s->entity || !first_letter(x, &skip, &len, &c)) {
		s->capital &= !is_web_piece(s, x);
		return buf_put(out, x.p, x.len);
	}
	s->capital = false;
	if (is_address(s, x) || is_word(word_near(s, -1), "@") || is_word(word_near(s, -1), "#"))
		return buf_put(out, x.p, x.len);
	return buf_put(out, x.p, skip) &&
	    buf_put(out, letter, (size_t)utf8proc_encode_char(utf8proc_totitle(c), letter)) &&
	    buf_put(out, x.p + skip + len, x.len - skip - len);
}

bool
detokenize_put(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n)
{
	struct sentence s = { .v = v, .w = w, .n = n, .before = RIGHT, .last_close = -2,
	    .capital = v->rules.lower != FOLD_NEVER };

	for (; s.i < n; s.i++) {
		struct word x = word_near(&s, 0);
		int attach = attach_word(&s, x);
		bool joined = is_pair(word_near(&s, -1), x);

		if (s.i > 0 && !(s.before & RIGHT) && !(attach & LEFT) && !joined &&
		    !buf_putc(out, ' '))
			return false;
		if (!put_word(out, &s, x))
			return false;
		s.before = attach;
	}
	return true;
}
