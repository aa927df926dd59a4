/*
 * emoticon.h - faces made of punctuation, such as :-) <3 ^_^.
 */
#ifndef EMOTICON_H
#define EMOTICON_H

#include <stddef.h>

/* The length of the emoticon at p, in a text from start to end, or 0.  Its letters may be of
 * either case. */
size_t emoticon_at(const char *p, const char *start, const char *end);

#endif
