/*
 * reader.h - buffered input: lines of any length, counts of bytes, or whatever
 * is there, from a file or from memory.
 *
 * A stream may be lines first and bytes after, so one buffer serves both.  Input
 * is handed on as it arrives: reading from a pipe waits for no more than the
 * line or the bytes asked for.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "byte_filter.h"
#include "errmsg.h"

enum { READER_LINE_MAX = 1 << 28 };	/* bytes; a longer line is an error */

struct reader {
	/* the current line */
	const char *p;		/* len bytes without the line end, NUL possibly among */
	size_t len;		/* them; valid until the next call */
	bool ended;		/* a newline followed: false only at the end of the input */
	uint64_t number;	/* from 1 */

	bool crlf;		/* the caller's to set: lines may end in CRLF as well as LF */
	bool sums;		/* the caller's to set: keep crc */
	uint32_t crc;		/* CRC-32 of all lines before the current one, newlines included */
	uint64_t bytes;		/* read from the file so far */
	bool failed;		/* the error was a read error, or one of a conversion */
	const char *encoding;	/* the caller's to set: that of text without a byte order mark,
				 * NULL: UTF-8.  file_kind_begin() sets what it converts. */

	/* the bytes that are read and not yet used: data[pos .. end) */
	const char *data;
	size_t pos, end;

	/* private */
	FILE *f;		/* NULL: memory */
	struct byte_filter *top;	/* conversions, the last of them first; or NULL */
	char *own;		/* data, where it is ours */
	size_t cap;
	bool eof;
	uint32_t crc_next;	/* crc once the current line is passed */
	struct errmsg err;
};

/* Starts reading f, which remains the caller's and from which nothing may have
 * been read before; the reader moves its file position.  Or reads len bytes at p,
 * which are not copied. */
void reader_open(struct reader *r, FILE *f);
void reader_open_memory(struct reader *r, const char *p, size_t len);

/* Lets the bytes pass through f, which the reader frees, from the current position on.
 * What was read before, a line or a peek, is no longer valid.  For files only. */
void reader_convert(struct reader *r, struct byte_filter *f);

/*
 * The functions below return NULL or an error message: "read error: ...",
 * "line N: longer than 256 MiB; ...", "out of memory", or that of a conversion.
 */

/* Skips a UTF-8 byte order mark at the current position. */
const char *reader_skip_bom(struct reader *r);

/* Reads the next line; *more is false at the end of the input. */
const char *reader_line(struct reader *r, bool *more);

/* The next n bytes, at *p, *got of them: fewer only at the end of the input. */
const char *reader_bytes(struct reader *r, size_t n, const char **p, size_t *got);

/* The same without using them up. */
const char *reader_peek(struct reader *r, size_t n, const char **p, size_t *got);

/* The same, but waits for no more than a line: fewer also if a newline is among them. */
const char *reader_peek_line(struct reader *r, size_t n, const char **p, size_t *got);

/* Reads more when all is used up, so that data[pos .. end) is not empty unless
 * *more is false.  The caller advances pos. */
const char *reader_fill(struct reader *r, bool *more);

/* Where in the file the next byte is, unless the bytes are converted. */
uint64_t reader_offset(const struct reader *r);
bool reader_converts(const struct reader *r);

void reader_close(struct reader *r);	/* frees; does not close f */

#endif
