/*
 * sentence.h - a text into its sentences, and each into its words: what stands
 * between a record and the token stream.
 */
#ifndef SENTENCE_H
#define SENTENCE_H

#include <stdio.h>

#include "punkt.h"
#include "words.h"

/* When to put text in lower case: before its sentences are found, after, never. */
enum fold { FOLD_EARLY, FOLD_LATE, FOLD_NEVER };

struct sentence_cutter {
	const struct punkt *table;
	enum fold fold;
	struct punkt_splitter outer, inner;
	struct words words;
	struct buf low;		/* the text, or the sentence, in lower case */
	struct buf wrapped;	/* a sentence between its markers */
	struct buf line;	/* its tokens */
};

/* A zeroed struct with table and fold set is ready. */

/* Writes the sentences of a clean text to f, one a line, tokens separated by
 * one space.  False: no memory.  Write errors stay in ferror(f). */
bool sentence_write(struct sentence_cutter *c, const char *text, size_t len, FILE *f);

/* Writes text as characters, one line a line: a token each, with space, tab,
 * newline and backslash as \s \t \n \\.  `ended` adds the token \n at the end,
 * and keeps the CR of a CRLF, so that the text can be had back; without it a
 * line without tokens is not written. */
bool sentence_write_chars(struct sentence_cutter *c, const char *text, size_t len,
    bool ended, FILE *f);

void sentence_free(struct sentence_cutter *c);

#endif
