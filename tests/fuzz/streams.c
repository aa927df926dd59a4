/*
 * streams.c - fuzz target: reads the bytes as an index stream, a vocabulary stream,
 * a token stream and a table.  What is accepted must be the same after it has been
 * written and read again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vocab_count.h"
#include "render.h"
#include "index_stream.h"
#include "vocab_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *
open_bytes(const void *p, size_t size)
{
	union { const void *in; void *out; } u = { .in = p };
	FILE *f = fmemopen(u.out, size, "r");

	if (f == NULL)
		abort();
	return f;
}

static void
require(bool truth)
{
	if (!truth)
		abort();
}

/* The next frame of `again` equals this one; text does not hold its bytes. */
static void
compare_frame(const struct frame *in, struct index_reader *again)
{
	bool more = false;

	require(index_next(again, &more) == NULL && more);
	require(again->frame.n == in->n);
	require(memcmp(again->frame.w, in->w, in->n * sizeof(*in->w)) == 0);
	require(again->frame.id_len == in->id_len);
	require(in->id_len == 0 || memcmp(again->frame.id, in->id, in->id_len) == 0);
	require(again->text || again->frame.bytes == in->bytes);
}

/* Writes the stream again, frame by frame, and compares what is read from both. */
static void
rewrite(const void *data, size_t size, bool text)
{
	struct index_reader in, again;
	struct index_writer w = { 0 };
	FILE *f = open_bytes(data, size), *g;
	char *copy = NULL;
	size_t len = 0;
	bool more;

	require(index_open(&in, f) == NULL);
	g = open_memstream(&copy, &len);
	require(g != NULL);
	w.ids = in.ids;
	index_begin(&w, g, &in.vocab, text);
	while (index_next(&in, &more) == NULL && more) {
		w.id = in.frame.id;
		w.id_len = in.frame.id_len;
		index_put(&w, in.frame.w, in.frame.n, in.frame.bytes);
	}
	index_end(&w);
	fclose(g);
	index_close(&in);
	rewind(f);
	g = open_bytes(copy, len);
	require(index_open(&in, f) == NULL && index_open(&again, g) == NULL);
	while (index_next(&in, &more) == NULL && more)
		compare_frame(&in.frame, &again);
	require(index_next(&again, &more) == NULL && !more);
	index_close(&in);
	index_close(&again);
	fclose(f);
	fclose(g);
	free(copy);
}

static void
read_index_stream(const void *data, size_t size)
{
	FILE *f = open_bytes(data, size);
	struct index_reader r;
	struct buf out = { .len = 0 };
	const char *why = index_open(&r, f);
	bool more = false;

	while (why == NULL && (why = index_next(&r, &more)) == NULL && more)
		for (int form = RENDER_TOKENS; form <= RENDER_LINE; form++)
			require(render_frame(&out, &r.vocab, &r.frame, form));
	require(why == NULL || strchr(why, '\n') == NULL);
	if (why == NULL) {
		rewrite(data, size, false);
		rewrite(data, size, true);
	}
	buf_free(&out);
	index_close(&r);
	fclose(f);
}

static void
read_vocab_stream(const void *data, size_t size)
{
	FILE *f = open_bytes(data, size);
	struct vocab_lookup rows = { .n = 0 };
	struct vocab_stream s;
	const char *why = vocab_stream_open(&s, f, NULL);
	bool more = false;

	while (why == NULL && (why = vocab_stream_next(&s, &rows, &more)) == NULL && more)
		require(rows.n > 0);
	require(why == NULL || strchr(why, '\n') == NULL);
	vocab_lookup_free(&rows);
	vocab_stream_close(&s);
	fclose(f);
}

/* Counts a token stream; merging its table with itself must double every count. */
static void
read_token_stream(const void *data, size_t size, enum unit unit)
{
	FILE *f = open_bytes(data, size);
	struct vocab_count c = { .unit = unit }, twice = { .unit = unit };
	struct vocab once = { .size = 0 }, both;
	struct token_stream t;
	const char *why;
	bool more = false;

	token_stream_open(&t, f);
	while ((why = token_stream_line(&t, &more)) == NULL && more)
		require(vocab_count_line(&c, &t) == NULL);
	require(why == NULL || strchr(why, '\n') == NULL);
	if (why == NULL && vocab_count_cut(&c, 0, 1, &once) == NULL) {
		require(vocab_count_merge(&twice, &once) == NULL);
		require(vocab_count_merge(&twice, &once) == NULL);
		require(vocab_count_cut(&twice, 0, 1, &both) == NULL && both.size == once.size);
		for (uint32_t i = 0; i < once.size; i++)
			require(both.row[i].count == 2 * once.row[i].count &&
			    both.row[i].first == once.row[i].first);
		vocab_free(&both);
	}
	vocab_free(&once);
	vocab_count_free(&c);
	vocab_count_free(&twice);
	token_stream_close(&t);
	fclose(f);
}

static void
read_table(const void *data, size_t size)
{
	struct vocab v = { .size = 0 }, again = { .size = 0 };
	struct vocab_count c = { .unit = UNIT_SENTENCE };
	struct buf out = { .len = 0 };
	const char *why = vocab_parse(&v, data, size);

	require(why == NULL || strchr(why, '\n') == NULL);
	if (why == NULL) {
		require(vocab_format(&v, &out));
		require(vocab_parse(&again, out.p, out.len) == NULL);
		require(again.size == v.size && vocab_crc(&again) == vocab_crc(&v));
		why = vocab_count_merge(&c, &v);
		require(why == NULL || strchr(why, '\n') == NULL);
	}
	buf_free(&out);
	vocab_count_free(&c);
	vocab_free(&v);
	vocab_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	read_index_stream(data, size);
	read_vocab_stream(data, size);
	read_token_stream(data, size, UNIT_SENTENCE);
	read_token_stream(data, size, UNIT_STREAM);
	read_table(data, size);
	return 0;
}
