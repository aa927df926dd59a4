/*
 * header.h - the first line of a stream: "#kind 1 key=value key=value ...".
 */
#ifndef HEADER_H
#define HEADER_H

#include "errmsg.h"
#include "reader.h"

enum header_kind { HEADER_VOCAB, HEADER_INDEX };

struct header_field {
	const char *key;
	const char *value;	/* points into the line; NULL: an optional one is absent */
	size_t len;
	bool optional;		/* may be absent; optional fields come last */
};

/*
 * Takes the header off in and points the fields, which must come in the order
 * given with no others between, at their values, good until the next line is
 * read.  NULL, or a phrase (static, or in err): empty input, a
 * stream of another kind, a newer version, a field that is not as it should be.
 */
const char *header_read(struct reader *in, enum header_kind kind, struct header_field *f,
    size_t n, struct errmsg *err);

bool header_is(const struct header_field *f, const char *value);

/* The value as a number, or "header: size=... is not a number" in err. */
const char *header_number(const struct header_field *f, uint64_t max, uint64_t *out,
    struct errmsg *err);

/* The kind of stream that in begins with: HEADER_VOCAB, HEADER_INDEX, or -1. */
const char *header_peek(struct reader *in, int *kind, bool *empty);

#endif
