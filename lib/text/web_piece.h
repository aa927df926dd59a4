/*
 * web_piece.h - recognises what the rules for words would take apart: URLs, mail addresses,
 * mentions, hashtags, emoticons and emoji sequences.
 */
#ifndef WEB_PIECE_H
#define WEB_PIECE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the chunk, which white space or the ends of a text surround, may contain such
 * pieces: a quick look. */
bool web_piece_is_likely(const char *p, const char *end);

/* The length of the piece at p, in a chunk from start to end; 0 if none starts there. */
size_t web_piece_at(const char *p, const char *start, const char *end);

#endif
