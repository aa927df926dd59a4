/*
 * token_rules.c - token rules as text.
 */
#include <stdio.h>
#include <string.h>

#include "token_rules.h"

static const char *const folds[] = { "early", "late", "never" };
static const char *const words[] = { "english", "unicode", "web", "space" };
static const char *const forms[] = { "no", "nfc", "nfkc" };
#define COUNT(list) (int)(sizeof(list) / sizeof((list)[0]))

struct token_rules
token_rules_of(bool characters)
{
	return (struct token_rules){ .characters = characters,
		.lower = token_rules_fold(characters, WORDS_ENGLISH) };
}

enum fold
token_rules_fold(bool characters, enum words w)
{
	return characters || w == WORDS_SPACE ? FOLD_NEVER : FOLD_EARLY;
}

bool
token_rules_default(const struct token_rules *r)
{
	return !r->characters && r->words == WORDS_ENGLISH && r->lower == FOLD_EARLY &&
	    r->form == FORM_NONE;
}

bool
token_rules_same(const struct token_rules *a, const struct token_rules *b)
{
	return a->characters == b->characters && a->ends == b->ends && a->words == b->words &&
	    a->lower == b->lower && a->form == b->form;
}

/* Takes the next item of the list, up to a comma; false if it is not this one. */
static bool
take_item(const char **p, size_t *left, const char *item)
{
	size_t len = strlen(item);

	if (*left < len || memcmp(*p, item, len) != 0 || (*left > len && (*p)[len] != ','))
		return false;
	len += *left > len;
	*p += len;
	*left -= len;
	return true;
}

/* Takes an item "KEY=VALUE" whose value is one of a list, from number `first` on, and sets
 * *value to its number; false if the next item is none. */
static bool
take_value(const char **p, size_t *left, const char *key, const char *const *list, int n,
    int first, int *value)
{
	char item[24];

	for (int i = first; i < n; i++) {
		snprintf(item, sizeof(item), "%s=%s", key, list[i]);
		if (take_item(p, left, item)) {
			*value = i;
			return true;
		}
	}
	return false;
}

bool
token_rules_parse(struct token_rules *r, const char *p, size_t len)
{
	int word = WORDS_ENGLISH, fold, form = FORM_NONE;
	bool characters;

	if (len == 0 || p[len - 1] == ',')
		return false;
	characters = take_item(&p, &len, "characters");
	if (!characters && !take_item(&p, &len, "words") &&
	    !take_value(&p, &len, "words", words, COUNT(words), 1, &word))
		return false;
	*r = (struct token_rules){ .characters = characters, .words = (enum words)word };
	if (characters)
		r->ends = take_item(&p, &len, "ends");
	fold = token_rules_fold(characters, r->words);
	take_value(&p, &len, "lower", folds, COUNT(folds), 0, &fold);
	if (characters && fold == FOLD_LATE)
		fold = FOLD_EARLY;
	r->lower = (enum fold)fold;
	take_value(&p, &len, "normalise", forms, COUNT(forms), 1, &form);
	r->form = (enum normal_form)form;
	return len == 0;
}

const char *
token_rules_text(const struct token_rules *r, char out[TOKEN_RULES_TEXT])
{
	bool other = !r->characters && r->words != WORDS_ENGLISH;
	bool folds_else = r->lower != token_rules_fold(r->characters, r->words);

	snprintf(out, TOKEN_RULES_TEXT, "%s%s%s%s%s%s%s%s", r->characters ? "characters" : "words",
	    other ? "=" : "", other ? words[r->words] : "", r->ends ? ",ends" : "",
	    folds_else ? ",lower=" : "", folds_else ? folds[r->lower] : "",
	    r->form ? ",normalise=" : "", r->form ? forms[r->form] : "");
	return out;
}

const char *
token_rules_field(const struct token_rules *r, char out[TOKEN_RULES_FIELD])
{
	char text[TOKEN_RULES_TEXT];

	out[0] = '\0';
	if (!token_rules_default(r))
		snprintf(out, TOKEN_RULES_FIELD, " rules=%s", token_rules_text(r, text));
	return out;
}
