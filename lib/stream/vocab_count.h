/*
 * vocab_count.h - how often each token stands, and the table cut from that.
 */
#ifndef VOCAB_COUNT_H
#define VOCAB_COUNT_H

#include "errmsg.h"
#include "token_stream.h"
#include "vocab.h"

struct vocab_count {
	enum unit unit;
	struct vocab words;	/* in no order that matters; the markers are not in it */
	uint64_t lines;		/* token lines; in unit=stream not known after a merge */
	uint64_t tokens;	/* START and END included in unit=sentence */
	uint64_t markers;	/* tokens of the text that are spelled like a marker: they */
	uint64_t first_marker;	/* count as UNKNOWN_TOKEN; the place of the first of them */
	uint64_t first_end;	/* the place of the first END */
	struct errmsg err;
};

/* Adds the line that t has just read, in the unit that c says.  NULL or "out of
 * memory". */
const char *vocab_count_line(struct vocab_count *c, struct token_stream *t);

/* Adds a shard's table, whose tokens came after those counted so far; the first
 * one sets the unit.  NULL or a phrase. */
const char *vocab_count_merge(struct vocab_count *c, const struct vocab *shard);

/* Distinct tokens, START and END included. */
uint64_t vocab_count_unique(const struct vocab_count *c);

/*
 * The table: words seen at least min times, size rows at most (0: no limit),
 * by falling count, ties by first appearance.  With size 0 and min 1 it says
 * where each word came first.  NULL or a phrase; vocab_free(out) is due in any case.
 */
const char *vocab_count_cut(const struct vocab_count *c, uint32_t size, uint64_t min, struct vocab *out);

void vocab_count_free(struct vocab_count *c);

#endif
