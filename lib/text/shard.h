/*
 * shard.h - a part of a text that is cut into parts with equal numbers of bytes, at
 * records: a record belongs to the part in which its first byte lies.
 *
 * Several files are one text, one after another.
 */
#ifndef SHARD_H
#define SHARD_H

#include <stdint.h>
#include <stdio.h>

#include "errmsg.h"
#include "reader.h"

enum { SHARDS_MAX = 1000000 };
enum shard_place { SHARD_BEFORE, SHARD_INSIDE, SHARD_AFTER };

/* Zeroed: the whole text. */
struct shard {
	uint64_t i, n;		/* part i, from 1, of n; n = 0: the whole */

	/* private */
	uint64_t begin, end;	/* the bytes of the part, counted over all files */
	uint64_t file, next;	/* where the current file begins, and where the next */
};

/* Sets i and n from "i/n"; false if the word is anything else. */
bool shard_parse(struct shard *s, const char *word);

/* Measures the text, the files of these names.  NULL, or an error message, possibly in err,
 * that begins with the file: it cannot be cut. */
const char *shard_measure(struct shard *s, int argc, char *const argv[], struct errmsg *err);

/* Passes on to the next file, f.  Returns where all of its records lie, SHARD_INSIDE if they may
 * lie anywhere. */
enum shard_place shard_file(struct shard *s, FILE *f);

/* Where a record lies that begins at this byte of the current file.  s may be NULL: the whole. */
enum shard_place shard_place(const struct shard *s, uint64_t at);

/* The first byte of the current file that lies in the shard; 0: the file's first does. */
uint64_t shard_first_byte(const struct shard *s);

/* Whether bytes of the current file can be counted, after file_kind_begin(): NULL, or an error
 * message, possibly in err. */
const char *shard_check(const struct shard *s, const struct reader *in, struct errmsg *err);

#endif
