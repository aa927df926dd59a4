/*
 * header.c - reads the first line of a stream and explains a wrong one.
 */
#include <string.h>

#include "header.h"
#include "prog.h"
#include "decimal.h"
#include "errmsg.h"

static const char *
empty_input(enum file_kind kind)
{
	return kind == FILE_INDEX ? "empty input where an index stream was expected" :
	    "empty input where a vocabulary stream was expected";
}

/* No header at all, where there must be one. */
static const char *
no_header(enum file_kind kind, struct errmsg *err)
{
	if (kind == FILE_INDEX)
		return errmsg_set(err, "not an index stream; is `%sencode` missing from the "
		    "pipe?", prog_prefix);
	return errmsg_set(err, "not a vocabulary stream; is `%svocab` missing from the pipe?",
	    prog_prefix);
}

const char *
header_peek(struct reader *in, enum file_kind kind, bool *there, bool *empty,
    struct errmsg *err)
{
	enum file_kind found;
	const char *p, *why = file_kind_begin(in, kind, &found, err);
	size_t got = 0;

	if (why == NULL)
		why = reader_peek(in, 1, &p, &got);
	*there = found == kind;
	*empty = got == 0;
	return why;
}

/* The length of the next word of the line, at *at; skips the space after it. */
static size_t
next_word(const char **p, size_t *left, const char **at)
{
	const char *space = *left ? memchr(*p, ' ', *left) : NULL;
	size_t len = space ? (size_t)(space - *p) : *left;

	*at = *p;
	*p += len + (space != NULL);
	*left -= len + (space != NULL);
	return len;
}

static const char *
read_fields(const char *p, size_t left, struct header_field *f, size_t n, struct errmsg *err)
{
	for (size_t i = 0; i < n; i++) {
		size_t key = strlen(f[i].key), len;
		bool there = left > key && memcmp(p, f[i].key, key) == 0 && p[key] == '=';
		const char *at;

		f[i].value = NULL;
		if (!there && f[i].optional)
			continue;
		len = next_word(&p, &left, &at);
		if (!there || len == key + 1)
			return errmsg_set(err, "header: expected %s=", f[i].key);
		f[i].value = at + key + 1;
		f[i].len = len - key - 1;
	}
	return left ? "header: unexpected field at the end" : NULL;
}

const char *
header_read(struct reader *in, enum file_kind kind, struct header_field *f, size_t n,
    uint64_t *version, struct errmsg *err)
{
	const char *p, *at, *why;
	bool there, empty, more;
	size_t left, len;
	uint64_t newest = kind == FILE_VOCAB ? HEADER_VOCAB_VERSION : 1;

	if ((why = header_peek(in, kind, &there, &empty, err)) != NULL)
		return why;
	if (empty)
		return empty_input(kind);
	if (!there)
		return no_header(kind, err);
	if ((why = reader_line(in, &more)) != NULL)
		return why;
	if (!in->ended || in->p[in->len - 1] == ' ')
		return "the stream ends inside its header";
	p = in->p + strlen(file_kind_magic(kind));
	left = in->len - strlen(file_kind_magic(kind));
	len = next_word(&p, &left, &at);
	if (!decimal_parse(at, len, UINT64_MAX, version) || *version == 0)
		return "header: no version number";
	if (*version > newest)
		return "written by a newer version of this suite";
	return read_fields(p, left, f, n, err);
}

bool
header_is(const struct header_field *f, const char *value)
{
	return f->value && f->len == strlen(value) && memcmp(f->value, value, f->len) == 0;
}

const char *
header_number(const struct header_field *f, uint64_t max, uint64_t *out, struct errmsg *err)
{
	char shown[ERRMSG_WORD];

	if (decimal_parse(f->value, f->len, max, out))
		return NULL;
	return errmsg_set(err, "header: %s=%s is not a number in its range", f->key,
	    errmsg_word(shown, f->value, f->len));
}

const char *
header_rules(const struct header_field *f, struct token_rules *r, struct errmsg *err)
{
	char shown[ERRMSG_WORD];

	*r = token_rules_of(false);
	if (f->value == NULL || token_rules_parse(r, f->value, f->len))
		return NULL;
	return errmsg_set(err, "header: rules=%s are no token rules that this program knows",
	    errmsg_word(shown, f->value, f->len));
}

const char *
header_unit(const struct header_field *f, enum unit *unit)
{
	*unit = header_is(f, "sentence") ? UNIT_SENTENCE : UNIT_STREAM;
	return *unit == UNIT_SENTENCE || header_is(f, "stream") ? NULL :
	    "header: unit= is neither sentence nor stream";
}

const char *
header_lines(const struct header_field *f, struct line_form *form)
{
	*form = (struct line_form){ 0 };
	return f->value == NULL || line_form_parse(form, f->value, f->len) ? NULL :
	    "header: lines= is not empty, ids, or empty,ids";
}

bool
header_crc(const char *p, size_t len, uint32_t *crc)
{
	*crc = 0;
	for (size_t i = 0; i < len && i < 8; i++) {
		const char *digits = "0123456789abcdef";
		const char *d = p[i] ? strchr(digits, p[i]) : NULL;

		if (d == NULL)
			return false;
		*crc = *crc << 4 | (uint32_t)(d - digits);
	}
	return len == 8;
}
