/*
 * reader.c - one buffer over a file: lines by memchr(), bytes by count.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "mem.h"
#include "reader.h"
#include "utf8.h"

enum { BLOCK_BYTES = 1 << 18 };

void
reader_open(struct reader *r, FILE *f)
{
	*r = (struct reader){ .f = f };
}

void
reader_open_memory(struct reader *r, const char *p, size_t len)
{
	*r = (struct reader){ .data = p, .end = len, .bytes = len, .eof = true };
}

/* read() returns what a pipe has, where fread() would wait for n bytes.  A FILE
 * without a descriptor (memory) has fread() only. */
static ssize_t
read_available(FILE *f, char *p, size_t n)
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

/* Moves what is unused to the start of the buffer and makes room after it. */
static bool
make_room(struct reader *r)
{
	size_t unused = r->end - r->pos;

	if (r->pos > 0) {
		memmove(r->own, r->own + r->pos, unused);
		r->pos = 0;
		r->end = unused;
	}
	if (r->cap - r->end < BLOCK_BYTES / 4 &&
	    !mem_grow(&r->own, &r->cap, r->end + BLOCK_BYTES, 1))
		return false;
	r->data = r->own;
	return true;
}

/* At most n bytes of the file to p; *got = 0 at its end. */
static const char *
read_file(struct reader *r, char *p, size_t n, size_t *got)
{
	ssize_t bytes = read_available(r->f, p, n);

	if (bytes < 0)
		return errmsg_set(&r->err, "read error: %s", strerror(errno));
	*got = (size_t)bytes;
	r->bytes += (size_t)bytes;
	return NULL;
}

/* Makes room after the input that the filter has not yet converted. */
static bool
make_filter_room(struct byte_filter *f)
{
	size_t unused = f->end - f->pos;

	if (f->pos > 0 && unused > 0)
		memmove(f->in, f->in + f->pos, unused);
	f->pos = 0;
	f->end = unused;
	return mem_grow(&f->in, &f->cap, unused + BLOCK_BYTES, 1);
}

/* The same after the conversion f, and those below it. */
static const char *
read_bytes(struct reader *r, struct byte_filter *f, char *p, size_t n, size_t *got)
{
	char *out = p;
	size_t more;
	const char *why;

	if (f == NULL)
		return read_file(r, p, n, got);
	for (;;) {
		if ((why = f->convert(f, &out, &n)) != NULL)
			return why;
		*got = (size_t)(out - p);
		if (out > p || f->eof)
			return NULL;
		if (!make_filter_room(f))
			return "out of memory";
		if ((why = read_bytes(r, f->below, f->in + f->end, f->cap - f->end, &more)) != NULL)
			return why;
		f->eof = more == 0;
		f->end += more;
	}
}

/* Adds bytes to the buffer, or sets eof. */
static const char *
read_more(struct reader *r)
{
	size_t got = 0;
	const char *why;

	if (!make_room(r))
		return "out of memory";
	why = read_bytes(r, r->top, r->own + r->end, r->cap - r->end, &got);
	r->failed = why != NULL;
	r->eof = why == NULL && got == 0;
	r->end += got;
	return why;
}

void
reader_convert(struct reader *r, struct byte_filter *f)
{
	f->below = r->top;
	f->eof = r->eof;
	f->in = r->own;
	f->cap = r->cap;
	f->pos = r->pos;
	f->end = r->end;
	r->top = f;
	r->own = NULL;
	r->data = NULL;
	r->cap = r->pos = r->end = 0;
	r->eof = false;
}

const char *
reader_fill(struct reader *r, bool *more)
{
	const char *why = NULL;

	while (r->pos == r->end && !r->eof && why == NULL)
		why = read_more(r);
	*more = r->pos < r->end;
	return why;
}

const char *
reader_skip_bom(struct reader *r)
{
	const size_t len = sizeof(UTF8_BOM) - 1;
	const char *p, *why;
	size_t got;

	if ((why = reader_peek_line(r, len, &p, &got)) != NULL)
		return why;
	if (got == len && memcmp(p, UTF8_BOM, len) == 0)
		r->pos += len;
	return NULL;
}

static const char *
line_too_long(struct reader *r)
{
	return errmsg_set(&r->err, "line %llu: longer than %d MiB; is it text with line ends?",
	    (unsigned long long)r->number + 1, READER_LINE_MAX >> 20);
}

/* Makes the next len bytes the current line and passes its newline, if any. */
static void
set_line(struct reader *r, size_t len, bool ended)
{
	r->p = r->data + r->pos;
	r->len = len;
	r->ended = ended;
	r->pos += len + ended;
	r->number++;
	r->crc = r->crc_next;
	if (r->sums)
		r->crc_next = (uint32_t)crc32_z(r->crc, (const Bytef *)r->p, len + ended);
	if (r->crlf && ended && len > 0 && r->p[len - 1] == '\r')
		r->len--;
}

const char *
reader_line(struct reader *r, bool *more)
{
	size_t searched = 0;
	const char *why;

	*more = true;
	for (;;) {
		size_t len = r->end - r->pos;
		const char *nl = NULL;

		if (len > searched)
			nl = memchr(r->data + r->pos + searched, '\n', len - searched);
		if (nl)
			len = (size_t)(nl - (r->data + r->pos));
		if (len > READER_LINE_MAX)
			return line_too_long(r);
		if (nl || (r->eof && len > 0)) {
			set_line(r, len, nl != NULL);
			return NULL;
		}
		if (r->eof) {
			*more = false;
			return NULL;
		}
		searched = len;
		if ((why = read_more(r)) != NULL)
			return why;
	}
}

const char *
reader_peek(struct reader *r, size_t n, const char **p, size_t *got)
{
	const char *why;

	while (r->end - r->pos < n && !r->eof)
		if ((why = read_more(r)) != NULL)
			return why;
	*got = r->end - r->pos < n ? r->end - r->pos : n;
	*p = *got ? r->data + r->pos : "";
	return NULL;
}

const char *
reader_peek_line(struct reader *r, size_t n, const char **p, size_t *got)
{
	const char *why = reader_peek(r, n ? 1 : 0, p, got);

	while (why == NULL && r->end - r->pos < n && !r->eof &&
	    memchr(r->data + r->pos, '\n', r->end - r->pos) == NULL)
		why = read_more(r);
	return why ? why : reader_peek(r, r->end - r->pos < n ? r->end - r->pos : n, p, got);
}

const char *
reader_bytes(struct reader *r, size_t n, const char **p, size_t *got)
{
	const char *why = reader_peek(r, n, p, got);

	if (why == NULL)
		r->pos += *got;
	return why;
}

uint64_t
reader_offset(const struct reader *r)
{
	return r->bytes - (r->end - r->pos);
}

bool
reader_converts(const struct reader *r)
{
	return r->top != NULL;
}

void
reader_close(struct reader *r)
{
	while (r->top) {
		struct byte_filter *f = r->top;

		r->top = f->below;
		free(f->in);
		f->free(f);
	}
	free(r->own);
	*r = (struct reader){ 0 };
}
