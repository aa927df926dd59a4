/*
 * frame_ids.h - the ids of the frames of a window, one after another.
 */
#ifndef FRAME_IDS_H
#define FRAME_IDS_H

#include "index_stream.h"
#include "mem.h"

/* Start from a zeroed struct. */
struct frame_ids {
	struct buf text;
	size_t *end;		/* (n) where each of them ends */
	size_t n, cap;
};

/* Appends the id of a frame; false when out of memory. */
bool frame_ids_add(struct frame_ids *ids, const struct frame *f);

/* Number i, not terminated, valid until the next is added. */
const char *frame_ids_get(const struct frame_ids *ids, size_t i, size_t *len);

void frame_ids_clear(struct frame_ids *ids);
void frame_ids_free(struct frame_ids *ids);

#endif
