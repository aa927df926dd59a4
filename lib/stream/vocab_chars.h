/*
 * vocab_chars.h - a vocabulary of characters, as `tok -C` makes it: each word is one
 * character, or the escape of one (escape.h).
 */
#ifndef VOCAB_CHARS_H
#define VOCAB_CHARS_H

#include "vocab.h"

/* Whether the words of the table are characters, as its token rules say. */
bool vocab_is_characters(const struct vocab *v);

/* NULL, or an error message: the rules say characters, but a word, markers aside, is
 * neither one, other than a lone backslash, nor an escape. */
const char *vocab_check_characters(struct vocab *v);

/* Whether the rules say words, but all of these are characters and one is the escape of
 * a space or a newline: a table of version 0.2, which had no rules.  For messages only. */
bool vocab_seems_characters(const struct vocab *v);

/* Whether the table has the escape \n: then lines of characters end where the
 * text does so, and only there. */
bool vocab_has_newline(const struct vocab *v);

/* The text that row i stands for, and its length: the word, or in a vocabulary of
 * characters the character itself, and U+FFFD for UNKNOWN_TOKEN. */
const char *vocab_text(const struct vocab *v, uint32_t i, bool characters, size_t *len);

#endif
