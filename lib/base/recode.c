/*
 * recode.c - iconv(3) as a filter of bytes.
 */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "recode.h"

struct recode {
	struct byte_filter filter;	/* the first, so that its address is ours */
	iconv_t cd;
	size_t unit;		/* bytes skipped where the input is invalid */
};

/* The converter; (iconv_t)-1: none.  A suffix such as //TRANSLIT is not part of a name. */
static iconv_t
open_converter(const char *encoding)
{
	return *encoding == '\0' || strchr(encoding, '/') ? (iconv_t)-1 :
	    iconv_open("UTF-8", encoding);
}

/* The bytes of an ASCII letter in this encoding: the second, as a mark may precede the
 * first. */
static size_t
unit_of(const char *encoding)
{
	iconv_t cd = iconv_open(encoding, "UTF-8");
	char text[] = "aa", out[32], *in = text, *to = out;
	size_t one = 1, room = sizeof(out), before;

	if (cd == (iconv_t)-1)
		return 1;
	iconv(cd, &in, &one, &to, &room);
	before = room;
	one = 1;
	iconv(cd, &in, &one, &to, &room);
	iconv_close(cd);
	return before > room ? before - room : 1;
}

/* Writes FF for the invalid unit at the current position. */
static void
skip_unit(struct recode *c, char **out, size_t *room)
{
	size_t left = c->filter.end - c->filter.pos;

	c->filter.pos += left < c->unit ? left : c->unit;
	*(*out)++ = (char)0xff;
	--*room;
}

static const char *
convert(struct byte_filter *f, char **out, size_t *room)
{
	struct recode *c = (struct recode *)f;

	while (f->pos < f->end && *room > 0) {
		char *in = f->in + f->pos;
		size_t left = f->end - f->pos, done = iconv(c->cd, &in, &left, out, room);

		f->pos = f->end - left;
		if (done != (size_t)-1 || errno == E2BIG || (errno == EINVAL && !f->eof))
			return NULL;
		if (errno != EINVAL && errno != EILSEQ)
			return strerror(errno);
		if (*room > 0)
			skip_unit(c, out, room);
	}
	return NULL;
}

static void
recode_free(struct byte_filter *f)
{
	struct recode *c = (struct recode *)f;

	iconv_close(c->cd);
	free(c);
}

bool
recode_knows(const char *encoding)
{
	iconv_t cd = open_converter(encoding);

	if (cd == (iconv_t)-1)
		return false;
	iconv_close(cd);
	return true;
}

struct byte_filter *
recode_new(const char *encoding)
{
	struct recode *c = mem_zeros(1, sizeof(*c));

	if (c == NULL || (c->cd = open_converter(encoding)) == (iconv_t)-1) {
		free(c);
		return NULL;
	}
	c->unit = unit_of(encoding);
	c->filter.convert = convert;
	c->filter.free = recode_free;
	return &c->filter;
}
