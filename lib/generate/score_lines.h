/*
 * score_lines.h - writes what models make of a window: lines of sentences, records and
 * words, and totals.
 *
 * A value that depends on the model has a field for each of them, in their order.  Write
 * errors are left in ferror(f).
 */
#ifndef SCORE_LINES_H
#define SCORE_LINES_H

#include "aligned_text.h"
#include "frame_ids.h"
#include "scoring.h"

struct score_lines {
	FILE *f;
	const struct scorer *model;	/* (n) */
	size_t n;
	const struct window *window;

	/* the caller's to set before each stream: */
	const struct vocab *vocab;
	const struct frame_ids *ids;	/* of the window's frames; NULL: they have none */
	struct aligned_text *text;	/* has the words of UNKNOWN_TOKEN; NULL: nothing has */

	/* sums over a sentence or a record */
	double *logp;			/* (n) */
	uint64_t tokens;
	bool begun;			/* a record, which has this id */
	struct buf id;
};

/* False when out of memory; score_lines_free() is due after either result. */
bool score_lines_open(struct score_lines *s, FILE *f, const struct window *w,
    const struct scorer *model, size_t n);

/* The first model by which the probability of frame i is not a finite number, or n. */
size_t score_lines_infinite(const struct score_lines *s, size_t i);

/* [id] ln P... tokens perplexity... */
void score_lines_sentence(struct score_lines *s, size_t i);

/* Adds frame i to its record, after writing the one before, which has another id; and
 * writes the last one: id ln P... tokens perplexity...  False when out of memory. */
bool score_lines_record(struct score_lines *s, size_t i);
void score_lines_end_record(struct score_lines *s);

/* [id] word ln P... rank... [known|unknown]: a line for each step of frame i. */
void score_lines_words(const struct score_lines *s, size_t i);

/* [id] and the first model's most probable word at each step of frame i, in one line. */
void score_lines_predicted(const struct score_lines *s, size_t i);

/* Lines of a key and its values. */
void score_lines_totals(const struct score_lines *s);

void score_lines_free(struct score_lines *s);

#endif
