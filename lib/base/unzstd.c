/*
 * unzstd.c - libzstd's ZSTD_decompressStream() as a filter of bytes.
 */
#include <stdlib.h>
#include <zstd.h>

#include "errmsg.h"
#include "mem.h"
#include "unzstd.h"

struct unzstd {
	struct byte_filter filter;	/* the first, so that its address is ours */
	ZSTD_DStream *z;
	size_t result;		/* the latest: 0 at the end of a frame, or an error code */
	struct errmsg err;
};

/* Decodes from the input to the output, as far as either goes; false: no further. */
static bool
decode_some(struct unzstd *x, char **out, size_t *room)
{
	struct byte_filter *f = &x->filter;
	ZSTD_inBuffer from = { f->in + f->pos, f->end - f->pos, 0 };
	ZSTD_outBuffer to = { *out, *room, 0 };

	if (from.size == 0 && x->result == 0)	/* between frames */
		return false;
	x->result = ZSTD_decompressStream(x->z, &to, &from);
	f->pos += from.pos;
	*out += to.pos;
	*room -= to.pos;
	return !ZSTD_isError(x->result) && from.pos + to.pos > 0;
}

static const char *
convert(struct byte_filter *f, char **out, size_t *room)
{
	struct unzstd *x = (struct unzstd *)f;
	const char *begin = *out;

	while (*room > 0 && !ZSTD_isError(x->result))
		if (!decode_some(x, out, room))
			break;
	if (*out > begin)
		return NULL;
	if (ZSTD_isError(x->result))
		return errmsg_set(&x->err, "damaged zstd data, or other data after it: %s; `zstd -t' "
		    "checks the file", ZSTD_getErrorName(x->result));
	return f->eof && x->result > 0 ? "the zstd data ends early: the file is cut off" : NULL;
}

static void
unzstd_free(struct byte_filter *f)
{
	struct unzstd *x = (struct unzstd *)f;

	ZSTD_freeDStream(x->z);
	free(x);
}

struct byte_filter *
unzstd_new(void)
{
	struct unzstd *x = mem_zeros(1, sizeof(*x));

	if (x == NULL || (x->z = ZSTD_createDStream()) == NULL) {
		free(x);
		return NULL;
	}
	x->filter.convert = convert;
	x->filter.free = unzstd_free;
	return &x->filter;
}
