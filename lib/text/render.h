/*
 * render.h - turns the frames of an index stream into text.
 */
#ifndef RENDER_H
#define RENDER_H

#include "index_stream.h"

enum render_form {
	RENDER_TOKENS,		/* tokens separated by spaces */
	RENDER_PROSE,		/* detokenized: with the usual spacing and capitals */
	RENDER_CHARACTERS,	/* characters joined, escapes decoded */
	RENDER_LINE		/* always one line: tokens, or characters joined of whose
				 * escapes only \s is decoded */
};

/*
 * Whether the vocabulary consists of characters: it has at least one row, and every row
 * is a single character other than a backslash, or one of \s \t \n \\.  Markers and
 * UNKNOWN_TOKEN do not count.
 */
bool render_is_characters(const struct vocab *v);

/* The text that row i represents, and its length: the word itself, or with
 * `characters` its escape decoded and U+FFFD for UNKNOWN_TOKEN. */
const char *render_text(const struct vocab *v, uint32_t i, bool characters, size_t *len);

/* The length of the text that a character token represents: 1 for an escape. */
size_t render_text_bytes(const char *p, size_t len);

/* Whether the token is \n, a line end; and whether the vocabulary has it: then lines of
 * characters end there and nowhere else. */
bool render_is_newline(const char *p, size_t len);
bool render_has_newline(const struct vocab *v);

/*
 * Replaces the contents of out by the text of the frame, without START and END, and a
 * newline.  RENDER_CHARACTERS adds no newline and writes U+FFFD for UNKNOWN_TOKEN.
 * False: no memory.
 */
bool render_frame(struct buf *out, const struct vocab *v, const struct frame *f,
    enum render_form form);

#endif
