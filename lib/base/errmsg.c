/*
 * errmsg.c - formats what is wrong.
 */
#include <stdarg.h>
#include <stdio.h>

#include "errmsg.h"

const char *
errmsg(char *out, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out, size, fmt, ap);
	va_end(ap);
	for (char *p = out; *p; p++) {
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
	return out;
}
