/*
 * lexical.h - which bytes make text, how a message shows a word, and numbers
 * written in decimal.
 */
#ifndef LEXICAL_H
#define LEXICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes at p, of len, are valid UTF-8 (no overlong form, surrogate or
 * value past U+10FFFF); len where all are. */
size_t lexical_utf8(const char *p, size_t len);

/* Writes the word, terminated, for a message on one line: control characters
 * and bad UTF-8 as '?', and "..." where it is cut short.  Gives out. */
enum { LEXICAL_SHOWN = 48 };
const char *lexical_show(char out[LEXICAL_SHOWN], const char *p, size_t len);

/* Reads len bytes that are a whole number and nothing else, without sign or
 * leading zeros; false if they are not, or it passes max. */
bool lexical_number(const char *p, size_t len, uint64_t max, uint64_t *out);

#endif
