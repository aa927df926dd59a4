/*
 * vocab.c - the table in memory: rows in order, and a hash table over them.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lexical.h"
#include "vocab.h"

enum { ROW_TAIL = 48 };		/* two tabs, two numbers and a newline at most */

static inline uint64_t
load(const char *p, size_t n)
{
	uint64_t x = 0;

	memcpy(&x, p, n);
	return x;
}

static inline uint64_t
stir(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15;
	return h ^ h >> 32;
}

/* Eight bytes at a time, the last eight overlapping; the value never leaves the
 * process, so the machine's byte order may show in it. */
static inline uint64_t
hash(const char *p, size_t len)
{
	uint64_t h = len * 0xd1342543de82ef95;

	if (len >= 8) {
		for (size_t i = 0; i + 8 < len; i += 8)
			h = stir(h, load(p + i, 8));
		h = stir(h, load(p + len - 8, 8));
	} else if (len >= 4) {
		h = stir(h, load(p, 4) | load(p + len - 4, 4) << 32);
	} else if (len > 0) {
		h = stir(h, (uint64_t)(unsigned char)p[0] << 16 |
		    (uint64_t)(unsigned char)p[len / 2] << 8 | (unsigned char)p[len - 1]);
	}
	return stir(h, len);
}

/* memcmp() == 0, without a call for words of common length. */
static inline bool
same(const char *p, const char *q, size_t len)
{
	if (len > 16)
		return memcmp(p, q, len) == 0;
	if (len >= 8)
		return load(p, 8) == load(q, 8) && load(p + len - 8, 8) == load(q + len - 8, 8);
	if (len >= 4)
		return load(p, 4) == load(q, 4) && load(p + len - 4, 4) == load(q + len - 4, 4);
	for (size_t i = 0; i < len; i++)
		if (p[i] != q[i])
			return false;
	return true;
}

/* The slot that holds the word, or the empty one where it would stand. */
static inline struct vocab_slot *
find_slot(const struct vocab *v, const char *word, size_t len, uint64_t h)
{
	size_t i = h & (v->nslot - 1);
	uint32_t tag = h >> 32;

	for (;; i = (i + 1) & (v->nslot - 1)) {
		struct vocab_slot *s = &v->slot[i];
		const struct vocab_row *r;

		if (s->row == 0)
			return s;
		if (s->tag != tag)
			continue;
		r = &v->row[s->row - 1];
		if (r->len == len && same(v->text.p + r->word, word, len))
			return s;
	}
}

/* Twice the slots, every row entered anew. */
static bool
widen(struct vocab *v)
{
	struct vocab_slot *old = v->slot, *new;
	size_t nold = v->nslot, n = nold ? nold * 2 : 64;

	new = mem_zeros(n, sizeof(*new));
	if (new == NULL)
		return false;
	v->slot = new;
	v->nslot = n;
	for (uint32_t i = 0; i < v->size; i++) {
		const char *word = v->text.p + v->row[i].word;
		uint64_t h = hash(word, v->row[i].len);

		*find_slot(v, word, v->row[i].len, h) = (struct vocab_slot){ i + 1, h >> 32 };
	}
	free(old);
	return true;
}

static bool
is(const char *word, size_t len, const char *marker)
{
	return len == strlen(marker) && memcmp(word, marker, len) == 0;
}

const char *
vocab_add(struct vocab *v, const char *word, size_t len, uint64_t count, uint64_t first)
{
	uint64_t h = hash(word, len);
	size_t at = v->text.len;
	struct vocab_slot *s;

	if (v->size >= v->nslot / 2 && !widen(v))
		return "out of memory";
	if (v->size == UINT32_MAX - 1 || len > UINT32_MAX)
		return "more words than a table can hold";
	s = find_slot(v, word, len, h);
	if (s->row != 0) {
		char shown[LEXICAL_SHOWN];

		return errmsg_set(&v->err, "row %u: '%s' stands twice", v->size,
		    lexical_show(shown, word, len));
	}
	if (!mem_grow(&v->row, &v->cap, (size_t)v->size + 1, sizeof(*v->row)) ||
	    !buf_put(&v->text, word, len))
		return "out of memory";
	if (v->size == 0) {
		v->unit = is(word, len, VOCAB_START) ? UNIT_SENTENCE : UNIT_STREAM;
		v->unknown = -1;
	}
	if (is(word, len, VOCAB_UNKNOWN))
		v->unknown = v->size;
	v->row[v->size] = (struct vocab_row){ at, (uint32_t)len, count, first };
	v->size++;
	*s = (struct vocab_slot){ v->size, h >> 32 };
	return NULL;
}

int64_t
vocab_find(const struct vocab *v, const char *word, size_t len)
{
	if (v->nslot == 0)
		return -1;
	return (int64_t)find_slot(v, word, len, hash(word, len))->row - 1;
}

const char *
vocab_word(const struct vocab *v, uint32_t i, size_t *len)
{
	*len = v->row[i].len;
	return v->text.p ? v->text.p + v->row[i].word : "";
}

const char *
vocab_unit_name(enum unit u)
{
	return u == UNIT_SENTENCE ? "sentence" : "stream";
}

/* What follows the word in row i. */
static size_t
tail(const struct vocab *v, uint32_t i, bool places, char out[ROW_TAIL])
{
	const struct vocab_row *r = &v->row[i];
	unsigned long long count = r->count, first = r->first;
	int n;

	if (!places)
		n = snprintf(out, ROW_TAIL, "\t%llu\n", count);
	else if (r->first == VOCAB_NO_FIRST)
		n = snprintf(out, ROW_TAIL, "\t%llu\t-\n", count);
	else
		n = snprintf(out, ROW_TAIL, "\t%llu\t%llu\n", count, first);
	return (size_t)n;
}

static void
write_rows(const struct vocab *v, FILE *f, bool places)
{
	char end[ROW_TAIL];

	for (uint32_t i = 0; i < v->size; i++) {
		size_t len, n = tail(v, i, places, end);
		const char *word = vocab_word(v, i, &len);

		fwrite(word, 1, len, f);
		fwrite(end, 1, n, f);
	}
}

void
vocab_write(const struct vocab *v, FILE *f)
{
	write_rows(v, f, false);
}

void
vocab_write_places(const struct vocab *v, FILE *f)
{
	write_rows(v, f, true);
}

bool
vocab_format(const struct vocab *v, struct buf *out)
{
	char end[ROW_TAIL];

	for (uint32_t i = 0; i < v->size; i++) {
		size_t len, n = tail(v, i, false, end);
		const char *word = vocab_word(v, i, &len);

		if (!buf_put(out, word, len) || !buf_put(out, end, n))
			return false;
	}
	return true;
}

uint32_t
vocab_crc(const struct vocab *v)
{
	uLong crc = crc32(0, NULL, 0);
	char end[ROW_TAIL];

	for (uint32_t i = 0; i < v->size; i++) {
		size_t len, n = tail(v, i, false, end);
		const char *word = vocab_word(v, i, &len);

		crc = crc32_z(crc, (const Bytef *)word, len);
		crc = crc32_z(crc, (const Bytef *)end, n);
	}
	return (uint32_t)crc;
}

void
vocab_free(struct vocab *v)
{
	free(v->row);
	free(v->slot);
	buf_free(&v->text);
	*v = (struct vocab){ 0 };
}
