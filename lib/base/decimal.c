/*
 * decimal.c - whole numbers in decimal.
 */
#include "decimal.h"

bool
decimal_parse(const char *p, size_t len, uint64_t max, uint64_t *out)
{
	uint64_t x = 0;

	if (len == 0 || (len > 1 && p[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned d = (unsigned char)p[i] - (unsigned)'0';

		if (d > 9 || x > (UINT64_MAX - d) / 10)
			return false;
		x = x * 10 + d;
	}
	if (x > max)
		return false;
	*out = x;
	return true;
}
