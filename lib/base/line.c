/*
 * line.c - one buffer over a file: lines by memchr(), bytes by count.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "mem.h"

enum { BLOCK = 1 << 18 };

void
line_open(struct line *in, FILE *f)
{
	*in = (struct line){ .f = f };
}

void
line_open_memory(struct line *in, const char *p, size_t len)
{
	*in = (struct line){ .data = p, .end = len, .eof = true };
}

/* Takes what there is now, so that a slow pipe is not waited for to fill the
 * buffer; a FILE without a descriptor (memory) can only be asked by fread(). */
static ssize_t
read_some(FILE *f, char *p, size_t n)
{
	int fd = fileno(f);
	ssize_t got;

	if (fd < 0) {
		errno = 0;
		got = (ssize_t)fread(p, 1, n, f);
		return got == 0 && ferror(f) ? -1 : got;
	}
	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Adds some bytes to what is held, or sets eof. */
static const char *
fill(struct line *in)
{
	size_t held = in->end - in->pos;
	ssize_t got;

	if (in->pos > 0 && in->own) {
		memmove(in->own, in->own + in->pos, held);
		in->pos = 0;
		in->end = held;
	}
	if (in->cap - in->end < BLOCK / 4 &&
	    !mem_grow(&in->own, &in->cap, in->end + BLOCK, 1))
		return "out of memory";
	in->data = in->own;
	got = read_some(in->f, in->own + in->end, in->cap - in->end);
	if (got < 0) {
		return errmsg_set(&in->err, "read error: %s", strerror(errno));
	}
	if (got == 0)
		in->eof = true;
	in->end += (size_t)got;
	return NULL;
}

static const char *
too_long(struct line *in)
{
	return errmsg_set(&in->err, "line %llu: longer than %d MiB",
	    (unsigned long long)in->number + 1, LINE_MAX_BYTES >> 20);
}

/* Gives out the len bytes at pos as a line, and passes the newline, if any. */
static void
give(struct line *in, size_t len, bool ended)
{
	in->p = in->data + in->pos;
	in->len = len;
	in->ended = ended;
	in->pos += len + ended;
	in->number++;
}

const char *
line_next(struct line *in, bool *more)
{
	size_t seen = 0;
	const char *why;

	*more = true;
	for (;;) {
		size_t held = in->end - in->pos;
		const char *nl = NULL;

		if (held > seen)
			nl = memchr(in->data + in->pos + seen, '\n', held - seen);
		if (nl)
			held = (size_t)(nl - (in->data + in->pos));
		if (held > LINE_MAX_BYTES)
			return too_long(in);
		if (nl || (in->eof && held > 0)) {
			give(in, held, nl != NULL);
			return NULL;
		}
		if (in->eof) {
			*more = false;
			return NULL;
		}
		seen = held;
		if ((why = fill(in)) != NULL)
			return why;
	}
}

const char *
line_peek(struct line *in, size_t n, const char **p, size_t *got)
{
	const char *why;

	while (in->end - in->pos < n && !in->eof)
		if ((why = fill(in)) != NULL)
			return why;
	*got = in->end - in->pos < n ? in->end - in->pos : n;
	*p = *got ? in->data + in->pos : "";
	return NULL;
}

const char *
line_bytes(struct line *in, size_t n, const char **p, size_t *got)
{
	const char *why = line_peek(in, n, p, got);

	if (why == NULL)
		in->pos += *got;
	return why;
}

void
line_close(struct line *in)
{
	free(in->own);
	*in = (struct line){ 0 };
}
