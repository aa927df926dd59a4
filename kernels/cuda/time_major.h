/*
 * time_major.h - a batch on the device in time-major order: all sequences advance in
 * lock-step, and the rows of a step are adjacent (launch_order()).
 */
#ifndef CUDA_TIME_MAJOR_H
#define CUDA_TIME_MAJOR_H

#include "device.h"

struct order {
	const int32_t *row, *seq;	/* (t) indexed by position */
	const int32_t *position;		/* (t) indexed by row */
	const int32_t *start;		/* (nseq + 1) */
	const int32_t *first;		/* (steps + 1) position at which each step begins */
	const int32_t *offset;		/* the same in host memory; valid until the next cuda_host() */
	int steps, t;
};

/* All but offset in BUFFER_START.  False on failure. */
bool cuda_upload_order(struct backend *k, const struct batch *b, struct order *o);

#endif
