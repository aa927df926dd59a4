/*
 * token_rules.c - token rules as text.
 */
#include <stdio.h>
#include <string.h>

#include "token_rules.h"

static const char *const folds[] = { "early", "late", "never" };
enum { NFOLDS = sizeof(folds) / sizeof(folds[0]) };

struct token_rules
token_rules_of(bool characters)
{
	return (struct token_rules){ .characters = characters,
		.lower = characters ? FOLD_NEVER : FOLD_EARLY };
}

bool
token_rules_default(const struct token_rules *r)
{
	return !r->characters && r->lower == FOLD_EARLY;
}

bool
token_rules_same(const struct token_rules *a, const struct token_rules *b)
{
	return a->characters == b->characters && a->ends == b->ends && a->lower == b->lower;
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

static bool
take_fold(const char **p, size_t *left, enum fold *lower)
{
	char item[16];

	for (int i = 0; i < NFOLDS; i++) {
		snprintf(item, sizeof(item), "lower=%s", folds[i]);
		if (take_item(p, left, item)) {
			*lower = (enum fold)i;
			return true;
		}
	}
	return false;
}

bool
token_rules_parse(struct token_rules *r, const char *p, size_t len)
{
	bool characters;

	if (len == 0 || p[len - 1] == ',')
		return false;
	characters = take_item(&p, &len, "characters");
	if (!characters && !take_item(&p, &len, "words"))
		return false;
	*r = token_rules_of(characters);
	if (characters)
		r->ends = take_item(&p, &len, "ends");
	if (len > 0 && !take_fold(&p, &len, &r->lower))
		return false;
	if (characters && r->lower == FOLD_LATE)
		r->lower = FOLD_EARLY;
	return len == 0;
}

const char *
token_rules_text(const struct token_rules *r, char out[TOKEN_RULES_TEXT])
{
	const struct token_rules plain = token_rules_of(r->characters);
	bool other = r->lower != plain.lower;

	snprintf(out, TOKEN_RULES_TEXT, "%s%s%s%s", r->characters ? "characters" : "words",
	    r->ends ? ",ends" : "", other ? ",lower=" : "", other ? folds[r->lower] : "");
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
