/*
 * csv_header.c - looks for names in the header of a CSV file.
 */
#include <string.h>

#include "csv_header.h"
#include "edit_distance.h"

enum { LISTED = 400 };		/* bytes of names after which a list ends */

/* The number of the first column of that name from `from` on, or c->ncol. */
static size_t
next_named(const struct csv_records *c, const char *name, size_t from)
{
	size_t len;

	for (; from < c->ncol; from++) {
		const char *field = csv_records_field(c, from, &len);

		if (len == strlen(name) && memcmp(field, name, len) == 0)
			break;
	}
	return from;
}

/* The column whose name is closest to a misspelled one, or c->ncol. */
static size_t
closest(const struct csv_records *c, const char *name)
{
	size_t least = SIZE_MAX, at = c->ncol, len;

	for (size_t i = 0; i < c->ncol; i++) {
		const char *field = csv_records_field(c, i, &len);
		size_t d = edit_distance(name, strlen(name), field, len);

		if (d < least && edit_distance_is_close(d, strlen(name))) {
			least = d;
			at = i;
		}
	}
	return at;
}

static void
add_name(struct errmsg *err, const struct csv_records *c, size_t column)
{
	char shown[ERRMSG_WORD];
	size_t len;
	const char *field = csv_records_field(c, column, &len);

	errmsg_add(err, "'%s'", errmsg_word(shown, field, len));
}

/* Lists the columns, as many as there is room for. */
static void
add_names(struct errmsg *err, const struct csv_records *c)
{
	size_t begin = strlen(err->text);

	for (size_t i = 0; i < c->ncol; i++) {
		if (i > 0)
			errmsg_add(err, ", ");
		if (strlen(err->text) - begin > LISTED) {
			errmsg_add(err, "... (%zu in total)", c->ncol);
			return;
		}
		add_name(err, c, i);
	}
}

static const char *
no_such_name(const struct csv_records *c, const char *name, struct errmsg *err)
{
	size_t meant = closest(c, name);

	errmsg_set(err, "no column '%s'; ", name);
	if (meant < c->ncol) {
		errmsg_add(err, "did you mean -c ");
		add_name(err, c, meant);
		errmsg_add(err, "? The header has ");
	} else {
		errmsg_add(err, "the header has ");
	}
	add_names(err, c);
	return err->text;
}

const char *
csv_header_find(const struct csv_records *c, const char *name, size_t *column,
    struct errmsg *err)
{
	size_t second;
	const char *why;

	*column = next_named(c, name, 0);
	if (*column == c->ncol) {
		why = csv_header_delimiter(c, err);
		if (why == NULL)
			return no_such_name(c, name, err);
		errmsg_set(err, "no column '%s'; %s", name, why);
		return err->text;
	}
	second = next_named(c, name, *column + 1);
	if (second < c->ncol)
		return errmsg_set(err, "columns %zu and %zu of the header are both '%s'; give the "
		    "number of one with -c", *column + 1, second + 1, name);
	return NULL;
}

/* Whether the record is a line such as `sep=;`, cut at the delimiter if it names that. */
static bool
is_sep_line(const struct csv_records *c)
{
	size_t len, rest = 0;
	const char *field = csv_records_field(c, 0, &len);

	if (c->ncol == 2)
		csv_records_field(c, 1, &rest);
	return c->ncol <= 2 && rest == 0 && len == 6 - c->ncol && memcmp(field, "sep=", 4) == 0;
}

const char *
csv_header_delimiter(const struct csv_records *c, struct errmsg *err)
{
	size_t len;
	const char *field = c->ncol == 1 ? csv_records_field(c, 0, &len) : NULL;
	char other = field ? csv_dialect_other(field, len, c->delimiter) : 0;
	char shown[ERRMSG_WORD];

	if (c->ncol > 0 && is_sep_line(c))
		return errmsg_set(err, "the first line is no header, but tells Excel the delimiter: give "
		    "--delimiter auto");
	if (other == 0)
		return NULL;
	return errmsg_set(err, "the header is one column, '%s', that contains %s: if that separates "
	    "the fields, give --delimiter %s", errmsg_word(shown, field, len), other == '\t' ? "tabs" :
	    csv_dialect_word(other), csv_dialect_word(other));
}
