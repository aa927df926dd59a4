/*
 * line.c - text by lines.
 */
#include <string.h>

#include "line.h"

const char *
line_open(struct line_reader *r, FILE *f)
{
	*r = (struct line_reader){ 0 };
	return block_open(&r->in, f) ? NULL : "out of memory";
}

const char *
line_next(struct line_reader *r, bool *more)
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
		if (n > LINE_LIMIT - r->text.len)
			return "longer than 256 MiB";
		if (!buf_put(&r->text, p, n))
			return "out of memory";
		r->in.pos += n + (end != NULL);
		r->ended = end != NULL;
	}
	if (r->ended && r->text.len && r->text.p[r->text.len - 1] == '\r')
		r->text.len--;
	return NULL;
}

void
line_close(struct line_reader *r)
{
	block_close(&r->in);
	buf_free(&r->text);
}
