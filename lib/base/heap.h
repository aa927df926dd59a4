/*
 * heap.h - a binary heap in an array.  Compilers inline the order that it is
 * given, so each user gets a loop of its own.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether item a belongs nearer to the top than b; arg is the caller's. */
typedef bool heap_order(uint64_t a, uint64_t b, const void *arg);

/* Puts item at i or below, in a heap of n items that is in order below i. */
static inline void
heap_sink(uint64_t *heap, size_t n, size_t i, uint64_t item, heap_order *above, const void *arg)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= n)
			break;
		child += child + 1 < n && above(heap[child + 1], heap[child], arg);
		if (!above(heap[child], item, arg))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = item;
}

/* Brings n items in any order into the order of a heap. */
static inline void
heap_make(uint64_t *heap, size_t n, heap_order *above, const void *arg)
{
	for (size_t i = n / 2; i-- > 0;)
		heap_sink(heap, n, i, heap[i], above, arg);
}

#endif
