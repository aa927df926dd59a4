/*
 * count.h - how often each token stands, and the table cut from that.
 */
#ifndef COUNT_H
#define COUNT_H

#include "tokens.h"
#include "vocab.h"

struct count {
	enum unit unit;
	struct vocab words;	/* in no order that matters; the markers are not in it */
	uint64_t lines;		/* token lines; in unit=stream not known after a merge */
	uint64_t tokens;	/* START and END included in unit=sentence */
	uint64_t markers;	/* tokens of the text that are spelled like a marker: they */
	uint64_t first_marker;	/* count as UNKNOWN_TOKEN; the place of the first of them */
	uint64_t first_end;	/* the place of the first END */
	char err[200];
};

/* Adds the line that t has just read, in the unit that c says.  NULL or "out of
 * memory". */
const char *count_line(struct count *c, struct tokens *t);

/* Adds a shard's table, whose tokens came after those counted so far; the first
 * one sets the unit.  NULL or a phrase. */
const char *count_merge(struct count *c, const struct vocab *shard);

/* Distinct tokens, START and END included. */
uint64_t count_unique(const struct count *c);

/*
 * The table: words seen at least min times, size rows at most (0: no limit),
 * by falling count, ties by first appearance.  With size 0 and min 1 it says
 * where each word came first.  NULL or a phrase; vocab_free(out) is due in any case.
 */
const char *count_cut(const struct count *c, uint32_t size, uint64_t min, struct vocab *out);

void count_free(struct count *c);

#endif
