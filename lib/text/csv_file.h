/*
 * csv_file.h - one column of a CSV file, record by record, and what there is to report
 * about the file as a whole.
 */
#ifndef CSV_FILE_H
#define CSV_FILE_H

#include "csv_records.h"
#include "errmsg.h"
#include "shard.h"

enum { CSV_COLUMN_MAX = 1000000 };
#define CSV_COLUMN_NAMED SIZE_MAX	/* a column that is given by its name */

/* How a file is read; must stay valid as long as the file is open. */
struct csv_file_options {
	const char *column;		/* its name, or its number from 1 */
	const char *ids;		/* another column, of ids; NULL: none */
	const struct shard *shard;	/* the records of a part of it; NULL: all */
	bool headless;			/* the first record is data */
	bool ragged;			/* records may have any number of fields */
	struct csv_dialect dialect;
};

/* Empty lines have no columns and do not count. */
struct csv_file {
	/* the current record */
	const char *text;		/* its column of len bytes; NULL: it has none */
	size_t len;
	const char *id;			/* the id of id_len bytes; NULL: it has none */
	size_t id_len;
	uint64_t number;		/* from 1, the header not counted */

	const char *note;		/* after csv_file_open(): about the header, or NULL */
	struct csv_records csv;

	/* private */
	const struct csv_file_options *o;
	uint64_t header;		/* records before the first of data: 1, or 0 */
	size_t want, id_column;		/* from 0 */
	size_t columns;			/* of the header, or of the first record */
	uint64_t records;
	uint64_t other_columns;		/* records with more or fewer columns */
	bool backslash;			/* a field that was read ends in one */
	uint64_t missing;		/* records without the column */
	uint64_t first_missing;		/* the first of them */
	bool unclosed_header, unclosed;	/* the file ends inside quotes */
	uint64_t line;			/* where the record begins */
	struct errmsg err, note_text;
};

/* NULL, or a message that begins with the option, -c or --ids: its column cannot be one. */
const char *csv_file_check(const struct csv_file_options *o, struct errmsg *err);

/*
 * Reads the header, if there is one, and finds the column.  This and csv_file_next() return
 * NULL or an error message with the position in the file; csv_file_close() is due after
 * either result.  f remains the caller's.
 */
const char *csv_file_open(struct csv_file *file, FILE *f, const struct csv_file_options *o);

const char *csv_file_next(struct csv_file *file, bool *more);

/*
 * At the end of the file: remark number i, from 0, on what suggests that it is damaged or not
 * CSV; NULL: there is none of this number, up to CSV_FILE_REMARKS.  *failed tells whether
 * something is lost or wrong, rather than unusual.
 */
enum { CSV_FILE_REMARKS = 4 };
const char *csv_file_remark(struct csv_file *file, int i, bool *failed);

void csv_file_close(struct csv_file *file);

#endif
