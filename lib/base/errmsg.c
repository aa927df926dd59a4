/*
 * errmsg.c - formats error messages.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "errmsg.h"
#include "utf8.h"

/* C0, DEL, and U+0080 to U+009F. */
static bool
is_control(const unsigned char *u)
{
	return u[0] < ' ' || u[0] == 0x7f || (u[0] == 0xc2 && u[1] < 0xa0);
}

/* Writes the character at p, of len bytes, as it may be shown, and returns its
 * bytes; *used is what it takes at p.  out may be p. */
static size_t
put_shown(char *out, const char *p, size_t len, size_t *used)
{
	size_t n = utf8_check(p, len);

	*used = n ? n : 1;
	if (n == 0 || is_control((const unsigned char *)p)) {
		*out = '?';
		return 1;
	}
	memmove(out, p, n);
	return n;
}

static void
sanitize(char *p)
{
	size_t len = strlen(p), to = 0;

	for (size_t i = 0, used; i < len; i += used)
		to += put_shown(p + to, p + i, len - i, &used);
	p[to] = '\0';
}

/* Makes room for "..." at the end of a full message, without splitting a character. */
static void
mark_cut(char text[ERRMSG_MAX])
{
	static const char mark[] = "...";
	size_t len = ERRMSG_MAX - sizeof(mark);

	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(text + len, mark, sizeof(mark));
}

/* Formats into e from byte `at` on.  e itself may be among the arguments. */
static const char * PRINTF_LIKE(3, 0)
format_at(struct errmsg *e, size_t at, const char *fmt, va_list ap)
{
	char text[ERRMSG_MAX];
	int n;

	memcpy(text, e->text, at);
	n = vsnprintf(text + at, sizeof(text) - at, fmt, ap);
	if (n < 0)
		text[at] = '\0';
	else if ((size_t)n >= sizeof(text) - at)
		mark_cut(text);
	sanitize(text);
	memcpy(e->text, text, strlen(text) + 1);
	return e->text;
}

const char *
errmsg_set(struct errmsg *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format_at(e, 0, fmt, ap);
	va_end(ap);
	return e->text;
}

const char *
errmsg_add(struct errmsg *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format_at(e, strlen(e->text), fmt, ap);
	va_end(ap);
	return e->text;
}

const char *
errmsg_word(char out[ERRMSG_WORD], const char *p, size_t len)
{
	size_t room = ERRMSG_WORD - sizeof("..."), to = 0, i = 0, used;

	for (; i < len; i += used) {
		char shown[UTF8_MAX];
		size_t n = put_shown(shown, p + i, len - i, &used);

		if (to + used > room)
			break;
		memcpy(out + to, shown, n);
		to += n;
	}
	strcpy(out + to, i < len ? "..." : "");
	return out;
}
