/*
 * aligned_text.h - the token stream that index streams were made from, read beside them:
 * it has the words that they have as UNKNOWN_TOKEN.
 *
 * Lines and frames correspond.  The words outside the vocabulary are queued in their
 * order, as far as they are predicted.
 */
#ifndef ALIGNED_TEXT_H
#define ALIGNED_TEXT_H

#include "index_stream.h"
#include "token_stream.h"

struct aligned_text {
	struct token_stream tokens;
	struct vocab types;	/* different words outside the vocabulary */
	struct errmsg err;

	/* the queue: words one after another, and where each of them ends */
	struct buf word;
	size_t *end;		/* (n) */
	size_t n, next, cap;
};

/* Starts reading f, which remains the caller's and must not have been read before.
 * Call aligned_text_close() in any case. */
void aligned_text_open(struct aligned_text *a, FILE *f);

/*
 * Reads the line of a frame and queues the words of its last `predicted` indexes that
 * are UNKNOWN_TOKEN.  NULL or an error message: that of the token stream, or where the
 * line is not the frame's; `name` is the index stream's.  A sentence without words has
 * no line.
 */
const char *aligned_text_frame(struct aligned_text *a, const struct vocab *v,
    const struct frame *f, size_t predicted, const char *name);

/* NULL if the text ends here, or an error message. */
const char *aligned_text_end(struct aligned_text *a);

/* Takes the next word from the queue; there must be one.  Not terminated, valid until
 * the next frame. */
const char *aligned_text_word(struct aligned_text *a, size_t *len);

void aligned_text_clear(struct aligned_text *a);	/* empties the queue */
void aligned_text_close(struct aligned_text *a);	/* frees; does not close f */

#endif
