/*
 * index_stream.h - the index stream: header, table, empty line, frames, last frame.
 * index-stream(5) is the specification; nothing else knows the bytes.
 */
#ifndef INDEX_STREAM_H
#define INDEX_STREAM_H

#include "errmsg.h"
#include "vocab.h"

enum { INDEX_FRAME_MAX = 1 << 28 };	/* indexes in a frame at most */

/* One sentence (with its START and END), or one line of a stream. */
struct frame {
	uint32_t n;		/* indexes, at least one */
	uint32_t bytes;		/* UTF-8 length of its token line with the newline; 0: unknown,
				 * as always in form=text */
	uint32_t *w;		/* (n) rows of the vocabulary */
};

struct index_reader {
	struct vocab vocab;	/* the table that came with the stream */
	uint32_t crc_vocab;	/* vocab_crc() of it */
	uint64_t frames;	/* frames given so far: messages count them from 1 */
	struct frame frame;	/* the latest one; good until the next call */
	struct reader in;
	bool text;		/* form=text */
	unsigned width;		/* bytes an index: 2 or 4 */
	uint32_t crc;		/* of the payload so far */
	size_t cap;		/* room in frame.w */
	struct errmsg err;
};

/*
 * Reads header and table from f, which stays the caller's and must not have
 * been read before.  NULL, or a phrase with the place in it and what to do; so
 * does index_next().  Frames grow as bytes arrive, never by what a length field
 * claims.  index_close() is due in any case.
 */
const char *index_open(struct index_reader *r, FILE *f);

/* Reads a frame: *more is false when the last frame has come instead, its
 * checksum was right and nothing follows it.  Every index is below the table's
 * size; in unit=sentence START is first, END last, and neither is inside. */
const char *index_next(struct index_reader *r, bool *more);

void index_close(struct index_reader *r);	/* frees; does not close f */

struct index_writer {
	FILE *f;
	bool text;
	unsigned width;
	uint32_t crc;
};

/* Header, table and empty line; frames (n from 1 to INDEX_FRAME_MAX); the last
 * frame.  v is only used during the call.  Write errors stay in ferror(f). */
void index_begin(struct index_writer *w, FILE *f, const struct vocab *v, bool text);
void index_put(struct index_writer *w, const uint32_t *index, uint32_t n, uint32_t bytes);
void index_end(struct index_writer *w);

#endif
