/*
 * file_kind.h - recognises by its first bytes a file that is not what a reader expects:
 * compressed, in another encoding, or another stream of this suite.  What can be converted,
 * is.
 */
#ifndef FILE_KIND_H
#define FILE_KIND_H

#include "errmsg.h"
#include "reader.h"

enum file_kind {
	FILE_TEXT,	/* what may be text: none of the others was recognised */
	FILE_TOKENS, FILE_TABLE, FILE_VOCAB, FILE_INDEX,	/* by the first word of a header */
	FILE_GZIP, FILE_XZ, FILE_ZSTD, FILE_BZIP2, FILE_ZIP, FILE_NPZ, FILE_PDF,
	FILE_TAR, FILE_IMAGE, FILE_PROGRAM, FILE_DATABASE, FILE_OFFICE,
	FILE_UTF16, FILE_UTF16LE, FILE_UTF16BE,		/* the first with a byte order mark */
	FILE_UTF32, FILE_UTF32LE, FILE_UTF32BE,
	FILE_KINDS
};

/* The kind of a file that begins with these bytes; as many as there are, since UTF-16
 * without a mark is recognised by the places of its zero bytes. */
enum file_kind file_kind_of(const char *p, size_t len);

/* What a kind is called, with its article: "an index stream". */
const char *file_kind_name(enum file_kind kind);

/* The first word of the header of a stream or table, with the space after it. */
const char *file_kind_magic(enum file_kind kind);

/*
 * To be called at the start of the input, with `want` from FILE_TEXT to FILE_INDEX.  What
 * follows is UTF-8 without a byte order mark: gzip data are unpacked, xz and zstd data likewise
 * in programs that were built with their libraries, and text with a mark
 * of UTF-16 or UTF-32, or of the encoding that in->encoding names, is converted;
 * in->encoding is then what it was converted from.  Sets *found to `want`, or to FILE_TEXT
 * for input that has no header.  NULL, or an error message, possibly in err, that says what the input is and what to do; or
 * a read error.  Waits for no more than a few bytes.
 */
const char *file_kind_begin(struct reader *in, enum file_kind want, enum file_kind *found,
    struct errmsg *err);

#endif
