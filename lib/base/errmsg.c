/*
 * errmsg.c - formats error messages.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "errmsg.h"
#include "utf8.h"

/* The bytes at p that may be shown: one character, or 0. */
static size_t
shown_length(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;

	if (u[0] < ' ' || u[0] == 0x7f || (u[0] == 0xc2 && len > 1 && u[1] < 0xa0))
		return 0;	/* U+0080 to U+009F are control characters, too */
	return utf8_check(p, len);
}

static void
sanitize(char *p)
{
	size_t len = strlen(p);

	for (size_t i = 0; i < len;) {
		size_t n = shown_length(p + i, len - i);

		if (n == 0)
			p[i] = '?';
		i += n ? n : 1;
	}
}

/* Formats into e from byte `at` on. */
static const char * PRINTF_LIKE(3, 0)
format_at(struct errmsg *e, size_t at, const char *fmt, va_list ap)
{
	static const char cut[] = "...";
	char text[ERRMSG_MAX];		/* e itself may be among the arguments */
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	size_t len = n > 0 ? strlen(text) : 0, room = sizeof(e->text) - 1 - at;

	if (n < 0 || (size_t)n > room) {
		if (len > room)
			len = room;
		len = len < sizeof(cut) - 1 ? 0 : len - (sizeof(cut) - 1);
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;		/* whole characters */
		memcpy(text + len, cut, sizeof(cut));
	}
	sanitize(text);
	snprintf(e->text + at, sizeof(e->text) - at, "%s", text);
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
