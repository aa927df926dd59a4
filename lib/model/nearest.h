/*
 * nearest.h - the words whose embeddings are nearest to that of a given word.
 *
 * A word's embedding is what its input becomes before anything is added: its column of E;
 * with tied weights its row of V; without embeddings its column of U, which holds the
 * inputs of all gates.
 */
#ifndef NEAREST_H
#define NEAREST_H

#include "model.h"

struct neighbour {
	uint32_t word;
	double cosine;		/* of the angle between the embeddings, -1 to 1; 0 if one is 0 */
};

/*
 * All words but `word` itself, by falling cosine, equal ones by their number:
 * list(shape.vocab - 1).  m is loaded.  NULL or "out of memory".
 */
const char *nearest_words(const struct model *m, uint32_t word, struct neighbour *list);

#endif
