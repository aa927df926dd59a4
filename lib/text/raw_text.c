/*
 * raw_text.c - the tokenizer, writing to memory.
 */
#include <stdlib.h>
#include <string.h>

#include "raw_text.h"
#include "utf8.h"

/* The lines of a text, of which the last may lack its end. */
static bool
write_chars(struct tokenizer *c, const char *text, size_t len, bool ends, FILE *f)
{
	const char *nl;
	bool ok = true;

	while (ok && ends && len > 0 && (nl = memchr(text, '\n', len)) != NULL) {
		size_t n = (size_t)(nl - text);

		ok = tokenize_write_chars(c, text, n, true, f);
		text += n + 1;
		len -= n + 1;
	}
	return ok && tokenize_write_chars(c, text, len, false, f);
}

static bool
write_tokens(FILE *f, const char *text, size_t len, const struct token_rules *rules)
{
	struct punkt table = { 0 };
	struct tokenizer c = { .table = &table, .rules = *rules,
	    .marks = rules->words == WORDS_UNICODE };
	bool ok;

	if (rules->characters)
		ok = write_chars(&c, text, len, rules->ends, f);
	else
		ok = punkt_english(&table) == NULL && tokenize_write(&c, text, len, f);
	tokenize_free(&c);
	punkt_free(&table);
	return ok;
}

const char *
raw_text_tokens(struct buf *out, const char *text, size_t len,
    const struct token_rules *rules)
{
	char *p = NULL;
	size_t n = 0;
	FILE *f;
	bool ok;

	if (!utf8_is_clean(text, len))
		return "invalid UTF-8; give the text in UTF-8";
	if ((f = open_memstream(&p, &n)) == NULL)
		return "out of memory";
	ok = write_tokens(f, text, len, rules) && !ferror(f);
	ok = fclose(f) == 0 && ok && buf_put(out, p, n);
	free(p);
	return ok ? NULL : "out of memory";
}
