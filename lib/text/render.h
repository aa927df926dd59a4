/*
 * render.h - frames as text again.
 */
#ifndef RENDER_H
#define RENDER_H

#include "index_stream.h"

enum render_form {
	RENDER_TOKENS,		/* tokens with a space between */
	RENDER_PROSE,		/* spaced as a person would, with capitals */
	RENDER_CHARACTERS,	/* put together as they are, escapes undone */
	RENDER_LINE		/* a line whatever is in it: as tokens, or characters put
				 * together of whose escapes only \s is undone */
};

/*
 * Whether the words of the table are characters: every row, of one at least, is
 * one character that is no lone backslash, or one of \s \t \n \\.  Markers and
 * UNKNOWN_TOKEN do not count.
 */
bool render_is_characters(const struct vocab *v);

/* The bytes of text that row i stands for, and their number: as it is spelled, or
 * without its escape if the words are characters, whose UNKNOWN_TOKEN is U+FFFD. */
const char *render_text(const struct vocab *v, uint32_t i, bool characters, size_t *len);

/* The bytes of text that a token of characters stands for: an escape is one. */
size_t render_text_bytes(const char *p, size_t len);

/* Whether the token is the end of a line, \n; and whether the table has it: then
 * lines of characters end where the text says, and only there. */
bool render_is_newline(const char *p, size_t len);
bool render_has_newline(const struct vocab *v);

/*
 * The frame as a line, its newline included, in place of what out held; START and
 * END are left out.  In RENDER_CHARACTERS no newline is added, and UNKNOWN_TOKEN
 * is U+FFFD.  False: no memory.
 */
bool render_frame(struct buf *out, const struct vocab *v, const struct frame *f,
    enum render_form form);

#endif
