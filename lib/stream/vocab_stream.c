/*
 * vocab_stream.c - reads and writes the vocabulary stream and checks its counts.
 */
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "errmsg.h"
#include "vocab_stream.h"

void
vocab_stream_begin(FILE *f, const struct vocab *v, const struct vocab_count *c)
{
	char rules[TOKEN_RULES_FIELD];

	fprintf(f, "#vocab 1 size=%u unit=%s sentences=%llu tokens=%llu unique=%llu%s\n", v->size,
	    vocab_unit_name(v->unit), (unsigned long long)c->lines,
	    (unsigned long long)c->tokens, (unsigned long long)vocab_count_unique(c),
	    token_rules_field(&v->rules, rules));
	vocab_write(v, f);
	fputc('\n', f);
}

struct claims {
	uint64_t size, tokens;
};

static const char *
read_header(struct vocab_stream *s, struct claims *c)
{
	struct header_field f[] = { { .key = "size" }, { .key = "unit" },
		{ .key = "sentences" }, { .key = "tokens" }, { .key = "unique" },
		{ .key = "rules", .optional = true } };
	struct vocab *v = &s->vocab;
	const char *why;

	why = header_read(&s->tokens.in, HEADER_VOCAB, f, 6, &s->err);
	if (why == NULL)
		why = header_number(&f[0], VOCAB_MAX, &c->size, &s->err);
	if (why == NULL)
		why = header_number(&f[2], UINT64_MAX, &s->lines, &s->err);
	if (why == NULL)
		why = header_number(&f[3], UINT64_MAX, &c->tokens, &s->err);
	if (why == NULL)
		why = header_number(&f[4], UINT64_MAX, &s->unique, &s->err);
	if (why == NULL)
		why = header_unit(&f[1], &v->unit);
	if (why == NULL)
		why = header_rules(&f[5], &v->rules, &s->err);
	return why ? why : vocab_stated_rules(s->stated, f[5].value != NULL, &v->rules, &s->err);
}

/* The distinct tokens are the words of the table and those counted as UNKNOWN_TOKEN,
 * at most as many as its count. */
static bool
unique_fits(const struct vocab_stream *s)
{
	const struct vocab *v = &s->vocab;
	uint64_t out = v->unknown < 0 ? 0 : v->row[v->unknown].count;
	uint64_t words = v->size - (v->unknown >= 0);

	return s->unique >= words && s->unique - words <= out;
}

static const char *
check_table(struct vocab_stream *s, const struct claims *c)
{
	const struct vocab *v = &s->vocab;
	uint64_t sum = 0;

	if (v->size != c->size) {
		return errmsg_set(&s->err, "header: size=%u, but the table has %u rows",
		    (unsigned)c->size, v->size);
	}
	if (v->places)
		return "table: a third column in a stream";
	for (uint32_t i = 0; i < v->size; i++) {
		if (v->row[i].count > c->tokens - sum)
			return "header: tokens= is less than the counts of the table add up to";
		sum += v->row[i].count;
	}
	if (sum != c->tokens)
		return "header: tokens= is more than the counts of the table add up to";
	if (!unique_fits(s))
		return "header: unique= is inconsistent with the table";
	return NULL;
}

const char *
vocab_stream_open(struct vocab_stream *s, FILE *f, const struct vocab_stated *stated)
{
	struct claims c = { 0 };
	const char *why;
	bool ended;

	*s = (struct vocab_stream){ .stated = stated };
	token_stream_open(&s->tokens, f);
	s->tokens.inside = true;
	if ((why = read_header(s, &c)) != NULL)
		return why;
	why = vocab_read_rows(&s->vocab, &s->tokens.in, (uint32_t)c.size, &ended);
	if (why != NULL) {
		return errmsg_set(&s->err, "table: %s", why);
	}
	if (!ended)
		return "the stream ends inside its table";
	if ((why = check_table(s, &c)) != NULL)
		return why;
	s->seen = mem_zeros(s->vocab.size, sizeof(*s->seen));
	return s->seen ? NULL : "out of memory";
}

/* At the end: the lines and the count of each row must be those of header and table. */
static const char *
check_counts(struct vocab_stream *s)
{
	const struct vocab *v = &s->vocab;
	char shown[ERRMSG_WORD];

	for (uint32_t i = 0; i < v->size; i++) {
		size_t len;
		const char *word = vocab_word(v, i, &len);

		if (s->seen[i] == v->row[i].count)
			continue;
		return errmsg_set(&s->err, "the tokens do not add up to the table "
		    "(row %u, '%s': %llu counted, %llu in the table)", i,
		    errmsg_word(shown, word, len), (unsigned long long)s->seen[i],
		    (unsigned long long)v->row[i].count);
	}
	if (s->read == s->lines)
		return NULL;
	return errmsg_set(&s->err, "%llu lines of tokens, but the header says %llu",
	    (unsigned long long)s->read, (unsigned long long)s->lines);
}

const char *
vocab_stream_next(struct vocab_stream *s, struct vocab_lookup *r, bool *more)
{
	struct token_stream *t = &s->tokens;
	const char *why;

	if ((why = token_stream_line(t, more)) != NULL)
		return why;
	if (!*more)
		return check_counts(s);
	if (!t->in.ended) {
		return errmsg_set(&s->err, "line %llu: ends without a newline: "
		    "the program that wrote the stream did not finish",
		    (unsigned long long)t->in.number);
	}
	if ((why = vocab_lookup_of(r, &s->vocab, t)) != NULL)
		return why;
	for (uint32_t i = 0; i < r->n; i++)
		s->seen[r->w[i]]++;
	s->read++;
	return NULL;
}

void
vocab_stream_close(struct vocab_stream *s)
{
	token_stream_close(&s->tokens);
	vocab_free(&s->vocab);
	free(s->seen);
	s->seen = NULL;
}
