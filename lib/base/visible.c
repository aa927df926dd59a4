/*
 * visible.c - replaces control characters by symbols.
 */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"
#include "visible.h"

static FILE *terminal;			/* of visible_on(), or NULL */
/* the beginning of a character whose other bytes are to come */
static char split[UTF8_MAX];
static size_t nsplit;

uint32_t
visible_char(uint32_t c)
{
	return c < 0x20 ? 0x2400 + c : c == 0x7F ? 0x2421 :
	    c >= 0x80 && c < 0xA0 ? UTF8_REPLACEMENT : c;
}

/* Writes the character at p, of len bytes, as it may be shown, and returns its bytes;
 * *used is what it takes at p. */
static size_t
put_char(char out[UTF8_MAX], const char *p, size_t len, size_t *used)
{
	size_t n = utf8_check(p, len);

	*used = n ? n : 1;
	return utf8_put(out, n ? visible_char(utf8_at(p)) : UTF8_REPLACEMENT);
}

const char *
visible_copy(char *out, size_t cap, const char *p, size_t len)
{
	size_t room = cap - sizeof("..."), to = 0, i = 0, used;

	for (; i < len; i += used) {
		char shown[UTF8_MAX];
		size_t n = put_char(shown, p + i, len - i, &used);

		if (to + n > room)
			break;
		memcpy(out + to, shown, n);
		to += n;
	}
	strcpy(out + to, i < len ? "..." : "");
	return out;
}

void
visible_on(FILE *f)
{
	terminal = isatty(fileno(f)) ? f : NULL;
}

/* Whether more bytes could make a character of these, which are none yet. */
static bool
is_beginning(const char *p, size_t len)
{
	unsigned char lead = (unsigned char)*p;

	if (lead < 0xC2 || lead > 0xF4 || len >= utf8_len(lead))
		return false;
	for (size_t i = 1; i < len; i++)
		if (((unsigned char)p[i] & 0xC0) != 0x80)
			return false;
	return true;
}

/* Shows a text; returns the bytes at its end that begin a character. */
static size_t
show_text(const char *p, size_t len, FILE *f)
{
	char shown[UTF8_MAX];
	size_t used, n;

	for (size_t i = 0; i < len; i += used) {
		if (p[i] == '\n' || p[i] == '\t') {
			putc(p[i], f);
			used = 1;
			continue;
		}
		if (utf8_check(p + i, len - i) == 0 && is_beginning(p + i, len - i))
			return len - i;
		n = put_char(shown, p + i, len - i, &used);
		fwrite(shown, 1, n, f);
	}
	return 0;
}

/* Completes the character that the last piece began.  Returns the bytes used at p. */
static size_t
show_split(const char *p, size_t len, FILE *f)
{
	size_t i = 0;

	while (nsplit > 0 && i < len) {
		size_t left;

		split[nsplit++] = p[i++];
		left = show_text(split, nsplit, f);
		memmove(split, split + nsplit - left, left);
		nsplit = left;
	}
	return i;
}

void
visible_put(const char *p, size_t len, FILE *f)
{
	size_t i, n;

	if (f != terminal) {
		fwrite(p, 1, len, f);
		return;
	}
	i = show_split(p, len, f);
	n = show_text(p + i, len - i, f);
	if (n > 0) {
		memcpy(split, p + len - n, n);
		nsplit = n;
	}
}
