/*
 * punkt.h - splits text into sentences with the Punkt algorithm.
 *
 * Source: T. Kiss and J. Strunk, "Unsupervised Multilingual Sentence Boundary
 * Detection", Computational Linguistics 32(4), 2006, as implemented in NLTK 3.8: the
 * same text and tables give the same sentences.
 */
#ifndef PUNKT_H
#define PUNKT_H

#include <stdint.h>

#include "errmsg.h"
#include "hash.h"
#include "mem.h"

/*
 * What a table may record about a word type (in lower case; ##number## for all
 * numbers): whether it was seen capitalised (UC) or not (LC) at the beginning of a
 * sentence (BEG), inside one (MID), or where that is unknown (UNK).
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
	PUNKT_PAIR    = 256,	/* a collocation: two types separated by a tab */
	PUNKT_UC      = PUNKT_BEG_UC | PUNKT_MID_UC | PUNKT_UNK_UC,
	PUNKT_LC      = PUNKT_BEG_LC | PUNKT_MID_LC | PUNKT_UNK_LC
};

struct punkt_entry {
	size_t key;		/* its offset in keys */
	uint32_t len, hash;
	unsigned bits;		/* 0: a free slot */
};

struct punkt {
	struct punkt_entry *slot;	/* an open hash table */
	size_t nslot, n;
	struct hash_key hash;
	struct buf keys;
	size_t longest;			/* bytes of the longest key */
	struct errmsg err;
};

/*
 * punkt_english() and punkt_load() fill a zeroed struct and return NULL or an error
 * message, valid until punkt_free(), which is due after either result.  A table must
 * not change while a text is split.
 */

/* Fills in the built-in English table. */
const char *punkt_english(struct punkt *t);

/* Reads a directory in NLTK's punkt_tab layout: abbrev_types.txt, collocations.tab,
 * sent_starters.txt and ortho_context.tab. */
const char *punkt_load(struct punkt *t, const char *dir);

/* Adds bits to a key; the key of a pair of types is both, separated by a tab.
 * False: no memory. */
bool punkt_add(struct punkt *t, const char *key, size_t len, unsigned bits);

/* The bits of a key, or 0 if the table lacks it. */
unsigned punkt_find(const struct punkt *t, const char *key, size_t len);

void punkt_free(struct punkt *t);

/* A part of a text, in bytes. */
struct span {
	size_t start, end;
};

/* A mark that may end a sentence: offsets into the text. */
struct punkt_candidate {
	size_t word;		/* of the word that the mark ends */
	size_t mark;
	size_t next;		/* of the sentence that would follow */
};

enum { PUNKT_MARKS = 3 };	/* kinds of marks */

/*
 * Splits a text, one sentence at a time: zero the struct once, then call punkt_begin()
 * and punkt_next() for each text.
 */
struct punkt_splitter {
	const struct punkt *table;
	const char *text;	/* clean UTF-8, the caller's */
	size_t len;
	size_t scan;		/* where the search for candidates continues */
	size_t mark[PUNKT_MARKS];	/* the next . ? and ! from scan on; len if none */
	struct punkt_candidate last;
	bool pending;		/* last is still to be decided */
	size_t start;		/* of the current raw sentence */
	bool exhausted;		/* the last raw sentence was returned */
	struct span ahead;	/* the raw sentence after the current one */
	bool have_ahead;
	size_t shift;		/* bytes at its start that belong to the sentence before */
	struct buf type[2];	/* types of the two words being compared */
	struct buf pair;
	bool failed;		/* out of memory */
};

void punkt_begin(struct punkt_splitter *s, const struct punkt *t, const char *text,
    size_t len);

/* Gives the next sentence; false at the end, or with s->failed when out of memory. */
bool punkt_next(struct punkt_splitter *s, struct span *out);

void punkt_end(struct punkt_splitter *s);	/* frees */

#endif
