/*
 * huffman.h - the binary tree of a hierarchical softmax: a Huffman code of the words by
 * their counts (Mikolov et al. 2011), so that frequent words have short paths.
 *
 * Its C - 1 inner nodes are numbered from the root, 0, so that a node's number is above its
 * parent's.  The tree follows from the counts alone: the two nodes of the lowest count are
 * joined until one is left.  Of equal counts a word comes before an inner node, a later
 * word before an earlier one, and an inner node before those made after it.  Of the two, the
 * first has turn -1, the second 1.
 */
#ifndef HUFFMAN_H
#define HUFFMAN_H

#include "vocab.h"

struct huffman {
	uint32_t v;		/* words, at least 2 */
	uint32_t *parent;	/* (2 v - 1) inner node above word i, or above inner node i - v */
	signed char *turn;	/* (2 v - 1) 1 or -1: which child of the parent it is */
	int depth;		/* inner nodes on the longest path */
};

/* The tree of v words with the vocabulary's counts; without a vocabulary (NULL) all words
 * count alike.  NULL or "out of memory"; huffman_free() is due after success and failure. */
const char *huffman_new(struct huffman *t, const struct vocab *vocab, uint32_t v);
void huffman_free(struct huffman *t);

/* The path of a word, upwards: its inner nodes and the turns taken there, at most t->depth.
 * Returns their number. */
int huffman_path(const struct huffman *t, uint32_t word, uint32_t *node, signed char *turn);

#endif
