/*
 * csv_file.c - finds the column, counts what is unusual, and puts it in words.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "csv_file.h"
#include "csv_header.h"

enum { FEW = 10 };	/* of so many records, one may have other fields than the first */

/* Sets *n to the number of a column, from 0, or to CSV_COLUMN_NAMED if it is a name; false for
 * a number that is out of range. */
static bool
parse_column(const char *column, size_t *n)
{
	size_t sign = *column == '-', digits = strspn(column + sign, "0123456789");

	*n = CSV_COLUMN_NAMED;
	if (digits == 0 || column[sign + digits])
		return true;
	errno = 0;
	*n = strtoul(column + sign, NULL, 10);
	if (sign || errno || *n < 1 || *n > CSV_COLUMN_MAX)
		return false;
	--*n;
	return true;
}

static const char *
check_column(const char *option, const char *column, bool headless, struct errmsg *err)
{
	size_t n;

	if (*column == '\0')
		return errmsg_set(err, "%s: empty; give the number or the name of a column", option);
	if (!parse_column(column, &n))
		return errmsg_set(err, "%s: '%s' is not a column number from 1 to %d", option, column,
		    CSV_COLUMN_MAX);
	if (n == CSV_COLUMN_NAMED && headless)
		return errmsg_set(err, "%s: '%s' is a name, but -n says that there is no header; give "
		    "a number", option, column);
	return NULL;
}

const char *
csv_file_check(const struct csv_file_options *o, struct errmsg *err)
{
	const char *why = check_column("-c", o->column, o->headless, err);

	return why || o->ids == NULL ? why : check_column("--ids", o->ids, o->headless, err);
}

/* Adds the position of an error in the current record, or in reading it. */
static const char *
error_in_record(struct csv_file *file, const char *why)
{
	const struct csv_records *c = &file->csv;

	if (c->read_failed)
		return why;
	if (c->record <= file->header)
		return errmsg_set(&file->err, "header: %s", why);
	return errmsg_set(&file->err, "record %llu (line %llu): %s",
	    (unsigned long long)(c->record - file->header), (unsigned long long)c->line, why);
}

/* Finds a column in the header, which is the current record. */
static const char *
find_column(struct csv_file *file, const char *name, size_t *column)
{
	bool named = *column == CSV_COLUMN_NAMED;
	const char *why;

	if (named && (why = csv_header_find(&file->csv, name, column, &file->err)) != NULL)
		return why;
	why = csv_header_delimiter(&file->csv, &file->note_text);
	if (file->columns > 0 && *column >= file->columns)
		return errmsg_set(&file->err, "no column %s; %s", name, why ? why :
		    errmsg_set(&file->note_text, "the header has %zu", file->columns));
	file->note = named ? NULL : why;
	return NULL;
}

static const char *
read_header(struct csv_file *file)
{
	bool more;
	const char *why = csv_records_next(&file->csv, CSV_RECORDS_ALL, &more);

	if (why)
		return error_in_record(file, why);
	if (!more)
		return "empty input where a header was expected; -n reads files without one";
	file->unclosed_header = file->csv.unclosed;
	file->columns = file->csv.ncol;
	why = find_column(file, file->o->column, &file->want);
	return why || file->o->ids == NULL ? why :
	    find_column(file, file->o->ids, &file->id_column);
}

const char *
csv_file_open(struct csv_file *file, FILE *f, const struct csv_file_options *o)
{
	const char *why;

	*file = (struct csv_file){ .o = o, .header = !o->headless };
	parse_column(o->column, &file->want);
	if (o->ids)
		parse_column(o->ids, &file->id_column);
	why = csv_records_open(&file->csv, f, &o->dialect);
	return why || o->headless ? why : read_header(file);
}

static void
count_record(struct csv_file *file)
{
	size_t n = file->csv.ncol;

	if (n == 0)
		return;
	if (file->columns == 0)
		file->columns = n;
	file->records++;
	file->other_columns += n != file->columns;
	if (file->text == NULL && file->missing++ == 0)
		file->first_missing = file->number;
}

