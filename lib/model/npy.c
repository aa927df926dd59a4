/*
 * npy.c - reads and writes the header of a .npy.
 *
 * The dict literal is parsed as numpy.lib.format may write it: three keys, each
 * once, in any order; strings without escapes; True, False; a tuple of
 * whole numbers, which end in L if Python 2 wrote them.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "npy.h"
#include "errmsg.h"

#define MAGIC "\x93NUMPY"

enum { ALIGN = 64, MAGIC_LEN = 6 };

struct text {			/* the unparsed rest of the dict literal */
	const char *p, *end;
};

static const struct {
	const char *name;
	size_t size;
} types[] = {
	[NPZ_F4] = { "<f4", 4 },
	[NPZ_F8] = { "<f8", 8 },
	[NPZ_U1] = { "|u1", 1 },
	[NPZ_U4] = { "<u4", 4 },
	[NPZ_I8] = { "<i8", 8 },
};

enum { NTYPES = sizeof(types) / sizeof(types[0]) };

static const char malformed[] = "has a malformed .npy header";

static void
skip_spaces(struct text *t)
{
	while (t->p < t->end && *t->p == ' ')
		t->p++;
}

/* Parses the word and spaces before it; false if something else is there. */
static bool
parse_word(struct text *t, const char *word)
{
	size_t n = strlen(word);

	skip_spaces(t);
	if ((size_t)(t->end - t->p) < n || memcmp(t->p, word, n) != 0)
		return false;
	t->p += n;
	return true;
}

/* Parses a quoted string of at most cap - 1 printable bytes. */
static bool
parse_string(struct text *t, char *out, size_t cap)
{
	size_t n = 0;
	char quote = parse_word(t, "'") ? '\'' : parse_word(t, "\"") ? '"' : '\0';

	if (quote == '\0')
		return false;
	for (; t->p < t->end && *t->p != quote; t->p++) {
		if (*t->p < ' ' || *t->p > '~' || *t->p == '\\' || n + 1 >= cap)
			return false;
		out[n++] = *t->p;
	}
	out[n] = '\0';
	return t->p++ < t->end;
}

/* Parses a decimal number; *fits is false if it exceeds SIZE_MAX. */
static bool
parse_number(struct text *t, size_t *n, bool *fits)
{
	const char *start;

	skip_spaces(t);
	start = t->p;
	*n = 0;
	for (; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++) {
		size_t digit = (size_t)(*t->p - '0');

		if (*n > (SIZE_MAX - digit) / 10)
			*fits = false;
		else
			*n = *n * 10 + digit;
	}
	if (t->p == start || (*start == '0' && t->p - start > 1))
		return false;
	if (t->p < t->end && *t->p == 'L')
		t->p++;
	return true;
}

static const char *
parse_shape(struct text *t, struct npz_array *a)
{
	bool fits = true, comma = true;
	size_t n, product = 1, bytes;

	a->ndim = 0;
	if (!parse_word(t, "("))
		return malformed;
	while (!parse_word(t, ")")) {
		if (!comma || !parse_number(t, &n, &fits))
			return malformed;
		if (a->ndim == NPZ_DIMS)
			return "has more than 4 dimensions";
		a->shape[a->ndim++] = n;
		comma = parse_word(t, ",");
		if (!comma && a->ndim == 1)
			return malformed;	/* (3) is a number, not a tuple */
		if (fits)
			fits = mem_mul(product, n, &product);
	}
	/* 8: the largest type, since the keys may be in any order */
	if (!fits || !mem_mul(product, 8, &bytes))
		return "claims a size beyond any memory";
	a->n = product;
	return NULL;
}

static const char *
parse_type(struct text *t, struct npz_array *a, struct errmsg *err)
{
	char descr[32];

	if (parse_word(t, "["))
		return "is of a structured type, not of plain numbers";
	if (!parse_string(t, descr, sizeof(descr)))
		return malformed;
	for (int i = 0; i < NTYPES; i++) {
		if (strcmp(descr, types[i].name) == 0) {
			a->type = (enum npz_type)i;
			return NULL;
		}
		if (descr[0] == '>' && strcmp(descr + 1, types[i].name + 1) == 0)
			return errmsg_set(err, "is big-endian; save it with "
			    "numpy's astype('%s')", types[i].name);
	}
	if (strchr(descr, 'O') != NULL)
		return "holds Python objects, not numbers";
	return errmsg_set(err, "is of type '%s', not one of <f4 <f8 |u1 <u4 <i8", descr);
}

