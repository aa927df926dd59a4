/*
 * tok.c - everything that tok does with a file: CSV or lines, replacement of invalid
 * bytes, sentences, words or characters.  The first byte selects among these.  The
 * output must be a token stream.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_records.h"
#include "tokenize.h"
#include "reader.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { FOLDS = 3, CHARS = 4, LINES = 8, ALL_COLUMNS = 16, SECOND_COLUMN = 32 };

static struct punkt table;

static void
want(bool condition)
{
	if (!condition)
		abort();
}

static void
write_text(struct tokenizer *c, const char *p, size_t len, bool chars, FILE *out)
{
	static struct buf clean;
	uint64_t bad = 0;

	want(utf8_clean(&clean, p, len, &bad));
	want((bad == 0) == utf8_is_clean(p, len));
	want(utf8_is_clean(clean.p, clean.len));
	p = clean.len ? clean.p : "";
	want(chars ? tokenize_write_chars(c, p, clean.len, true, out) :
	    tokenize_write(c, p, clean.len, out));
}

static void
read_csv(struct tokenizer *c, unsigned mode, FILE *in, FILE *out)
{
	struct csv_records r;
	const char *why = csv_records_open(&r, in, NULL);	/* refused: what is no text */
	bool more = why == NULL;

	want(why == NULL || (*why != '\0' && strchr(why, '\n') == NULL));
	while (more && (want(csv_records_next(&r, mode & ALL_COLUMNS ? CSV_RECORDS_ALL :
	    mode & SECOND_COLUMN ? 1 : 0, &more) == NULL), more)) {
		const char *field;
		size_t n;

		for (size_t i = 0; (field = csv_records_field(&r, i, &n)) != NULL; i++)
			write_text(c, field, n, mode & CHARS, out);
	}
	csv_records_close(&r);
}

static void
read_lines(struct tokenizer *c, unsigned mode, FILE *in, FILE *out)
{
	struct reader r;
	bool more = true;

	reader_open(&r, in);
	r.crlf = true;
	want(reader_skip_bom(&r) == NULL);
	while (want(reader_line(&r, &more) == NULL), more)
		write_text(c, r.p, r.len, mode & CHARS, out);
	reader_close(&r);
}

/* Requires non-empty lines of tokens separated by single spaces, in UTF-8. */
static void
check_stream(const char *p, size_t len)
{
	char before = '\n';

	want(utf8_is_clean(p, len));
	for (size_t i = 0; i < len; i++) {
		if (p[i] == ' ' || p[i] == '\n')
			want(before != ' ' && before != '\n');
		want(p[i] != '\t');
		before = p[i];
	}
	want(before == '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct tokenizer c = { .table = &table };
	unsigned mode;
	char *text = NULL;
	size_t n = 0;
	FILE *in, *out;

	if (len < 2)
		return 0;
	if (table.n == 0)
		want(punkt_english(&table) == NULL);
	mode = data[0];
	c.fold = (mode & FOLDS) % 3;
	in = fmemopen((void *)(uintptr_t)(data + 1), len - 1, "rb");
	out = open_memstream(&text, &n);
	want(in != NULL && out != NULL);
	if (mode & LINES)
		read_lines(&c, mode, in, out);
	else
		read_csv(&c, mode, in, out);
	fclose(in);
	want(fclose(out) == 0);
	check_stream(text, n);
	free(text);
	tokenize_free(&c);
	return 0;
}
