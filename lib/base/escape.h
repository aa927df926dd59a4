/*
 * escape.h - the characters that a token stream spells as escapes, because they
 * cannot be tokens as they are: \s space, \t tab, \n newline, \\ backslash.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

/* The letter of the escape for c ('s', 't', 'n' or '\\'), or 0 if c has none. */
static inline char
escape_letter(char c)
{
	return c == ' ' ? 's' : c == '\t' ? 't' : c == '\n' ? 'n' : c == '\\' ? '\\' : 0;
}

/* The character that a token of len bytes is the escape of, or 0 if it is none. */
static inline char
escape_undo(const char *p, size_t len)
{
	if (len != 2 || p[0] != '\\')
		return 0;
	return p[1] == 's' ? ' ' : p[1] == 't' ? '\t' : p[1] == 'n' ? '\n' :
	    p[1] == '\\' ? '\\' : 0;
}

/* The token for a character of *len bytes at p: p itself, or its escape. */
static inline const char *
escape_spell(const char *p, size_t *len)
{
	char letter = *len == 1 ? escape_letter(*p) : 0;

	if (letter == 0)
		return p;
	*len = 2;
	return letter == 's' ? "\\s" : letter == 't' ? "\\t" : letter == 'n' ? "\\n" : "\\\\";
}

#endif
