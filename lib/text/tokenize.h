/*
 * tokenize.h - writes a text as lines of a token stream: its sentences, split into
 * words, or its lines, split into characters.
 */
#ifndef TOKENIZE_H
#define TOKENIZE_H

#include <stdio.h>

#include "punkt.h"
#include "token_rules.h"
#include "word_tokenize.h"

struct tokenizer {
	const struct punkt *table;
	enum fold fold;
	bool one;		/* a text is one line of tokens, which may be empty */
	const char *id;		/* of id_len bytes, before the tokens of each line; or NULL */
	size_t id_len;
	const char *header;	/* written before the first line of tokens, if not NULL */
	struct punkt_splitter outer, inner;
	struct word_tokenizer words;
	struct buf low;		/* the text, or the sentence, in lower case */
	struct buf wrapped;	/* a sentence between its markers */
	struct buf line;	/* its tokens */
};

/* A zeroed struct is ready once table and fold are set.  Both calls return false when
 * out of memory; write errors stay in ferror(f). */

/* Writes the sentences of a clean text to f, one per line, tokens separated by single
 * spaces. */
bool tokenize_write(struct tokenizer *c, const char *text, size_t len, FILE *f);

/* Writes each line of a clean text as a line of characters, each a token; space, tab,
 * newline and backslash become \s \t \n \\.  With `ended`, each line gets the token \n at
 * its end and keeps the CR of a CRLF, so that the text can be restored; without it,
 * empty lines are not written. */
bool tokenize_write_chars(struct tokenizer *c, const char *text, size_t len,
    bool ended, FILE *f);

void tokenize_free(struct tokenizer *c);

#endif
