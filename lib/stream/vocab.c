/*
 * vocab.c - the table in memory: rows in order, indexed by a hash table.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "errmsg.h"
#include "hash.h"
#include "visible.h"
#include "vocab.h"

enum { ROW_TAIL = 48 };		/* bytes of two tabs, two numbers and a newline */

/* The slot of the word, or the free one where it belongs; NULL: none within reach. */
static inline struct vocab_slot *
find_slot(const struct vocab *v, const char *word, size_t len, uint64_t h)
{
	size_t i = h & (v->nslot - 1);
	uint32_t tag = h >> 32;

	for (int left = HASH_REACH; left > 0; left--, i = (i + 1) & (v->nslot - 1)) {
		struct vocab_slot *s = &v->slot[i];
		const struct vocab_row *r;

		if (s->row == 0)
			return s;
		if (s->tag != tag)
			continue;
		r = &v->row[s->row - 1];
		if (r->len == len && hash_same(v->text.p + r->word, word, len))
			return s;
	}
	return NULL;
}

/* Enters every row; false if one finds no slot within reach. */
static bool
enter_rows(struct vocab *v)
{
	for (uint32_t i = 0; i < v->size; i++) {
		const char *word = v->text.p + v->row[i].word;
		uint64_t h = hash_bytes(&v->key, word, v->row[i].len);
		struct vocab_slot *s = find_slot(v, word, v->row[i].len, h);

		if (s == NULL)
			return false;
		*s = (struct vocab_slot){ i + 1, h >> 32 };
	}
	return true;
}

/* Replaces the slots by n, or more if rows find none within reach.  False: no memory. */
static bool
renew_slots(struct vocab *v, size_t n)
{
	for (;; n *= v->key.secret ? 2 : 1, hash_set_secret(&v->key)) {
		struct vocab_slot *new = mem_zeros(n, sizeof(*new));

		if (new == NULL)
			return false;
		free(v->slot);
		v->slot = new;
		v->nslot = n;
		if (enter_rows(v))
			return true;
	}
}

/* The word's slot, for a word to be added.  NULL: no memory. */
static struct vocab_slot *
slot_to_fill(struct vocab *v, const char *word, size_t len, uint64_t *h)
{
	struct vocab_slot *s;

	if (v->size >= v->nslot / 2 && !renew_slots(v, v->nslot ? v->nslot * 2 : 64))
		return NULL;
	*h = hash_bytes(&v->key, word, len);
	while ((s = find_slot(v, word, len, *h)) == NULL) {
		size_t n = v->key.secret ? v->nslot * 2 : v->nslot;

		hash_set_secret(&v->key);
		if (!renew_slots(v, n))
			return NULL;
		*h = hash_bytes(&v->key, word, len);
	}
	return s;
}

bool
vocab_spells(const char *word, size_t len, const char *marker)
{
	return len == strlen(marker) && memcmp(word, marker, len) == 0;
}

/* Asked of every token: hardly any gets past the first test. */
bool
vocab_is_marker(const char *word, size_t len)
{
	if (len < sizeof(VOCAB_END) - 1 || (word[0] != 'S' && word[0] != 'U'))
		return false;
	return vocab_spells(word, len, VOCAB_UNKNOWN) || vocab_spells(word, len, VOCAB_START) ||
	    vocab_spells(word, len, VOCAB_END);
}

const char *
vocab_add(struct vocab *v, const char *word, size_t len, uint64_t count, uint64_t first)
{
	size_t at = v->text.len;
	struct vocab_slot *s;
	uint64_t h;

	if (v->size == UINT32_MAX - 1 || len > UINT32_MAX)
		return "more words than a table can hold";
	s = slot_to_fill(v, word, len, &h);
	if (s == NULL)
		return "out of memory";
	if (s->row != 0) {
		char shown[ERRMSG_WORD];

		return errmsg_set(&v->err, "row %u: '%s' appears twice", v->size,
		    errmsg_word(shown, word, len));
	}
	if (!mem_grow(&v->row, &v->cap, (size_t)v->size + 1, sizeof(*v->row)) ||
	    !buf_put(&v->text, word, len))
		return "out of memory";
	if (v->size == 0)
		v->unknown = -1;
	if (vocab_spells(word, len, VOCAB_UNKNOWN))
		v->unknown = v->size;
	v->row[v->size] = (struct vocab_row){ at, (uint32_t)len, count, first };
	v->size++;
	*s = (struct vocab_slot){ v->size, h >> 32 };
	return NULL;
}

static inline int64_t
find_row(const struct vocab *v, const char *word, size_t len, uint64_t h)
{
	const struct vocab_slot *s = find_slot(v, word, len, h);

	return s ? (int64_t)s->row - 1 : -1;
}

/* Called for every token, so the hash that hardly any table needs is kept apart. */
int64_t
vocab_find(const struct vocab *v, const char *word, size_t len)
{
	if (v->nslot == 0)
		return -1;
	if (v->key.secret)
		return find_row(v, word, len, hash_sip(&v->key, word, len));
	return find_row(v, word, len, hash_public(word, len));
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

/* Formats what follows the word in row i. */
static size_t
format_tail(const struct vocab *v, uint32_t i, bool places, char out[ROW_TAIL])
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
		size_t len, n = format_tail(v, i, places, end);
		const char *word = vocab_word(v, i, &len);

		visible_put(word, len, f);
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
		size_t len, n = format_tail(v, i, false, end);
		const char *word = vocab_word(v, i, &len);

		if (!buf_put(out, word, len) || !buf_put(out, end, n))
			return false;
	}
	return true;
}

uint32_t
vocab_crc(const struct vocab *v)
{
	return vocab_crc_on(v, 0);
}

uint32_t
vocab_crc_on(const struct vocab *v, uint32_t before)
{
	uLong crc = before;
	char end[ROW_TAIL];

	for (uint32_t i = 0; i < v->size; i++) {
		size_t len, n = format_tail(v, i, false, end);
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
