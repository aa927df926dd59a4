/*
 * gunzip.c - zlib's inflate() as a filter of bytes.
 */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "errmsg.h"
#include "gunzip.h"
#include "mem.h"

enum { GZIP_ONLY = 16 + MAX_WBITS };	/* window, and no other format */

struct gunzip {
	struct byte_filter filter;	/* the first, so that its address is ours */
	z_stream z;
	bool between;		/* a member has ended, and the next has not begun */
	bool another;		/* the current member is not the first */
	struct errmsg err;
};

/* Begins the next member, if there is one. */
static bool
begin_member(struct gunzip *g)
{
	struct byte_filter *f = &g->filter;

	while (f->pos < f->end && f->in[f->pos] == '\0')
		f->pos++;
	if (f->pos == f->end)
		return false;
	g->between = false;
	g->another = true;
	return inflateReset(&g->z) == Z_OK;
}

static const char *
inflate_error(struct gunzip *g, int result)
{
	if (result == Z_MEM_ERROR)
		return "out of memory";
	if (g->another && g->z.total_out == 0)
		return "after the gzip data there is other data";
	return errmsg_set(&g->err, "damaged gzip data%s%s", g->z.msg ? ": " : "",
	    g->z.msg ? g->z.msg : "");
}

/* Inflates from the input to the output, as far as either goes. */
static int
inflate_some(struct gunzip *g, char **out, size_t *room)
{
	struct byte_filter *f = &g->filter;
	size_t given = f->end - f->pos, fits = *room;
	int result;

	g->z.next_in = (Bytef *)f->in + f->pos;
	g->z.avail_in = given < UINT_MAX ? (uInt)given : UINT_MAX;
	g->z.next_out = (Bytef *)*out;
	g->z.avail_out = fits < UINT_MAX ? (uInt)fits : UINT_MAX;
	result = inflate(&g->z, Z_NO_FLUSH);
	f->pos = (size_t)((char *)g->z.next_in - f->in);
	*room -= (size_t)((char *)g->z.next_out - *out);
	*out = (char *)g->z.next_out;
	return result;
}

static const char *
convert(struct byte_filter *f, char **out, size_t *room)
{
	struct gunzip *g = (struct gunzip *)f;
	const char *begin = *out;

	while (*room > 0 && (!g->between || begin_member(g))) {
		int result = inflate_some(g, out, room);

		if (result == Z_STREAM_END) {
			g->between = true;
			continue;
		}
		if (result != Z_OK && result != Z_BUF_ERROR)
			return *out > begin ? NULL : inflate_error(g, result);
		if (f->pos == f->end)
			return f->eof && *out == begin ? "the gzip data ends early: the file is "
			    "cut off" : NULL;
	}
	return NULL;
}

static void
gunzip_free(struct byte_filter *f)
{
	struct gunzip *g = (struct gunzip *)f;

	inflateEnd(&g->z);
	free(g);
}

struct byte_filter *
gunzip_new(void)
{
	struct gunzip *g = mem_zeros(1, sizeof(*g));

	if (g == NULL || inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
		free(g);
		return NULL;
	}
	g->filter.convert = convert;
	g->filter.free = gunzip_free;
	return &g->filter;
}
