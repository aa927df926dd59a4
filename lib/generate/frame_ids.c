/*
 * frame_ids.c - keeps ids.
 */
#include <stdlib.h>

#include "frame_ids.h"

bool
frame_ids_add(struct frame_ids *ids, const struct frame *f)
{
	if (!mem_grow(&ids->end, &ids->cap, ids->n + 1, sizeof(*ids->end)) ||
	    !buf_put(&ids->text, f->id, f->id_len))
		return false;
	ids->end[ids->n++] = ids->text.len;
	return true;
}

const char *
frame_ids_get(const struct frame_ids *ids, size_t i, size_t *len)
{
	size_t begin = i > 0 ? ids->end[i - 1] : 0;

	*len = ids->end[i] - begin;
	return ids->text.p ? ids->text.p + begin : "";
}

void
frame_ids_clear(struct frame_ids *ids)
{
	ids->n = ids->text.len = 0;
}

void
frame_ids_free(struct frame_ids *ids)
{
	buf_free(&ids->text);
	free(ids->end);
	*ids = (struct frame_ids){ 0 };
}
