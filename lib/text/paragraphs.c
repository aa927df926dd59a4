/*
 * paragraphs.c - what stands between two lines of a paragraph.
 */
#include <string.h>

#include "paragraphs.h"
#include "unicode.h"
#include "utf8.h"

#define SOFT_HYPHEN "\xc2\xad"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t
blanks_at_end(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && is_blank(line[len - 1 - n]))
		n++;
	return n;
}

bool
paragraph_ends_at(const char *line, size_t len)
{
	return blanks_at_end(line, len) == len;
}

/* The class of the character that the text begins with, 0 if it is not valid. */
static unsigned
first_class(const char *p, size_t len)
{
	return utf8_check(p, len) ? unicode_class(utf8_at(p)) : 0;
}

/* The same of the last one. */
static unsigned
last_class(const char *p, size_t len)
{
	for (size_t n = 1; n <= len && n <= UTF8_MAX; n++)
		if (utf8_check(p + len - n, n) == n)
			return unicode_class(utf8_at(p + len - n));
	return 0;
}

static bool
ends_with(const struct buf *b, const char *end)
{
	size_t n = strlen(end);

	return b->len >= n && memcmp(b->p + b->len - n, end, n) == 0;
}

/* Prepares the end of the text for the line that follows. */
static bool
join(struct paragraph *p, const char *line, size_t len)
{
	struct buf *b = &p->text;
	unsigned last, next;

	if (ends_with(b, SOFT_HYPHEN)) {
		b->len -= strlen(SOFT_HYPHEN);
		return true;
	}
	last = ends_with(b, "-") ? last_class(b->p, b->len - 1) : 0;
	if (!(last & CHAR_WORD) || last & CHAR_DIGIT)
		return buf_putc(b, ' ');
	next = first_class(line, len);
	if (last & next & CHAR_LOWER && !p->keep_hyphens)
		b->len--;
	return true;
}

bool
paragraph_add(struct paragraph *p, const char *line, size_t len, uint64_t number)
{
	if (p->text.len == 0)
		p->first = number;
	len -= blanks_at_end(line, len);
	while (len > 0 && is_blank(*line)) {
		line++;
		len--;
	}
	return (p->text.len == 0 || join(p, line, len)) && buf_put(&p->text, line, len);
}

void
paragraph_clear(struct paragraph *p)
{
	p->text.len = 0;
}
