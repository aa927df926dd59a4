/*
 * index_stream.h - the index stream: header, table, empty line, frames, last frame.
 * Specified in index-stream(5); only this module knows the bytes.
 */
#ifndef INDEX_STREAM_H
#define INDEX_STREAM_H

#include "errmsg.h"
#include "vocab.h"

enum { INDEX_FRAME_MAX = 1 << 28 };	/* indexes in a frame at most */

/* A sentence with its START and END, or a line of a stream. */
struct frame {
	uint32_t n;		/* indexes, at least one */
	uint32_t bytes;		/* UTF-8 length of its token line including the newline; 0: unknown,
				 * as always in form=text */
	uint32_t *w;		/* (n) rows of the vocabulary */
	const char *id;		/* of id_len bytes; NULL: frames have none */
	size_t id_len;
};

struct index_reader {
	struct vocab vocab;	/* the table that came with the stream */
	uint32_t crc_vocab;	/* vocab_crc() of it */
	uint64_t frames;	/* frames read so far; messages count them from 1 */
	struct frame frame;	/* the current one; valid until the next call */
	struct reader in;
	bool text;		/* form=text */
	bool ids;		/* frames have ids */
	struct buf id;		/* that of the current one */
	bool stated;		/* the header has token rules; without, vocab's are words */
	unsigned width;		/* bytes an index: 2 or 4 */
	uint32_t crc;		/* of the payload so far */
	size_t cap;		/* capacity of frame.w */
	struct errmsg err;
};

/*
 * Reads header and table from f, which remains the caller's and must not have been
 * read before.  This and index_next() return NULL or an error message with the
 * position in the stream.  Memory for a frame is allocated as its bytes arrive, not
 * from what a length field claims.  Call index_close() after either result.
 */
const char *index_open(struct index_reader *r, FILE *f);

/* Reads a frame.  *more is false at the end frame, if its checksum is right and
 * nothing follows.  Every index is a row of the table; in unit=sentence START is
 * first, END last, and neither occurs in between. */
const char *index_next(struct index_reader *r, bool *more);

void index_close(struct index_reader *r);	/* frees; does not close f */

struct index_writer {
	FILE *f;
	bool text;
	bool ids;		/* each frame has an id: */
	const char *id;		/* the caller's to set before index_put(), of id_len bytes, at */
	size_t id_len;		/* most LINE_ID_MAX */
	unsigned width;
	uint32_t crc;
};

/* Write header, table and empty line; a frame (n from 1 to INDEX_FRAME_MAX); the end
 * frame.  Start from a zeroed struct, in which w->ids may be set; v is used during the call only.  Write errors are left in ferror(f). */
void index_begin(struct index_writer *w, FILE *f, const struct vocab *v, bool text);
void index_put(struct index_writer *w, const uint32_t *index, uint32_t n, uint32_t bytes);
void index_end(struct index_writer *w);

#endif
