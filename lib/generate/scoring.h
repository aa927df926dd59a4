/*
 * scoring.h - what a model thinks of frames: windows of them, ranks, totals.
 *
 * A frame of n indexes has n - 1 steps: the first index is given, the others
 * are predicted.  A frame of one index (unit=stream may have it) has none.
 * Of a stream that was learnt as one sequence, frames are read as one, too: all
 * indexes but the first of all are predicted, and the state goes on.
 */
#ifndef SCORING_H
#define SCORING_H

#include "index_stream.h"
#include "net.h"

/* Frames packed together; zero it to begin.  The limits are the caller's. */
struct window {
	struct net_state *state;	/* the caller's: frames are one sequence; or NULL */
	bool begun;			/* there was an index before, which is */
	uint32_t last;
	struct batch b;		/* the frames that have steps */
	int *start;
	uint32_t *x, *y;
	struct window_frame {
		int first, steps;	/* rows of the batch */
		uint32_t bytes;		/* as in struct frame */
	} *frame;			/* (n), in the order they came */
	size_t n;
	double *logp;			/* (b.t) after window_logp() */
	size_t cap_start, cap_x, cap_y, cap_frame, cap_logp;
};

/* Whether the frame fits below `rows` steps; the first always does. */
bool window_has_room(const struct window *w, const struct frame *f, size_t rows);

/* Appends a frame.  NULL or a phrase. */
const char *window_add(struct window *w, const struct frame *f);

/* Fills in logp[r] = ln P(y_r | what came before).  NULL or a phrase. */
const char *window_logp(struct window *w, struct net *n);

/* What comes is no sequel to what was; the window is empty. */
void window_restart(struct window *w);

void window_clear(struct window *w);	/* no frames, the same memory */
void window_free(struct window *w);

/* What the model says at one step; l(v) are reals of `size` bytes. */
struct guess {
	double logp;		/* of the word y */
	uint32_t rank;		/* of y: 1 is the most probable; equals by index */
	uint32_t best;		/* the most probable word */
};

struct guess guess_of(const void *l, size_t size, uint32_t v, uint32_t y);

/* Sums over frames; zero it to begin. */
struct totals {
	uint64_t sentences, tokens, known;	/* known: that are not UNKNOWN_TOKEN */
	double logp, logp_known;
	uint64_t bytes;
	bool unknown_bytes;	/* of some frame */
};

/* Adds the window's frames; unknown is the row of UNKNOWN_TOKEN, or -1. */
void totals_add(struct totals *t, const struct window *w, int64_t unknown);

double window_frame_logp(const struct window *w, const struct window_frame *f);

#endif
