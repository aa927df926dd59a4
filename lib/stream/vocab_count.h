/*
 * vocab_count.h - counts tokens and builds the vocabulary table.
 */
#ifndef VOCAB_COUNT_H
#define VOCAB_COUNT_H

#include "errmsg.h"
#include "token_stream.h"
#include "vocab.h"

struct vocab_count {
	enum unit unit;
	struct vocab words;	/* in order of first occurrence, without the markers; its rules
				 * are those of the text */
	struct line_form form;	/* of the text, too */
	uint64_t lines;		/* token lines; unknown in unit=stream after a merge */
	uint64_t tokens;	/* START and END included in unit=sentence */
	uint64_t markers;	/* tokens of the text that are spelled like a marker, */
	uint64_t first_marker;	/* counted as UNKNOWN_TOKEN; position of the first */
	uint64_t first_end;	/* position of the first END */
	const struct vocab *keep;	/* words that have a row whatever their count, or NULL */
	struct errmsg err;
};

/* Counts the tokens of t's current line, in unit c->unit.  NULL or an error message. */
const char *vocab_count_line(struct vocab_count *c, struct token_stream *t);

/* Sets the token rules of the text that follows: those of the text before, if there is
 * any.  NULL or an error message. */
const char *vocab_count_rules(struct vocab_count *c, const struct token_rules *r);

/* Likewise the form of its lines. */
const char *vocab_count_form(struct vocab_count *c, const struct line_form *form);

/* Adds the table of a shard, whose tokens follow those counted so far; the first
 * sets the unit.  NULL or an error message. */
const char *vocab_count_merge(struct vocab_count *c, const struct vocab *shard);

/* Sets c->keep, once all is counted: those that were not counted have a count of 0, and are
 * words of the text from here on.  NULL or an error message. */
const char *vocab_count_keep(struct vocab_count *c, const struct vocab *keep);

/* Distinct tokens, START and END included. */
uint64_t vocab_count_unique(const struct vocab_count *c);

/*
 * Builds the table: words with a count of at least min, at most size rows (0: no
 * limit), and those of c->keep, by falling count, ties by first occurrence.  With size 0 and min 1 it has
 * the positions of first occurrence.  NULL or an error message; call vocab_free(out)
 * in any case.
 */
const char *vocab_count_cut(const struct vocab_count *c, uint32_t size, uint64_t min,
    struct vocab *out);

void vocab_count_free(struct vocab_count *c);

#endif
