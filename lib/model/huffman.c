/*
 * huffman.c - builds the tree from two queues: the words by rising count, and the inner
 * nodes in the order in which they are made, which is that of their counts.
 */
#include <stdlib.h>

#include "huffman.h"
#include "mem.h"

struct leaf {
	uint64_t count;
	uint32_t word;
};

/* The tree in the making. */
struct builder {
	struct huffman *t;
	struct leaf *leaf;	/* (v) by rising count */
	uint64_t *count;	/* (v - 1) of the inner nodes, in the order of their making */
	uint32_t next_word, next_node, made;
};

static int
compare_leaves(const void *a, const void *b)
{
	const struct leaf *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->word > y->word ? -1 : x->word < y->word;
}

/* The number of an inner node from the order of their making, the root being the last. */
static uint32_t
node_number(const struct builder *b, uint32_t made)
{
	return b->t->v - 2 - made;
}

/* Takes the node of the lowest count as a child of the node being made. */
static uint64_t
take_lowest(struct builder *b, signed char turn)
{
	uint32_t v = b->t->v, at;
	bool is_word = b->next_word < v && (b->next_node == b->made ||
	    b->leaf[b->next_word].count <= b->count[b->next_node]);
	uint64_t count;

	if (is_word) {
		count = b->leaf[b->next_word].count;
		at = b->leaf[b->next_word++].word;
	} else {
		count = b->count[b->next_node];
		at = v + node_number(b, b->next_node++);
	}
	b->t->parent[at] = node_number(b, b->made);
	b->t->turn[at] = turn;
	return count;
}

static void
build(struct builder *b, const struct vocab *vocab)
{
	struct huffman *t = b->t;

	for (uint32_t i = 0; i < t->v; i++)
		b->leaf[i] = (struct leaf){ vocab ? vocab->row[i].count : 1, i };
	qsort(b->leaf, t->v, sizeof(*b->leaf), compare_leaves);
	for (b->made = 0; b->made < t->v - 1; b->made++) {
		uint64_t first = take_lowest(b, -1);

		b->count[b->made] = first + take_lowest(b, 1);
	}
}

static int
path_length(const struct huffman *t, uint32_t word)
{
	int n = 1;

	for (uint32_t node = t->parent[word]; node > 0; node = t->parent[t->v + node])
		n++;
	return n;
}

const char *
huffman_new(struct huffman *t, const struct vocab *vocab, uint32_t v)
{
	struct builder b = { .t = t };

	*t = (struct huffman){ .v = v };
	t->parent = mem_zeros(2 * (size_t)v - 1, sizeof(*t->parent));
	t->turn = mem_zeros(2 * (size_t)v - 1, sizeof(*t->turn));
	b.leaf = mem_zeros(v, sizeof(*b.leaf));
	b.count = mem_zeros(v, sizeof(*b.count));
	if (t->parent && t->turn && b.leaf && b.count) {
		build(&b, vocab);
		for (uint32_t i = 0; i < v; i++) {
			int n = path_length(t, i);

			t->depth = n > t->depth ? n : t->depth;
		}
	}
	free(b.leaf);
	free(b.count);
	return t->depth ? NULL : "out of memory";
}

void
huffman_free(struct huffman *t)
{
	free(t->parent);
	free(t->turn);
	*t = (struct huffman){ 0 };
}

int
huffman_path(const struct huffman *t, uint32_t word, uint32_t *node, signed char *turn)
{
	uint32_t at = word;
	int n = 0;

	do {
		node[n] = t->parent[at];
		turn[n] = t->turn[at];
		at = t->v + node[n];
	} while (node[n++] > 0);
	return n;
}
