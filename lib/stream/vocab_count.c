/*
 * vocab_count.c - counts tokens, merges counts and builds the table.
 */
#include <stdlib.h>
#include <string.h>

#include "vocab_count.h"
#include "prog.h"

static const char *
add_token(struct vocab_count *c, const char *p, size_t len, uint64_t count, uint64_t place)
{
	int64_t row;

	if (vocab_is_marker(p, len)) {
		if (c->markers == 0)
			c->first_marker = place;
		c->markers += count;
		return NULL;
	}
	row = vocab_find(&c->words, p, len);
	if (row < 0)
		return vocab_add(&c->words, p, len, count, place);
	c->words.row[row].count += count;
	return NULL;
}

const char *
vocab_count_line(struct vocab_count *c, struct token_stream *t)
{
	bool sentence = c->unit == UNIT_SENTENCE;
	struct token w;
	const char *why;

	if (t->n == 0 && !sentence)
		return errmsg_set(&c->err, "line %llu: an empty line, which unit=stream does not "
		    "have; leave out -S", (unsigned long long)t->in.number);
	c->tokens += sentence;
	while (token_stream_word(t, &w))
		if ((why = add_token(c, w.p, w.len, 1, c->tokens++)) != NULL)
			return why;
	if (sentence && c->lines == 0)
		c->first_end = c->tokens;
	c->tokens += sentence;
	c->lines++;
	return NULL;
}

const char *
vocab_count_rules(struct vocab_count *c, const struct token_rules *r)
{
	char now[TOKEN_RULES_TEXT], before[TOKEN_RULES_TEXT];

	if (c->tokens == 0) {
		c->words.unit = UNIT_STREAM;	/* it has no markers */
		c->words.rules = *r;
	}
	if (token_rules_same(r, &c->words.rules))
		return NULL;
	return errmsg_set(&c->err, "its token rules are %s, those of the input before are %s; "
	    "--rules states them where a header was lost", token_rules_text(r, now),
	    token_rules_text(&c->words.rules, before));
}

const char *
vocab_count_form(struct vocab_count *c, const struct line_form *form)
{
	if (c->lines > 0 && form->ids != c->form.ids)
		return c->form.ids ? "its lines have no ids, those of the input before have" :
		    "its lines have ids, those of the input before have none";
	c->form.ids = form->ids;
	c->form.empty |= form->empty;
	return NULL;
}

/* Whether a table can be merged into c; *total is its number of tokens. */
static const char *
check_shard(struct vocab_count *c, const struct vocab *shard, uint64_t *total)
{
	const char *why;

	if (!shard->places) {
		return errmsg_set(&c->err, "a table without positions (third column) "
		    "cannot be merged; count the shard with: %svocab -t -n 0", prog_prefix);
	}
	if (c->tokens > 0 && shard->unit != c->unit) {
		return errmsg_set(&c->err, "a table of unit=%s after one of unit=%s",
		    vocab_unit_name(shard->unit), vocab_unit_name(c->unit));
	}
	if ((why = vocab_count_rules(c, &shard->rules)) != NULL)
		return why;
	if (shard->unit == UNIT_SENTENCE &&
	    shard->row[VOCAB_START_ROW].count != shard->row[VOCAB_END_ROW].count)
		return "a table whose " VOCAB_START " and " VOCAB_END " differ in number";
	*total = 0;
	for (uint32_t i = 0; i < shard->size; i++) {
		if (shard->row[i].count > UINT64_MAX / 2 - c->tokens - *total)
			return "counts too large to be added";
		*total += shard->row[i].count;
	}
	for (uint32_t i = 0; i < shard->size; i++)
		if (shard->row[i].count ? shard->row[i].first >= *total :
		    shard->row[i].first != VOCAB_NO_FIRST) {
			return errmsg_set(&c->err, "row %u: its position is past the end of "
			    "the %llu tokens", i, (unsigned long long)*total);
		}
	return NULL;
}

const char *
vocab_count_merge(struct vocab_count *c, const struct vocab *shard)
{
	uint32_t from = shard->unit == UNIT_SENTENCE ? VOCAB_END_ROW + 1 : 0;
	uint64_t total = 0, offset = c->tokens;
	const char *why;

	if ((why = check_shard(c, shard, &total)) != NULL)
		return why;
	c->unit = shard->unit;
	if (from > 0) {
		if (c->lines == 0)
			c->first_end = offset + shard->row[VOCAB_END_ROW].first;
		c->lines += shard->row[VOCAB_START_ROW].count;
	}
	for (uint32_t i = from; i < shard->size; i++) {
		const struct vocab_row *r = &shard->row[i];
		size_t len;
		const char *word = vocab_word(shard, i, &len);

		if (r->count && (why = add_token(c, word, len, r->count, offset + r->first)) != NULL)
			return why;
	}
	c->tokens += total;
	return NULL;
}

uint64_t
vocab_count_unique(const struct vocab_count *c)
{
	return c->words.size + (c->unit == UNIT_SENTENCE ? 2 : 0);
}