static const char *
parse_order(struct text *t, bool *fortran)
{
	*fortran = parse_word(t, "True");
	return *fortran || parse_word(t, "False") ? NULL : malformed;
}

static const char *
parse_dict(struct text *t, struct npz_array *a, bool *fortran, struct errmsg *err)
{
	enum { DESCR = 1, ORDER = 2, SHAPE = 4 };
	int seen = 0, now;
	bool comma = true;
	const char *why;
	char key[16];

	if (!parse_word(t, "{"))
		return malformed;
	while (!parse_word(t, "}")) {
		if (!comma || !parse_string(t, key, sizeof(key)) || !parse_word(t, ":"))
			return malformed;
		if (strcmp(key, "descr") == 0) {
			now = DESCR;
			why = parse_type(t, a, err);
		} else if (strcmp(key, "fortran_order") == 0) {
			now = ORDER;
			why = parse_order(t, fortran);
		} else if (strcmp(key, "shape") == 0) {
			now = SHAPE;
			why = parse_shape(t, a);
		} else {
			return malformed;
		}
		if (why != NULL)
			return why;
		if (seen & now)
			return malformed;
		seen |= now;
		comma = parse_word(t, ",");
	}
	return seen == (DESCR | ORDER | SHAPE) ? NULL : malformed;
}

const char *
npy_type_name(enum npz_type t)
{
	return types[t].name;
}

size_t
npz_type_size(enum npz_type t)
{
	return types[t].size;
}

const char *
npy_length(const unsigned char *p, size_t len, size_t *head)
{
	size_t fixed, n;

	if (len < MAGIC_LEN + 4 || memcmp(p, MAGIC, MAGIC_LEN) != 0)
		return "is not in .npy format";
	if (p[6] < 1 || p[6] > 3 || p[7] != 0)
		return "is of an unknown .npy version";
	fixed = p[6] == 1 ? MAGIC_LEN + 4 : MAGIC_LEN + 6;
	if (len < fixed)
		return "is not in .npy format";
	n = p[8] | (size_t)p[9] << 8;
	if (p[6] > 1)
		n |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
	if (n > NPY_HEAD_MAX - fixed || fixed + n < NPY_FIXED)
		return malformed;
	*head = fixed + n;
	return NULL;
}

const char *
npy_parse(const unsigned char *p, size_t head, struct npz_array *a, bool *fortran,
    struct errmsg *err)
{
	size_t fixed = p[6] == 1 ? MAGIC_LEN + 4 : MAGIC_LEN + 6;
	struct text t = { (const char *)p + fixed, (const char *)p + head };
	const char *why = parse_dict(&t, a, fortran, err);

	if (why != NULL)
		return why;
	skip_spaces(&t);
	if (t.p < t.end && *t.p == '\n')
		t.p++;
	return t.p == t.end ? NULL : malformed;
}

size_t
npy_format(const struct npz_array *a, char out[NPY_OUT_MAX])
{
	size_t fixed = MAGIC_LEN + 4, len = fixed, head;

	memcpy(out, MAGIC "\1", MAGIC_LEN + 2);		/* version 1.0 */
	len += (size_t)snprintf(out + len, NPY_OUT_MAX - len,
	    "{'descr': '%s', 'fortran_order': False, 'shape': (", npy_type_name(a->type));
	for (int i = 0; i < a->ndim; i++)
		len += (size_t)snprintf(out + len, NPY_OUT_MAX - len, "%s%zu%s",
		    i ? ", " : "", a->shape[i], a->ndim == 1 ? "," : "");
	len += (size_t)snprintf(out + len, NPY_OUT_MAX - len, "), }");
	head = (len + 1 + ALIGN - 1) / ALIGN * ALIGN;
	memset(out + len, ' ', head - len - 1);
	out[head - 1] = '\n';
	out[8] = (char)((head - fixed) & 0xff);
	out[9] = (char)((head - fixed) >> 8);
	return head;
}
