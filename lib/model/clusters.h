/*
 * clusters.h - how the adaptive softmax divides a vocabulary whose words are in the order of
 * their frequency: part 0, the head, has the words before the first cut-off, and part i, a
 * cluster, those from cut-off i up to the next one or the end.
 *
 * The head's output has an entry for each of its words and one for each cluster.  A cluster
 * has a projection of the head's input to a smaller one: of `reduction` times fewer numbers
 * in the first cluster, `reduction` squared in the second, and so on.
 */
#ifndef CLUSTERS_H
#define CLUSTERS_H

#include <stdbool.h>
#include <stdint.h>

enum { CLUSTERS_MAX = 4, CLUSTERS_REDUCTION = 4, CLUSTERS_REDUCTION_MAX = 1000,
	CLUSTERS_TEXT = 40 };

struct clusters {
	uint32_t n;			/* clusters; 0: no adaptive softmax */
	uint32_t cut[CLUSTERS_MAX];	/* (n) the first word of each, rising */
	uint32_t reduction;		/* 1 .. CLUSTERS_REDUCTION_MAX; 0 without clusters */
};

/* The default cut-offs of v words: an eighth of v, but at least 1 and at most 2000; then
 * 10,000, 40,000 and 160,000, as far as they are at most half of v. */
struct clusters clusters_default(uint32_t v);

/* Reads the cut-offs, "2000,10000"; false: not rising numbers above 0, or too many. */
bool clusters_parse(struct clusters *c, const char *text);
/* Writes them; returns out. */
const char *clusters_text(const struct clusters *c, char out[CLUSTERS_TEXT]);

/* NULL, or an error message: the last cut-off is not below v, or the reduction is wrong. */
const char *clusters_check(const struct clusters *c, uint32_t v);

/* The words first .. end - 1 of part i, of v in all. */
uint32_t clusters_first(const struct clusters *c, uint32_t i);
uint32_t clusters_end(const struct clusters *c, uint32_t i, uint32_t v);

/* Rows of part i's output matrix; without clusters part 0 has a row for every word. */
uint32_t clusters_rows(const struct clusters *c, uint32_t i, uint32_t v);
/* Their length, at least 1, with an input of this many numbers. */
uint32_t clusters_width(const struct clusters *c, uint32_t i, uint32_t input);

#endif
