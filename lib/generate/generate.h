/*
 * generate.h - generates many sentences, or sequences of a stream, in a batch.
 *
 * Sequences are numbered from 0.  Each has its own random numbers, seeded with the seed
 * and its number, and its own hidden state.  So a sequence does not depend on how many
 * there are or how many run together, on devices where a forward pass does not depend on
 * the other sequences of the batch (backend.h).  A step of the network reads one word of
 * each; the results come in the order of the numbers.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include "errmsg.h"
#include "net.h"
#include "sampler.h"
#include "vocab.h"

/* What to generate. */
struct generate_rules {
	uint64_t number;	/* of sequences */
	size_t shortest, longest;	/* words of a sequence, including the prompt; from 1 */
	const uint32_t *prime;	/* (nprime) the prompt of each; nprime <= longest */
	size_t nprime;
	int64_t end;		/* a word that also ends a sequence when drawn; -1: none */
	int64_t cut;		/* a word that ends a piece; -1: pieces are whole sequences */
	bool unknown;		/* UNKNOWN_TOKEN may be drawn */
	uint32_t seed;
	double temperature, top_p;	/* as in sampler.h */
	uint32_t top_k;
};

/* The next words of the current sequence. */
struct piece {
	const uint32_t *w;	/* (n) in unit=sentence with START and END */
	size_t n;		/* 0: nothing to write yet */
	bool last;		/* the last piece of its sequence */
	double logp;		/* ln P of the sequence so far; in a stream without its
				 * first word */
};

/* A sequence in progress, or finished and waiting for those before it. */
struct sequence {
	struct rng rng;
	uint32_t *w;		/* (n) its words, without those of earlier pieces */
	size_t n, cap;
	size_t given, searched;	/* words of w already in pieces; already searched for a cut */
	size_t words;		/* total, without markers */
	uint32_t last;		/* the word that the network reads next */
	double logp;
	bool closed;		/* `end` was drawn */
	bool ended;		/* complete, or stuck */
	bool stuck;		/* no word could be drawn */
};

struct generator {
	struct net *net;
	const struct vocab *v;
	struct generate_rules rules;
	struct sampler sampler;
	struct net_state state;
	struct sequence *ring;	/* (nring) sequence i is ring[i % nring] */
	uint64_t nring;
	uint64_t begun, done;	/* sequences begun; returned */
	int nslot, nactive;	/* sequences of a step: at most; currently */
	struct sequence **active;	/* (nslot) */
	uint32_t *x;		/* (nslot) the words of a step */
	int *start, *from;	/* (nslot + 1) of its batch; (nslot) previous slots */
	void *l;		/* (nslot, v) ln P of the next words */
	void *first;		/* (v) ln P of the first word in unit=stream, or NULL */
	uint64_t words;		/* words drawn so far */
	bool wordless;		/* generate_next() failed because no word could be drawn */
	struct errmsg err;
};

/*
 * Starts to generate with a network over v.  Both remain the caller's and must last
 * until generate_free(), which is due after either result: NULL or an error message.
 */
const char *generate_begin(struct generator *w, struct net *net, const struct vocab *v,
    const struct generate_rules *rules);

/*
 * Gives the next piece, valid until the next call.  A piece of no words that is not the
 * last of its sequence means that a step was made, but nothing is ready.  *more is false
 * after the last piece.  NULL or an error message.
 */
const char *generate_next(struct generator *w, struct piece *p, bool *more);

void generate_free(struct generator *w);

#endif
