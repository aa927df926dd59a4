/*
 * csv_records.h - reads comma-separated values, one record at a time, exactly as
 * Python's csv.reader(skipinitialspace=True) does.
 *
 * libcsv parses the bytes.  Blanks before a field are skipped.  A quote opens only
 * at the start of a field, and "" inside is one quote.  CR, LF and CRLF end a record
 * outside quotes and are kept inside.  Whatever follows a closing quote, up to the
 * next comma, belongs to the field.  A quote still open at the end of the file closes
 * there.  An empty line is a record without columns; a line of blanks has one column.
 * Other dialects are read as csv.reader() reads them with the same delimiter, quotechar
 * (QUOTE_NONE without one) and escapechar, except that an escape which ends the file is a
 * character like any other.
 */
#ifndef CSV_RECORDS_H
#define CSV_RECORDS_H

#include <stdint.h>

#include "csv_dialect.h"
#include "mem.h"
#include "reader.h"

#define CSV_RECORDS_ALL SIZE_MAX
#define CSV_RECORDS_NONE (SIZE_MAX - 1)
#define CSV_RECORDS_LIMIT ((size_t)256 << 20)	/* bytes in a field at most */

struct csv_parser;			/* libcsv's */

struct csv_records {
	struct reader in;
	struct csv_parser *parser;
	uint64_t record;	/* number of the current record, from 1 */
	uint64_t line;		/* number of its first line, from 1 */
	uint64_t lines;		/* line ends read so far */
	size_t ncol;		/* columns of the current record */
	char delimiter;		/* what separates the fields */
	char quote;		/* unless no_quote */
	bool unclosed;		/* the file ended inside its quotes */
	bool read_failed;	/* the error is one of reading, not of the record */
	uint64_t stray;		/* misplaced quotes so far: quotes inside an unquoted
				 * field, and closing quotes followed by anything but a
				 * comma or the end of the record */
	uint64_t stray_record;	/* the record of the first of them */

	/* private */
	struct buf text;	/* the columns kept, one after another */
	size_t *end;		/* where each of them ends */
	size_t nkept, endcap;
	size_t want;		/* the column to keep, or CSV_RECORDS_ALL */
	const char *why;	/* the error so far, or NULL */
	bool begins_blank;	/* the record's first byte is a blank */
	bool ended;		/* its end was read */
	bool before_field;	/* at the start of a field, or in the blanks there */
	bool pending_lf;	/* the record before ended in CR */
	char escape;		/* of the dialect, or 0 */
	bool no_quote;		/* the dialect has no quotes */
};

/*
 * csv_records_open() and csv_records_next() return NULL or an error message, after which
 * only csv_records_close() may follow; it is due after either result.  f remains the
 * caller's; d (NULL: the default) is read during the call only.
 */
const char *csv_records_open(struct csv_records *c, FILE *f, const struct csv_dialect *d);

/* Reads a record and keeps the column numbered want, from 0, CSV_RECORDS_ALL or
 * CSV_RECORDS_NONE. */
const char *csv_records_next(struct csv_records *c, size_t want, bool *more);

/* Where in the file the next record begins, unless its bytes are converted (reader.h). */
uint64_t csv_records_offset(struct csv_records *c);

/* Between two records: passes those that begin before byte `at` of the file, at memchr(3)'s speed,
 * without a word about what is wrong with them.  Not one of them in dialects that it cannot
 * pass so.  Errors as above. */
const char *csv_records_skip(struct csv_records *c, uint64_t at);

/* Kept column i and its length, valid until the next record; NULL if there are not
 * that many. */
const char *csv_records_field(const struct csv_records *c, size_t i, size_t *len);

void csv_records_close(struct csv_records *c);

#endif
