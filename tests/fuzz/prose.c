/*
 * prose.c - fuzz target with a clock: the input, repeated to a size at which quadratic
 * time shows, is split into tokens and joined to prose again.  Both take less processor
 * time than a bound that is linear in the size.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "detokenize.h"
#include "tokenize.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	SIZE = 1 << 16,		/* bytes of the text */
	NANOSECONDS = 12000	/* for each byte of it: with a sanitizer it takes some 500 */
};

static struct punkt table;

static void
want(bool truth)
{
	if (!truth)
		abort();
}

/* The input, repeated; out of it, valid UTF-8. */
static void
repeat(struct buf *text, const uint8_t *data, size_t len)
{
	struct buf raw = { 0 };
	uint64_t bad = 0;

	while (raw.len < SIZE)
		want(buf_put(&raw, (const char *)data, len));
	want(utf8_clean(text, raw.p, raw.len, &bad));
	buf_free(&raw);
}

/* Appends the rows of the tokens in a line to w, adding new ones to the table. */
static size_t
look_up(struct vocab *v, char *line, uint32_t *w)
{
	size_t n = 0;

	for (char *p = strtok(line, " "); p != NULL; p = strtok(NULL, " ")) {
		int64_t row = vocab_find(v, p, strlen(p));

		if (row < 0) {
			row = v->size;
			want(vocab_add(v, p, strlen(p), 1, VOCAB_NO_FIRST) == NULL);
		}
		w[n++] = (uint32_t)row;
	}
	return n;
}

static void
join_lines(char *out, size_t n)
{
	struct vocab v = { .unknown = -1 };
	struct buf prose = { 0 };
	uint32_t *w = malloc((n + 1) * sizeof(*w));

	want(w != NULL);
	for (char *line = out, *end; (end = memchr(line, '\n', n - (size_t)(line - out))) != NULL;
	    line = end + 1) {
		*end = '\0';
		prose.len = 0;
		want(detokenize_put(&prose, &v, w, (uint32_t)look_up(&v, line, w)));
	}
	free(w);
	buf_free(&prose);
	vocab_free(&v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct tokenizer c = { .table = &table };
	struct buf text = { 0 };
	clock_t start;
	char *out = NULL;
	size_t n = 0;
	FILE *f;

	if (len == 0 || len > 1000 || memchr(data, '\0', len) != NULL)
		return 0;
	if (table.n == 0)
		want(punkt_english(&table) == NULL);
	repeat(&text, data, len);
	f = open_memstream(&out, &n);
	want(f != NULL);
	start = clock();
	want(tokenize_write(&c, text.p, text.len, f) && fclose(f) == 0);
	join_lines(out, n);
	want((double)(clock() - start) / CLOCKS_PER_SEC * 1e9 < (double)NANOSECONDS * (double)text.len);
	free(out);
	buf_free(&text);
	tokenize_free(&c);
	return 0;
}
