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

/* The slot of a key, or the free one where it belongs. */
static size_t
slot_of(const struct punkt *t, const char *key, size_t len, uint32_t h)
{
	size_t i = h & (t->nslot - 1);

	while (t->slot[i].bits != 0 && (t->slot[i].hash != h || t->slot[i].len != len ||
	    memcmp(t->keys.p + t->slot[i].key, key, len) != 0))
		i = (i + 1) & (t->nslot - 1);
	return i;
}

static bool
widen_table(struct punkt *t)
{
	size_t n = t->nslot ? t->nslot * 2 : 1024;
	struct punkt_entry *old = t->slot, *new = mem_zeros(n, sizeof(*new));

	if (new == NULL)
		return false;
	for (size_t i = 0; i < t->nslot; i++) {
		size_t j = old[i].hash & (n - 1);

		if (old[i].bits == 0)
			continue;
		while (new[j].bits != 0)
			j = (j + 1) & (n - 1);
		new[j] = old[i];
	}
	free(old);
	t->slot = new;
	t->nslot = n;
	return true;
}

bool
punkt_add(struct punkt *t, const char *key, size_t len, unsigned bits)
{
	struct punkt_entry *e;
	uint32_t h = (uint32_t)hash_bytes(key, len);

	if (bits == 0)
		return true;
	if (len > UINT32_MAX || (2 * t->n >= t->nslot && !widen_table(t)))
		return false;
	e = &t->slot[slot_of(t, key, len, h)];
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
	if (len > t->longest || t->nslot == 0)
		return 0;
	return t->slot[slot_of(t, key, len, (uint32_t)hash_bytes(key, len))].bits;
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
	buf_free(&path);
	if (f == NULL) {
		return errmsg_set(&t->err, "%s: %s", name, strerror(errno));
	}
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
