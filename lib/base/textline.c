/*
 * textline.c - text by lines.
 */
#include <string.h>

#include "textline.h"

const char *
textline_open(struct textline *r, FILE *f)
{
	*r = (struct textline){ 0 };
	return block_open(&r->in, f) ? NULL : "out of memory";
}

const char *
textline_next(struct textline *r, bool *more)
{
	r->text.len = 0;
	r->ended = false;
	*more = block_fill(&r->in);
	if (!*more)
		return NULL;
	r->number++;
	while (!r->ended && block_fill(&r->in)) {
		const char *p = r->in.p + r->in.pos;
		size_t n = r->in.n - r->in.pos;
		const char *end = memchr(p, '\n', n);

		if (end)
			n = (size_t)(end - p);
		if (n > TEXTLINE_LIMIT - r->text.len)
			return "longer than 256 MiB";
		if (!buf_put(&r->text, p, n))
			return "out of memory";
		r->in.pos += n + (end != NULL);
		r->ended = end != NULL;
	}
	if (r->ended && !r->keep_cr && r->text.len && r->text.p[r->text.len - 1] == '\r')
		r->text.len--;
	return NULL;
}

void
textline_close(struct textline *r)
{
	block_close(&r->in);
	buf_free(&r->text);
}
