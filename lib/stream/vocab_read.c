/*
 * vocab_read.c - parses the rows of a table: word TAB count, or word TAB count TAB
 * position.
 */
#include <string.h>

#include "decimal.h"
#include "errmsg.h"
#include "utf8.h"
#include "vocab.h"
#include "vocab_chars.h"

static const char *
bad_row(struct vocab *v, const char *reason)
{
	return errmsg_set(&v->err, "row %u: %s", v->size, reason);
}

static const char *
bad_field(struct vocab *v, const char *p, size_t len, const char *reason)
{
	char shown[ERRMSG_WORD];

	return errmsg_set(&v->err, "row %u: '%s' %s", v->size,
	    errmsg_word(shown, p, len), reason);
}

/* The length of the field at p, up to a tab or the end. */
static size_t
field_length(const char *p, size_t len)
{
	const char *tab = len ? memchr(p, '\t', len) : NULL;

	return tab ? (size_t)(tab - p) : len;
}

static const char *
check_word(struct vocab *v, const char *p, size_t len)
{
	if (len == 0)
		return bad_row(v, "no word before the tab");
	if (memchr(p, ' ', len) != NULL)
		return bad_field(v, p, len, "contains a space");
	if (utf8_valid_length(p, len) != len)
		return bad_field(v, p, len, "is not valid UTF-8");
	return NULL;
}

/* The third column: a position, "-", or nothing; all rows must have it or none. */
static const char *
read_position(struct vocab *v, const char *p, size_t len, uint64_t *place)
{
	bool there = len > 0;

	*place = VOCAB_NO_FIRST;
	if (v->size == 0)
		v->places = there;
	if (v->places != there)
		return bad_row(v, there ? "a third column, where row 0 has none" :
		    "no third column, where row 0 has one");
	if (!there || (len == 2 && p[1] == '-'))
		return NULL;
	if (!decimal_parse(p + 1, len - 1, UINT64_MAX - 1, place))
		return bad_field(v, p + 1, len - 1, "is not the position of a token");
	return NULL;
}

static const char *
read_row(struct vocab *v, const struct reader *in)
{
	const char *p = in->p, *why;
	size_t len = in->len, word = field_length(p, len), digits;
	uint64_t count, place;

	if (!in->ended)
		return bad_row(v, "ends without a newline; was the table cut off?");
	if (word == len)
		return bad_field(v, p, len, "has no tab and count after it; is this a table?");
	if ((why = check_word(v, p, word)) != NULL)
		return why;
	p += word + 1;
	len -= word + 1;
	digits = field_length(p, len);
	if (!decimal_parse(p, digits, UINT64_MAX, &count))
		return bad_field(v, p, digits, digits && p[digits - 1] == '\r' ?
		    "is not a count (does the line end in CRLF?)" : "is not a count");
	if ((why = read_position(v, p + digits, len - digits, &place)) != NULL)
		return why;
	return vocab_add(v, in->p, word, count, place);
}

/* Whether the marker is in its row. */
static const char *
check_marker(struct vocab *v, const char *marker, uint32_t row)
{
	int64_t found = vocab_find(v, marker, strlen(marker));
	bool stream = v->assumed && vocab_find(v, VOCAB_START, strlen(VOCAB_START)) < 0 &&
	    vocab_find(v, VOCAB_END, strlen(VOCAB_END)) < 0;
	char shown[ERRMSG_WORD];
	const char *word;
	size_t len;

	if (found == (int64_t)row)
		return NULL;
	if (found >= 0)
		return errmsg_set(&v->err, "row %lld: %s, which belongs in row %u; was the table "
		    "sorted or edited?", (long long)found, marker, row);
	if (row >= v->size)
		return errmsg_set(&v->err, "no row %u, which is %s; is the table cut off?", row, marker);
	word = vocab_word(v, row, &len);
	return errmsg_set(&v->err, "row %u is '%s', not %s; %s", row, errmsg_word(shown, word, len),
	    marker, !stream ? "was the table edited?" : "if the table is of a stream, give "
	    "--unit stream, or the file this first line: #table 1 unit=stream");
}

/* Whether the markers are where the unit has them. */
static const char *
check_markers(struct vocab *v)
{
	const char *why = NULL;

	if (v->size == 0)
		return "an empty table";
	if (v->unit == UNIT_SENTENCE &&
	    ((why = check_marker(v, VOCAB_START, VOCAB_START_ROW)) != NULL ||
	    (why = check_marker(v, VOCAB_END, VOCAB_END_ROW)) != NULL))
		return why;
	if (v->unit == UNIT_STREAM && vocab_find(v, VOCAB_START, strlen(VOCAB_START)) == 0)
		return "row 0: " VOCAB_START " in a table of unit=stream";
	if (v->unit == UNIT_SENTENCE && v->unknown < 0)
		return "the last row is not " VOCAB_UNKNOWN ": is the table cut off?";
	if (v->unknown >= 0 && v->unknown != (int64_t)v->size - 1)
		return errmsg_set(&v->err, "row %lld: " VOCAB_UNKNOWN " is not the last row",
		    (long long)v->unknown);
	return NULL;
}

/* What the rows as a whole must be. */
static const char *
check_rows(struct vocab *v)
{
	const char *why = check_markers(v);

	return why ? why : vocab_check_characters(v);
}

const char *
vocab_read_rows(struct vocab *v, struct reader *in, uint32_t max, bool *ended)
{
	const char *why;
	bool more;

	*ended = false;
	v->unknown = -1;
	for (;;) {
		if ((why = reader_line(in, &more)) != NULL)
			return bad_row(v, why);
		if (!more && v->size == 0)
			return "empty input where a table was expected";
		if (!more)
			return check_rows(v);
		if (in->len == 0 && in->ended) {
			*ended = true;
			return check_rows(v);
		}
		if (v->size >= max) {
			return errmsg_set(&v->err, "more than %u rows in the table", max);
		}
		if ((why = read_row(v, in)) != NULL)
			return why;
	}
}

const char *
vocab_parse(struct vocab *v, const char *p, size_t len)
{
	struct reader in;
	const char *why;
	bool ended;

	reader_open_memory(&in, p, len);
	why = vocab_read_rows(v, &in, VOCAB_MAX, &ended);
	if (why == NULL && ended)
		why = "an empty line in the table";
	reader_close(&in);
	return why;
}