static bool
is_kept(const struct vocab_count *c, const struct vocab_row *r)
{
	return c->keep && vocab_find(c->keep, c->words.text.p + r->word, r->len) >= 0;
}

const char *
vocab_count_keep(struct vocab_count *c, const struct vocab *keep)
{
	const char *why = NULL;

	c->keep = keep;
	for (uint32_t i = 0; i < keep->size && why == NULL; i++) {
		size_t len;
		const char *word = vocab_word(keep, i, &len);

		if (vocab_find(&c->words, word, len) < 0)
			why = vocab_add(&c->words, word, len, 0, VOCAB_NO_FIRST);
	}
	return why;
}

/* By falling count, then by first position, which is unique. */
static int
by_count(const void *a, const void *b)
{
	const struct vocab_row *x = *(const struct vocab_row *const *)a;
	const struct vocab_row *y = *(const struct vocab_row *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->first > y->first) - (x->first < y->first);
}

/* The *n words with a count of at least min, most frequent first; NULL: out of memory. */
static const struct vocab_row **
sorted_words(const struct vocab_count *c, uint64_t min, uint32_t *n)
{
	const struct vocab_row **row = mem_zeros(c->words.size, sizeof(*row));

	*n = 0;
	if (row == NULL)
		return NULL;
	for (uint32_t i = 0; i < c->words.size; i++)
		if (c->words.row[i].count >= min || is_kept(c, &c->words.row[i]))
			row[(*n)++] = &c->words.row[i];
	qsort(row, *n, sizeof(*row), by_count);
	return row;
}

/* How many of the n words fit in size rows with the markers; *unknown: whether an
 * UNKNOWN_TOKEN is needed. */
static uint32_t
words_that_fit(const struct vocab_count *c, uint32_t n, uint32_t size, bool *unknown)
{
	uint32_t fixed = c->unit == UNIT_SENTENCE ? 2 : 0;

	*unknown = c->unit == UNIT_SENTENCE || n < c->words.size || c->markers > 0 ||
	    (size > 0 && n > size);
	if (size == 0)
		return n;
	fixed += *unknown;
	return size <= fixed ? 0 : n < size - fixed ? n : size - fixed;
}

/* Leaves out as many words of the lowest counts as there are more than `most`, but none that
 * is kept; false if these alone are more. */
static bool
drop_words(const struct vocab_count *c, const struct vocab_row **row, uint32_t n, uint32_t most)
{
	uint32_t kept = 0, to = 0;

	if (c->keep == NULL)
		return true;
	for (uint32_t i = 0; i < n; i++)
		kept += is_kept(c, row[i]);
	if (kept > most)
		return false;
	most -= kept;
	for (uint32_t i = 0; i < n; i++) {
		bool keep = is_kept(c, row[i]);

		if (keep || most > 0)
			row[to++] = row[i];
		most -= !keep && most > 0;
	}
	return true;
}

static const char *
put_row(struct vocab *out, const char *word, size_t len, uint64_t count, uint64_t first)
{
	return vocab_add(out, word, len, count, out->places ? first : VOCAB_NO_FIRST);
}

static const char *
put_rows(const struct vocab_count *c, const struct vocab_row **row, uint32_t n, bool unknown,
    struct vocab *out)
{
	uint64_t left = c->tokens;
	const char *why = NULL;

	if (c->unit == UNIT_SENTENCE) {
		why = put_row(out, VOCAB_START, strlen(VOCAB_START), c->lines, 0);
		if (why == NULL)
			why = put_row(out, VOCAB_END, strlen(VOCAB_END), c->lines, c->first_end);
		left -= 2 * c->lines;
	}
	for (uint32_t i = 0; i < n && why == NULL; i++) {
		why = put_row(out, c->words.text.p + row[i]->word, row[i]->len, row[i]->count,
		    row[i]->first);
		left -= row[i]->count;
	}
	if (why == NULL && unknown)
		why = put_row(out, VOCAB_UNKNOWN, strlen(VOCAB_UNKNOWN), left,
		    c->markers ? c->first_marker : VOCAB_NO_FIRST);
	return why;
}

const char *
vocab_count_cut(const struct vocab_count *c, uint32_t size, uint64_t min, struct vocab *out)
{
	const struct vocab_row **row;
	const char *why;
	bool unknown;
	uint32_t n, all;

	*out = (struct vocab){ .unit = c->unit, .rules = c->words.rules,
	    .places = size == 0 && min <= 1, .unknown = -1 };
	row = sorted_words(c, min, &n);
	if (row == NULL)
		return "out of memory";
	all = n;
	n = words_that_fit(c, n, size, &unknown);
	why = drop_words(c, row, all, n) ? put_rows(c, row, n, unknown, out) :
	    "-n: fewer rows than the markers and the words of --keep need";
	free(row);
	return why;
}

void
vocab_count_free(struct vocab_count *c)
{
	vocab_free(&c->words);
}
