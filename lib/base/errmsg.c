/*
 * errmsg.c - formats error messages.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "errmsg.h"
#include "visible.h"

/* Formats into e from byte `at` on.  e itself may be among the arguments. */
static const char * PRINTF_LIKE(3, 0)
format_at(struct errmsg *e, size_t at, const char *fmt, va_list ap)
{
	char text[ERRMSG_MAX];

	memcpy(text, e->text, at);
	if (vsnprintf(text + at, sizeof(text) - at, fmt, ap) < 0)
		text[at] = '\0';
	return visible_copy(e->text, sizeof(e->text), text, strlen(text));
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
	return visible_copy(out, ERRMSG_WORD, p, len);
}
