/*
 * header.h - the first line of a stream: "#kind 1 key=value key=value ...".
 */
#ifndef HEADER_H
#define HEADER_H

#include "errmsg.h"
#include "file_kind.h"
#include "line_form.h"
#include "reader.h"
#include "token_rules.h"
#include "vocab.h"

enum { HEADER_VOCAB_VERSION = 2 };	/* of the others: 1 */

struct header_field {
	const char *key;
	const char *value;	/* points into the line; NULL: an optional one is absent */
	size_t len;
	bool optional;		/* may be absent */
};

/*
 * Reads the header, sets *version, and points the n fields, which must be in this order and the only
 * ones, to their values, valid until the next line is read.  NULL, or an error
 * message (constant, or in err): empty input, a stream of another kind, a newer
 * version, a missing or unexpected field.
 */
const char *header_read(struct reader *in, enum file_kind kind, struct header_field *f,
    size_t n, uint64_t *version, struct errmsg *err);

bool header_is(const struct header_field *f, const char *value);

/* The value as a number from 0 to max.  NULL, or an error message in err. */
const char *header_number(const struct header_field *f, uint64_t max, uint64_t *out,
    struct errmsg *err);

/* The value of unit=.  NULL or an error message. */
const char *header_unit(const struct header_field *f, enum unit *unit);

/* The value of an optional field as token rules, the default ones where it is absent.
 * NULL, or an error message in err. */
const char *header_rules(const struct header_field *f, struct token_rules *r,
    struct errmsg *err);

/* The value of lines=, of an optional field likewise. */
const char *header_lines(const struct header_field *f, struct line_form *form);

/* Parses a checksum, eight lower-case hexadecimal digits; false if it is none. */
bool header_crc(const char *p, size_t len, uint32_t *crc);

/* Looks at the start of the input, after a byte order mark, which is skipped: *there is
 * whether a header of this kind stands there.  NULL, or an error message: a read error, or the
 * input is recognised as something else. */
const char *header_peek(struct reader *in, enum file_kind kind, bool *there, bool *empty,
    struct errmsg *err);

#endif
