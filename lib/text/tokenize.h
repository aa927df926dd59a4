/*
 * tokenize.h - a text into its sentences, and each into its words: what stands
 * between a record and the token stream.
 */
#ifndef TOKENIZE_H
#define TOKENIZE_H

#include <stdio.h>

#include "punkt.h"
#include "word_tokenize.h"

/* When to put text in lower case: before its sentences are found, after, never. */
enum fold { FOLD_EARLY, FOLD_LATE, FOLD_NEVER };

struct sentence_cutter {
	const struct punkt *table;
	enum fold fold;
	struct punkt_splitter outer, inner;
	struct word_tokenizer words;
	struct buf low;		/* the text, or the sentence, in lower case */
	struct buf wrapped;	/* a sentence between its markers */
	struct buf line;	/* its tokens */
};

/* A zeroed struct with table and fold set is ready. */

/* Writes the sentences of a clean text to f, one a line, tokens separated by
 * one space.  False: no memory.  Write errors stay in ferror(f). */
bool tokenize_write(struct sentence_cutter *c, const char *text, size_t len, FILE *f);

/* Writes text as characters, one line a line: a token each, with space, tab,
 * newline and backslash as \s \t \n \\.  `ended` adds the token \n at the end,
 * and keeps the CR of a CRLF, so that the text can be had back; without it a
 * line without tokens is not written. */
bool tokenize_write_chars(struct sentence_cutter *c, const char *text, size_t len,
    bool ended, FILE *f);

void tokenize_free(struct sentence_cutter *c);

#endif
