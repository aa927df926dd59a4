/*
 * unxz.c - liblzma's lzma_code() as a filter of bytes.
 */
#include <lzma.h>
#include <stdlib.h>

#include "mem.h"
#include "unxz.h"

enum { MEMORY = 1 << 28 };	/* bytes at most; xz -9 asks for a quarter of them */

struct unxz {
	struct byte_filter filter;	/* the first, so that its address is ours */
	lzma_stream z;
	lzma_ret result;	/* the latest */
};

static const char *
unxz_error(lzma_ret result)
{
	switch (result) {
	case LZMA_MEM_ERROR:
		return "out of memory";
	case LZMA_MEMLIMIT_ERROR:
		return "the xz data takes more than 256 MiB to unpack; unpack it with: xzcat";
	case LZMA_OPTIONS_ERROR:
		return "the xz data has options that this liblzma lacks; unpack it with: xzcat";
	default:
		return "damaged xz data, or other data after it; `xz -t` checks the file";
	}
}

/* Decodes from the input to the output, as far as either goes; false: no further. */
static bool
decode_some(struct unxz *x, char **out, size_t *room)
{
	struct byte_filter *f = &x->filter;
	size_t input = f->end - f->pos, space = *room;

	x->z.next_in = (const uint8_t *)f->in + f->pos;
	x->z.avail_in = input;
	x->z.next_out = (uint8_t *)*out;
	x->z.avail_out = space;
	x->result = lzma_code(&x->z, f->eof ? LZMA_FINISH : LZMA_RUN);
	f->pos = f->end - x->z.avail_in;
	*room = x->z.avail_out;
	*out += space - *room;
	return x->result == LZMA_OK && (x->z.avail_in < input || *room < space);
}

static const char *
convert(struct byte_filter *f, char **out, size_t *room)
{
	struct unxz *x = (struct unxz *)f;
	const char *begin = *out;

	while (*room > 0 && (x->result == LZMA_OK || x->result == LZMA_BUF_ERROR))
		if (!decode_some(x, out, room))
			break;
	if (*out > begin || x->result == LZMA_STREAM_END)
		return NULL;
	if (x->result != LZMA_OK && x->result != LZMA_BUF_ERROR)
		return unxz_error(x->result);
	return f->eof ? "the xz data ends early: the file is cut off" : NULL;
}

static void
unxz_free(struct byte_filter *f)
{
	struct unxz *x = (struct unxz *)f;

	lzma_end(&x->z);
	free(x);
}

struct byte_filter *
unxz_new(void)
{
	struct unxz *x = mem_zeros(1, sizeof(*x));

	if (x == NULL || lzma_stream_decoder(&x->z, MEMORY, LZMA_CONCATENATED) != LZMA_OK) {
		free(x);
		return NULL;
	}
	x->filter.convert = convert;
	x->filter.free = unxz_free;
	return &x->filter;
}
