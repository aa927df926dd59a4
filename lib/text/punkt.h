/*
 * punkt.h - sentences by the Punkt algorithm.
 *
 * Source: T. Kiss and J. Strunk, "Unsupervised Multilingual Sentence Boundary
 * Detection", Computational Linguistics 32(4), 2006, as NLTK 3.8 carries it
 * out: the same text and tables give the same sentences.
 */
#ifndef PUNKT_H
#define PUNKT_H

#include <stdint.h>

#include "errmsg.h"
#include "mem.h"

/*
 * What a table can know of a word type (lower case; a number's is
 * ##number##): whether it has been seen capitalised (UC) or not (LC) at the
 * beginning of sentences, within them, or where that is unknown.
 */
enum {
	PUNKT_ABBREV  = 1,	/* is an abbreviation, without its final period */
	PUNKT_BEG_UC  = 2,
	PUNKT_MID_UC  = 4,
	PUNKT_UNK_UC  = 8,
	PUNKT_BEG_LC  = 16,
	PUNKT_MID_LC  = 32,
	PUNKT_UNK_LC  = 64,
	PUNKT_STARTER = 128,	/* often starts a sentence after an abbreviation */
	PUNKT_PAIR    = 256,	/* a collocation: two types with a tab between */
	PUNKT_UC      = PUNKT_BEG_UC | PUNKT_MID_UC | PUNKT_UNK_UC,
	PUNKT_LC      = PUNKT_BEG_LC | PUNKT_MID_LC | PUNKT_UNK_LC
};

struct punkt_entry {
	size_t key;		/* where it starts in keys */
	uint32_t len, hash;
	unsigned bits;		/* 0: a free slot */
};

struct punkt {
	struct punkt_entry *slot;	/* an open hash table */
	size_t nslot, n;
	struct buf keys;
	size_t longest;			/* bytes of the longest key */
	struct errmsg err;
};

/*
 * Tables start from a zeroed struct, whatever the outcome need
 * punkt_free(), and do not change while text is split.  Both give NULL or what
 * is wrong (good until punkt_free).
 */

/* The English table that comes with the program. */
const char *punkt_english(struct punkt *t);

/* The tables of a directory in NLTK's punkt_tab layout: abbrev_types.txt,
 * collocations.tab, sent_starters.txt, ortho_context.tab. */
const char *punkt_load(struct punkt *t, const char *dir);

/* Adds bits to a key; that of a pair of types is both with a tab between.
 * False: no memory. */
bool punkt_add(struct punkt *t, const char *key, size_t len, unsigned bits);

/* The bits of a key, 0 if it is unknown. */
unsigned punkt_find(const struct punkt *t, const char *key, size_t len);

void punkt_free(struct punkt *t);

/* A stretch of a text, in bytes. */
struct span {
	size_t start, end;
};

/* A mark at which a sentence may end. */
struct punkt_candidate {
	size_t word;		/* where the word before it starts */
	size_t mark;		/* where the mark is */
	size_t next;		/* where a next sentence would start */
};

enum { PUNKT_MARKS = 3 };	/* kinds of marks */

/*
 * Cuts a text, piece by piece: zero the struct once, then punkt_begin() and
 * punkt_next() for each text.
 */
struct punkt_splitter {
	const struct punkt *table;
	const char *text;	/* clean UTF-8; stays the caller's */
	size_t len;
	size_t scan;		/* looking for candidates from here */
	size_t mark[PUNKT_MARKS];	/* the next . ? and ! from there on; len if none */
	struct punkt_candidate last;
	bool pending;		/* last has not been decided yet */
	size_t start;		/* of the raw sentence that is growing */
	bool exhausted;		/* its end has been given */
	struct span ahead;	/* the raw sentence after the latest */
	bool have_ahead;
	size_t shift;		/* what the one before took from ahead's head */
	struct buf type[2];	/* types of the words being looked at */
	struct buf pair;
	bool failed;		/* memory ran out */
};

void punkt_begin(struct punkt_splitter *s, const struct punkt *t, const char *text,
    size_t len);

/* The next sentence; false at the end, or with s->failed when out of memory. */
bool punkt_next(struct punkt_splitter *s, struct span *out);

void punkt_end(struct punkt_splitter *s);	/* frees */

#endif
