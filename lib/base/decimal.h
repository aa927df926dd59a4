/*
 * decimal.h - whole numbers in decimal, as streams and tables hold them.
 */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parses len bytes that are a whole number and nothing else, without sign or
 * leading zeros; false if they are not, or it exceeds max. */
bool decimal_parse(const char *p, size_t len, uint64_t max, uint64_t *out);

#endif
