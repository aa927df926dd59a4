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
 * The frame as a line, its newline included, in place of what out held; START and
 * END are left out.  In RENDER_CHARACTERS no newline is added, and UNKNOWN_TOKEN
 * is U+FFFD.  False: no memory.
 */
bool render_frame(struct buf *out, const struct vocab *v, const struct frame *f,
    enum render_form form);

#endif
