/*
 * message.c - see message.h.
 */
#include <string.h>

#include "message.h"

void
message_add(char *to, size_t size, const char *s)
{
	size_t have = strlen(to), len = strlen(s);

	if (len > size - have - 1)
		len = size - have - 1;
	memcpy(to + have, s, len);
	to[have + len] = '\0';
}

void
message_set(char *to, size_t size, const char *s)
{
	to[0] = '\0';
	message_add(to, size, s);
}

void
message_number(char *to, size_t size, size_t n)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	message_add(to, size, p);
}