/* Passes the records before the shard, the first of which tells the number of columns, and
 * forgets what was unusual about them; *more tells whether one of the shard follows. */
static const char *
find_shard(struct csv_file *file, bool *more)
{
	struct csv_records *c = &file->csv;
	enum shard_place place = SHARD_BEFORE;
	const char *why = NULL;

	*more = true;
	while (why == NULL && *more && (place = shard_place(file->o->shard,
	    csv_records_offset(c))) == SHARD_BEFORE) {
		why = csv_records_next(c, CSV_RECORDS_NONE, more);
		if (file->columns == 0)
			file->columns = c->ncol;
		c->stray = c->stray_record = 0;
		if (why == NULL && file->columns)
			why = csv_records_skip(c, shard_first_byte(file->o->shard));
		file->number = c->record - file->header;
	}
	*more = place == SHARD_INSIDE;
	return why;
}

const char *
csv_file_next(struct csv_file *file, bool *more)
{
	const char *ids = file->o->ids;
	const char *why = find_shard(file, more);

	if (why == NULL && *more)
		why = csv_records_next(&file->csv, ids ? CSV_RECORDS_ALL : file->want, more);
	if (why)
		return error_in_record(file, why);
	if (!*more)
		return NULL;
	file->number = file->csv.record - file->header;
	file->text = csv_records_field(&file->csv, ids ? file->want : 0, &file->len);
	if (file->text && file->len > 0 && file->text[file->len - 1] == '\\')
		file->backslash = true;
	file->id = ids ? csv_records_field(&file->csv, file->id_column, &file->id_len) : NULL;
	file->unclosed = file->csv.unclosed;
	file->line = file->csv.line;
	count_record(file);
	return NULL;
}

static const char *
unclosed(struct csv_file *file)
{
	if (file->unclosed_header)
		return "header: quoted field never ends; is its closing quotation mark missing?";
	if (!file->unclosed)
		return NULL;
	return errmsg_set(&file->err, "record %llu: quoted field never ends (it starts on line %llu); "
	    "is its closing quotation mark missing?", (unsigned long long)file->number,
	    (unsigned long long)file->line);
}

static const char *
missing(struct csv_file *file)
{
	if (file->missing == 0)
		return NULL;
	return errmsg_set(&file->err, "record %llu: no column %s (records without it: %llu); check "
	    "commas and quotation marks there", (unsigned long long)file->first_missing,
	    file->o->column, (unsigned long long)file->missing);
}

static const char *
ragged(struct csv_file *file, bool *many)
{
	*many = file->other_columns > file->records / FEW;
	if (file->other_columns == 0 || file->missing || file->o->ragged)
		return NULL;
	return errmsg_set(&file->err, "%llu of %llu records have more or fewer fields than the first, "
	    "which has %zu; %s%s",
	    (unsigned long long)file->other_columns, (unsigned long long)file->records, file->columns,
	    file->backslash ? "if backslashes keep delimiters in fields, use --escape '\\'" :
	    "if the file is plain text, use -f text", *many ? ", if it is right, --ragged" : "");
}

static const char *
stray(struct csv_file *file)
{
	uint64_t at = file->csv.stray_record;
	char where[40] = "header";

	if (at == 0)
		return NULL;
	if (at > file->header)
		snprintf(where, sizeof(where), "record %llu",
		    (unsigned long long)(at - file->header));
	return errmsg_set(&file->err, "%s: misplaced quotes, taken literally (%llu in total); inside a "
	    "quoted field a quote is written twice", where, (unsigned long long)file->csv.stray);
}

const char *
csv_file_remark(struct csv_file *file, int i, bool *failed)
{
	*failed = i < 2;
	return i == 0 ? unclosed(file) : i == 1 ? missing(file) : i == 2 ? ragged(file, failed) :
	    i == 3 ? stray(file) : NULL;
}

void
csv_file_close(struct csv_file *file)
{
	csv_records_close(&file->csv);
}
