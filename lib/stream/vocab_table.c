/*
 * vocab_table.c - reads and writes table files.
 */
#include <string.h>

#include "header.h"
#include "vocab_table.h"

const char *
vocab_stated_rules(const struct vocab_stated *s, bool in_header, struct token_rules *rules,
    struct errmsg *err)
{
	char given[TOKEN_RULES_TEXT], found[TOKEN_RULES_TEXT];

	if (s == NULL || !s->has_rules)
		return NULL;
	if (!in_header)
		*rules = s->rules;
	if (token_rules_same(rules, &s->rules))
		return NULL;
	return errmsg_set(err, "it states rules=%s, but --rules says %s; leave --rules out",
	    token_rules_text(rules, found), token_rules_text(&s->rules, given));
}

/* Reads the line that states unit and rules. */
static const char *
read_line(struct vocab *v, struct reader *in, const struct vocab_stated *stated)
{
	struct header_field f[] = { { .key = "unit" }, { .key = "rules", .optional = true } };
	uint64_t version;
	const char *why = header_read(in, FILE_TABLE, f, 2, &version, &v->err);

	if (why == NULL)
		why = header_unit(&f[0], &v->unit);
	if (why == NULL)
		why = header_rules(&f[1], &v->rules, &v->err);
	if (why == NULL && stated && stated->has_unit && stated->unit != v->unit)
		why = errmsg_set(&v->err, "its first line says unit=%s, but --unit says %s; "
		    "leave --unit out", vocab_unit_name(v->unit), vocab_unit_name(stated->unit));
	return why ? why : vocab_stated_rules(stated, true, &v->rules, &v->err);
}

/* Unit and rules, from the first line, the command line, or what a table without them is. */
static const char *
read_unit(struct vocab *v, struct reader *in, const struct vocab_stated *stated)
{
	const char *why;
	bool there, empty;

	if ((why = header_peek(in, FILE_TABLE, &there, &empty, &v->err)) != NULL)
		return why;
	if (there)
		return read_line(v, in, stated);
	v->assumed = stated == NULL || !stated->has_unit;
	v->unit = v->assumed ? UNIT_SENTENCE : stated->unit;
	return vocab_stated_rules(stated, false, &v->rules, &v->err);
}

/* In a table of a stream, which vocab writes without them, the markers of sentences are
 * what is left of a table of sentences. */
static const char *
check_stream(struct vocab *v)
{
	static const char *const marker[] = { VOCAB_START, VOCAB_END };

	for (int i = 0; i < 2; i++) {
		int64_t row = vocab_find(v, marker[i], strlen(marker[i]));

		if (row >= 0)
			return errmsg_set(&v->err, "row %lld: %s in a table of unit=stream; is it "
			    "one of sentences?", (long long)row, marker[i]);
	}
	return NULL;
}

const char *
vocab_table_read(struct vocab *v, struct reader *in, uint32_t max,
    const struct vocab_stated *stated)
{
	const char *why;
	bool ended;

	if ((why = read_unit(v, in, stated)) != NULL ||
	    (why = vocab_read_rows(v, in, max, &ended)) != NULL)
		return why;
	if (ended)
		return "an empty line after the rows; a table was expected, not a stream";
	return v->unit == UNIT_STREAM ? check_stream(v) : NULL;
}

const char *
vocab_table_parse(struct vocab *v, const char *p, size_t len)
{
	struct reader in;
	const char *why;

	reader_open_memory(&in, p, len);
	why = vocab_table_read(v, &in, VOCAB_MAX, NULL);
	reader_close(&in);
	return why;
}

const char *
vocab_state(struct vocab_stated *s, int unit, const char *rules, struct errmsg *err)
{
	char shown[ERRMSG_WORD];

	s->has_unit = unit >= 0;
	s->unit = unit == UNIT_STREAM ? UNIT_STREAM : UNIT_SENTENCE;
	s->has_rules = rules != NULL;
	if (rules == NULL || token_rules_parse(&s->rules, rules, strlen(rules)))
		return NULL;
	return errmsg_set(err, "--rules: '%s' are no token rules; give words or characters, and "
	    "what options of tok changed, as in words,lower=never or characters,ends",
	    errmsg_word(shown, rules, strlen(rules)));
}

void
vocab_table_write(const struct vocab *v, FILE *f)
{
	char rules[TOKEN_RULES_FIELD];

	if (v->unit != UNIT_SENTENCE || !token_rules_default(&v->rules))
		fprintf(f, "#table 1 unit=%s%s\n", vocab_unit_name(v->unit),
		    token_rules_field(&v->rules, rules));
	if (v->places)
		vocab_write_places(v, f);
	else
		vocab_write(v, f);
}
