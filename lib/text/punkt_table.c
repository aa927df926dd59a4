/*
 * punkt_table.c - the table of word types: one hash table for abbreviations, sentence
 * starters, collocations and orthography; and the reader of NLTK's punkt_tab files.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "punkt.h"
#include "reader.h"

/* The slot of a key, or the free one where it belongs; NULL: none within reach. */
static struct punkt_entry *
find_slot(const struct punkt *t, const char *key, size_t len, uint32_t h)
{
	for (size_t i = 0; i < HASH_REACH; i++) {
		struct punkt_entry *e = &t->slot[(h + i) & (t->nslot - 1)];

		if (e->bits == 0 || (e->hash == h && e->len == len &&
		    memcmp(t->keys.p + e->key, key, len) == 0))
			return e;
	}
	return NULL;
}

/* Enters the n entries of other slots; false if one finds no slot within reach. */
static bool
enter_entries(struct punkt *t, const struct punkt_entry *old, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *key = t->keys.p + old[i].key;
		uint32_t h = (uint32_t)hash_bytes(&t->hash, key, old[i].len);
		struct punkt_entry *e;

		if (old[i].bits == 0)
			continue;
		if ((e = find_slot(t, key, old[i].len, h)) == NULL)
			return false;
		*e = old[i];
		e->hash = h;
	}
	return true;
}

/* Replaces the slots by n, or more if entries find none within reach.  False: no
 * memory. */
static bool
renew_slots(struct punkt *t, size_t n)
{
	struct punkt_entry *old = t->slot;
	size_t nold = t->nslot;

	for (;; n *= t->hash.secret ? 2 : 1, hash_set_secret(&t->hash)) {
		struct punkt_entry *new = mem_zeros(n, sizeof(*new));
		bool entered;

		if (t->slot != old)
			free(t->slot);
		t->slot = new ? new : old;
		t->nslot = new ? n : nold;
		if (new == NULL)
			return false;
		entered = enter_entries(t, old, nold);
		if (entered) {
			free(old);
			return true;
		}
	}
}

/* The key's slot, for a key to be added.  NULL: no memory. */
static struct punkt_entry *
slot_to_fill(struct punkt *t, const char *key, size_t len, uint32_t *h)
{
	struct punkt_entry *e;

	if (2 * t->n >= t->nslot && !renew_slots(t, t->nslot ? t->nslot * 2 : 1024))
		return NULL;
	*h = (uint32_t)hash_bytes(&t->hash, key, len);
	while ((e = find_slot(t, key, len, *h)) == NULL) {
		size_t n = t->hash.secret ? t->nslot * 2 : t->nslot;

		hash_set_secret(&t->hash);
		if (!renew_slots(t, n))
			return NULL;
		*h = (uint32_t)hash_bytes(&t->hash, key, len);
	}
	return e;
}

bool
punkt_add(struct punkt *t, const char *key, size_t len, unsigned bits)
{
	struct punkt_entry *e;
	uint32_t h;

	if (bits == 0)
		return true;
	if (len > UINT32_MAX || (e = slot_to_fill(t, key, len, &h)) == NULL)
		return false;
	if (e->bits == 0) {
		size_t at = t->keys.len;

		if (!buf_put(&t->keys, key, len))
			return false;
		*e = (struct punkt_entry){ .key = at, .len = (uint32_t)len, .hash = h };
		t->n++;
	}
	e->bits |= bits;
	if (len > t->longest)
		t->longest = len;
	return true;
}

unsigned
punkt_find(const struct punkt *t, const char *key, size_t len)
{
	const struct punkt_entry *e;

	if (len > t->longest || t->nslot == 0)
		return 0;
	e = find_slot(t, key, len, (uint32_t)hash_bytes(&t->hash, key, len));
	return e ? e->bits : 0;
}

void
punkt_free(struct punkt *t)
{
	free(t->slot);
	buf_free(&t->keys);
	*t = (struct punkt){ 0 };
}

/* Adds a line of ortho_context.tab: a type, a tab, its bits in decimal. */
static const char *
add_ortho(struct punkt *t, const char *p, size_t len)
{
	const char *tab = memchr(p, '\t', len), *end = p + len;
	unsigned bits = 0;

	if (tab == NULL || tab == p || tab + 1 == end)
		return "not a type, a tab and a number";
	for (const char *q = tab + 1; q < end; q++) {
		if (*q < '0' || *q > '9' || bits > 126)
			return "the second column is not an even number from 0 to 126";
		bits = bits * 10 + (unsigned)(*q - '0');
	}
	if (bits > 126 || bits % 2)
		return "the second column is not an even number from 0 to 126";
	return punkt_add(t, p, (size_t)(tab - p), bits) ? NULL : "out of memory";
}

static const char *
add_line(struct punkt *t, const char *p, size_t len, unsigned kind)
{
	const char *tab;

	if (len == 0)
		return NULL;
	if (kind == 0)
		return add_ortho(t, p, len);
	tab = memchr(p, '\t', len);
	if (kind == PUNKT_PAIR && (tab == NULL || tab == p || tab + 1 == p + len))
		return "not two types separated by a tab";
	if (kind != PUNKT_PAIR && tab != NULL)
		return "a tab in a list of single types";
	return punkt_add(t, p, len, kind) ? NULL : "out of memory";
}

/* Reads a file of the directory; kind is 0 for the orthography. */
static const char *
load_file(struct punkt *t, const char *dir, const char *name, unsigned kind)
{
	struct buf path = { 0 };
	struct reader r;
	const char *why;
	bool more = true;
	FILE *f;

	if (!buf_put(&path, dir, strlen(dir)) || !buf_putc(&path, '/') ||
	    !buf_put(&path, name, strlen(name) + 1)) {
		buf_free(&path);
		return "out of memory";
	}
	f = fopen(path.p, "r");
	if (f == NULL)
		why = errmsg_set(&t->err, "%s: %s; name the folder of one language, such as "
		    "punkt_tab/english", name, strerror(errno));
	buf_free(&path);
	if (f == NULL)
		return why;
	reader_open(&r, f);
	r.crlf = true;
	why = reader_skip_bom(&r);
	while (why == NULL && (why = reader_line(&r, &more)) == NULL && more)
		if ((why = add_line(t, r.p, r.len, kind)) != NULL)
			why = errmsg_set(&t->err, "line %llu: %s",
			    (unsigned long long)r.number, why);
	if (why)
		why = errmsg_set(&t->err, "%s: %s", name, why);
	reader_close(&r);
	fclose(f);
	return why;
}

const char *
punkt_load(struct punkt *t, const char *dir)
{
	static const struct {
		const char *name;
		unsigned kind;
	} files[] = {
		{ "abbrev_types.txt", PUNKT_ABBREV },
		{ "collocations.tab", PUNKT_PAIR },
		{ "sent_starters.txt", PUNKT_STARTER },
		{ "ortho_context.tab", 0 }
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *why = load_file(t, dir, files[i].name, files[i].kind);

		if (why)
			return why;
	}
	return NULL;
}
