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
 * Replaces the contents of out by the text of the frame, without START and END, and a
 * newline.  RENDER_CHARACTERS adds no newline and writes U+FFFD for UNKNOWN_TOKEN.
 * False: no memory.
 */
bool render_frame(struct buf *out, const struct vocab *v, const struct frame *f,
    enum render_form form);

#endif
