/*
 * time_major.h - a batch on the device in the order of a walk: all sequences go on by
 * a step together, and the rows of a step stand side by side (launch_order()).
 */
#ifndef CUDA_TIME_MAJOR_H
#define CUDA_TIME_MAJOR_H

#include "device.h"

struct order {
	const int32_t *row, *seq;	/* (t) by place */
	const int32_t *place;		/* (t) by row */
	const int32_t *start;		/* (nseq + 1) */
	int32_t *offset;		/* (steps + 1) of the host; the next upload ends it */
	int steps, t;
};

/* row, seq, place, start in BUFFER_START; offset stays.  False on failure. */
bool cuda_upload_order(struct backend *k, const struct batch *b, struct order *o);

#endif
