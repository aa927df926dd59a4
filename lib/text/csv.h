/*
 * csv.h - records of comma-separated values, as Python's
 * csv.reader(skipinitialspace=True) reads them.
 *
 * A reader of our own, because libcsv reads stray quotes otherwise: where a
 * quoted field goes on after its closing quote ("x"y, z), Python takes the
 * rest up to the comma as it stands, and libcsv stays inside the quotes.
 *
 * Blanks before a field are skipped.  A quote opens only at a field's start,
 * and "" inside is one quote.  CR, LF and CRLF outside quotes end a record;
 * inside they are kept.  A quote that is open at the end of the file closes
 * there.  An empty line is a record of no columns.
 */
#ifndef CSV_H
#define CSV_H

#include <stdint.h>

#include "block.h"
#include "mem.h"

#define CSV_ALL SIZE_MAX
#define CSV_LIMIT ((size_t)256 << 20)	/* bytes in a field at most */

struct csv {
	struct block in;
	uint64_t record;	/* number of the latest record, from 1 */
	uint64_t line;		/* where it starts, from 1 */
	uint64_t lines;		/* ends of line read so far */
	size_t ncol;		/* its columns */
	bool unclosed;		/* the file ended inside its quotes */
	struct buf text;	/* the columns kept, one after another */
	size_t *end;		/* where each of them ends */
	size_t nkept, endcap;
	size_t want;		/* the column to keep, or CSV_ALL */
	size_t fieldlen;	/* bytes of the field being read, kept or not */
	bool pending_lf;	/* the record before ended in CR */
};

/*
 * Each gives NULL, or what is wrong with the latest record.  f stays the
 * caller's; after *more is false, ferror(f) tells whether reading failed.
 */
const char *csv_open(struct csv *c, FILE *f);

/* Reads a record and keeps the column numbered want, from 0, or CSV_ALL. */
const char *csv_next(struct csv *c, size_t want, bool *more);

/* Kept column i and its length; NULL if the record has not that many. */
const char *csv_field(const struct csv *c, size_t i, size_t *len);

void csv_close(struct csv *c);

#endif
