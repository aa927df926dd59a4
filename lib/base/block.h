/*
 * block.h - a file in large pieces, for readers that scan bytes themselves.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct block {
	FILE *f;
	char *p;		/* n bytes, of which pos are used up */
	size_t pos, n;
	bool started;
	uint64_t bytes;		/* read so far */
};

/* Reads from f, which stays the caller's.  False: no memory. */
bool block_open(struct block *b, FILE *f);

/*
 * Reads the next piece when the present one is used up; false at the end, or
 * when reading failed, which ferror(f) then tells.  A byte order mark at the
 * start of the file is passed over.
 */
bool block_fill(struct block *b);

void block_close(struct block *b);

#endif
