/*
 * text.c - see text.h.
 */
#include <string.h>

#include "text.h"

void
text_add(char *to, size_t size, const char *s)
{
	size_t have = strlen(to), len = strlen(s);

	if (len > size - have - 1)
		len = size - have - 1;
	memcpy(to + have, s, len);
	to[have + len] = '\0';
}

void
text_set(char *to, size_t size, const char *s)
{
	to[0] = '\0';
	text_add(to, size, s);
}

void
text_number(char *to, size_t size, size_t n)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	text_add(to, size, p);
}
