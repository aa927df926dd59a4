/*
 * vocab_stream.c - fuzz target for vocabulary streams that are right except for one byte:
 * what follows the first three bytes is counted as a token stream and written with its
 * table, which must be read back as it was; then one byte is changed, which must be noticed
 * behind the header.  streams.c reads any bytes, but hardly ever gets past a checksum.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vocab_count.h"
#include "vocab_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
want(bool truth)
{
	if (!truth)
		abort();
}

static FILE *
open_bytes(const void *p, size_t size)
{
	union { const void *in; void *out; } u = { .in = p };
	FILE *f = fmemopen(u.out, size, "r");

	want(f != NULL);
	return f;
}

/* Reads a stream; false if it is refused.  *lines: those read. */
static bool
read_stream(const char *p, size_t len, uint64_t *lines)
{
	FILE *f = open_bytes(p, len);
	struct vocab_lookup rows = { .n = 0 };
	struct vocab_stream s;
	const char *why = vocab_stream_open(&s, f, NULL);
	bool more = false, good;

	*lines = 0;
	while (why == NULL && (why = vocab_stream_next(&s, &rows, &more)) == NULL && more)
		++*lines;
	want(why == NULL || (*why != '\0' && strchr(why, '\n') == NULL));
	good = why == NULL;
	vocab_lookup_free(&rows);
	vocab_stream_close(&s);
	fclose(f);
	return good;
}

/* Writes the stream of the tokens p with a table of at most max rows; false if they cannot
 * be counted. */
static bool
write_stream(FILE *to, const uint8_t *p, size_t len, enum unit unit, uint32_t max,
    uint64_t *lines)
{
	FILE *f = open_bytes(p, len);
	struct vocab_count c = { .unit = unit };
	struct vocab v = { .size = 0 };
	struct token_stream t;
	struct vocab_lines said = { 0 };
	struct buf text = { 0 };
	const char *why;
	bool more = false;

	token_stream_open(&t, f);
	while ((why = token_stream_line(&t, &more)) == NULL && more) {
		vocab_lines_add(&said, t.in.p, t.in.len);
		want(buf_put(&text, t.in.p, t.in.len) && buf_putc(&text, '\n'));
		want(vocab_count_line(&c, &t) == NULL);
	}
	if (why == NULL && c.tokens > 0)
		why = vocab_count_cut(&c, max, 1, &v);
	*lines = c.lines;
	more = why == NULL && v.size > 0;
	if (more) {
		uint32_t begun = vocab_stream_begin(to, &v, &c);

		fwrite(text.p, 1, text.len, to);
		vocab_stream_end(to, &said, begun);
	}
	buf_free(&text);
	vocab_free(&v);
	vocab_count_free(&c);
	token_stream_close(&t);
	fclose(f);
	return more;
}

/* Changes a byte: what is behind the header, the last newline apart, is refused then. */
static void
damage(char *p, size_t n, size_t at, uint8_t by)
{
	uint64_t lines;
	size_t header = (size_t)((char *)memchr(p, '\n', n) - p);
	bool accepted;

	p[at] ^= (char)by;
	accepted = read_stream(p, n, &lines);
	want(!accepted || at <= header || at == n - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = NULL;
	size_t n = 0;
	uint64_t lines, again;
	FILE *f;
	bool good;

	if (len < 4)
		return 0;
	f = open_memstream(&text, &n);
	want(f != NULL);
	good = write_stream(f, data + 3, len - 3, data[0] & 1 ? UNIT_STREAM : UNIT_SENTENCE,
	    data[0] & 2 ? 4 : 0, &lines);
	want(fclose(f) == 0);
	if (good) {
		want(read_stream(text, n, &again) && again == lines);
		damage(text, n, (data[1] | (size_t)data[2] << 8) % n, data[0] >> 2 | 1);
	}
	free(text);
	return 0;
}
