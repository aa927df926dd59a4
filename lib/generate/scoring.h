/*
 * scoring.h - the probabilities that models give to frames: in windows, with ranks and
 * totals.
 *
 * A frame of n indexes has n - 1 steps: the first index is given, the others are
 * predicted.  A frame of one index, which unit=stream allows, has none.  If the model
 * was trained on a stream as one sequence, its frames are also scored as one: all
 * indexes except the very first are predicted, and the hidden state is carried over.
 */
#ifndef SCORING_H
#define SCORING_H

#include "batcher.h"
#include "index_stream.h"
#include "net.h"

/* Frames that are scored together.  Start from a zeroed struct. */
struct window {
	bool joins;			/* the caller's: frames are one sequence */
	bool begun;			/* last is the index before the next frame */
	uint32_t last;
	struct batcher batcher;		/* the frames that have steps */
	struct window_frame {
		int first, steps;	/* rows of the batch */
		uint32_t bytes;		/* as in struct frame */
	} *frame;			/* (n), in the order they came */
	size_t n;
	size_t cap_frame;
};

/* Whether the frame fits into a window of `rows` steps; the first always does. */
bool window_has_room(const struct window *w, const struct frame *f, size_t rows);

/* Appends a frame.  NULL or an error message. */
const char *window_add(struct window *w, const struct frame *f);

/* Starts a new sequence; the window must be empty. */
void window_restart(struct window *w);

void window_clear(struct window *w);	/* removes all frames, keeps the memory */
void window_free(struct window *w);

/* The prediction at one step, from l(v), ln P of all words in reals of `size` bytes. */
struct guess {
	double logp;		/* ln P of the word y */
	uint32_t rank;		/* of y: 1 is the most probable word; ties by index */
	uint32_t best;		/* the most probable word */
};

struct guess guess_of(const void *l, size_t size, uint32_t v, uint32_t y);

/* Sums over frames.  Start from a zeroed struct. */
struct totals {
	uint64_t sentences, tokens, known;	/* known: without UNKNOWN_TOKEN */
	double logp, logp_known;
	uint64_t bytes;
	bool unknown_bytes;	/* a frame did not give its bytes */
};

/* What a model makes of a window.  Start from a zeroed struct; the caller sets net, and
 * at the start of a sequence joins. */
struct scorer {
	struct net *net;	/* the caller's; the hidden state carried over is its own_state */
	bool joins;		/* as in struct window */
	double *logp;		/* (window.batcher.b.t) ln P(y_r | all before it) */
	struct guess *guess;	/* (likewise) after scorer_guess() */
	size_t cap_logp, cap_guess;
	struct totals totals;
};

/* Starts a new sequence. */
void scorer_restart(struct scorer *s, bool joins);

/* Computes logp.  NULL or an error message. */
const char *scorer_logp(struct scorer *s, const struct window *w);

/* Computes logp and guess, with room for the probabilities of all words at `rows` steps
 * in l(rows, v).  NULL or an error message. */
const char *scorer_guess(struct scorer *s, const struct window *w, size_t rows, void *l);

/* Adds the window's frames to the totals; unknown is the row of UNKNOWN_TOKEN, or -1. */
void scorer_add_totals(struct scorer *s, const struct window *w, int64_t unknown);

double scorer_frame_logp(const struct scorer *s, const struct window_frame *f);

void scorer_free(struct scorer *s);	/* not the network */

#endif
