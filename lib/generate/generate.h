/*
 * generate.h - new sentences, or sequences of a stream, written side by side.
 *
 * Sequences have numbers, from 0.  Each has a generator of its own, seeded with
 * the seed and its number, and a hidden state of its own: so it is the same
 * whatever their number is and however many run together, on devices where going
 * forward does not depend on the others of a batch (backend.h).  A step of the
 * network takes one word of each; pieces come in the order of the numbers.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include "errmsg.h"
#include "net.h"
#include "sampler.h"
#include "vocab.h"

/* What is to be written. */
struct writing_rules {
	uint64_t number;	/* of sequences */
	size_t shortest, longest;	/* words of a sequence, the beginning counted, 1 at least */
	const uint32_t *prime;	/* (nprime) words that each begins with; nprime <= longest */
	size_t nprime;
	int64_t end;		/* a word that ends a sequence, too, once it is drawn; -1: none */
	int64_t cut;		/* a word that ends a piece; -1: a piece is a sequence */
	bool unknown;		/* UNKNOWN_TOKEN may be drawn */
	uint32_t seed;
	double temperature, top_p;	/* as a sampler has them */
	uint32_t top_k;
};

/* The next words of the sequence whose turn it is. */
struct piece {
	const uint32_t *w;	/* (n) in unit=sentence with START and END */
	size_t n;		/* 0: there is nothing to be put out */
	bool last;		/* of its sequence */
	double logp;		/* ln P of the sequence so far, but for its first word in a stream */
};

/* One that is being written, or waits for its turn. */
struct sequence {
	struct rng rng;
	uint32_t *w;		/* (n) its words, less those of pieces given before */
	size_t n, cap;
	size_t given, looked;	/* of w, in pieces; and looked through for a cut */
	size_t words;		/* in all, without markers */
	uint32_t latest;	/* the word that the net reads next */
	double logp;
	bool closed;		/* `end` was drawn */
	bool ended;		/* no word will be added */
	bool stuck;		/* for there was none to be drawn */
};

struct generator {
	struct net *net;
	const struct vocab *v;
	struct writing_rules rules;
	struct sampler sampler;
	struct net_state state;
	struct sequence *ring;	/* (nring) sequence i is ring[i % nring] */
	uint64_t nring;
	uint64_t begun, done;	/* sequences begun; put out */
	int nslot, nactive;	/* sequences that there is room for in a step; in this one */
	struct sequence **active;	/* (nslot) */
	uint32_t *x;		/* (nslot) the words of a step */
	int *start, *from;	/* (nslot + 1) its batch; (nslot) where its states were */
	void *l;		/* (nslot, v) what the net says of the next words */
	void *first;		/* (v) of the first word, in unit=stream; NULL */
	uint64_t words;		/* drawn in all */
	bool wordless;		/* the failure was that no word is left to be drawn */
	struct errmsg err;
};

/*
 * Makes ready to write by a net over v, both the caller's and used until
 * generate_free(), which is due after either result: NULL or a phrase.
 */
const char *generate_begin(struct generator *w, struct net *net, const struct vocab *v,
    const struct writing_rules *rules);

/*
 * A piece, or nothing yet (n = 0 and not the last): then some words were written
 * of those under way.  p is good until the next call.  *more is false after the last piece.
 * NULL or a phrase.
 */
const char *generate_next(struct generator *w, struct piece *p, bool *more);

void generate_free(struct generator *w);

#endif
