/*
 * token_stream.c - checks and splits the lines of a token stream.
 */
#include <string.h>

#include "header.h"
#include "utf8.h"
#include "token_stream.h"

void
token_stream_open(struct token_stream *t, FILE *f)
{
	*t = (struct token_stream){ .n = 0 };
	reader_open(&t->in, f);
}

static const char *
bad_line(struct token_stream *t, const char *reason)
{
	return errmsg_set(&t->err, "line %llu: %s", (unsigned long long)t->in.number,
	    reason);
}

static const char *
bad_byte(struct token_stream *t, const char *reason, size_t at)
{
	return errmsg_set(&t->err, "line %llu, byte %zu: %s",
	    (unsigned long long)t->in.number, at + 1, reason);
}

/* Reads the header, if there is one. */
static const char *
read_rules(struct token_stream *t, bool in_header)
{
	struct header_field f = { .key = "rules", .optional = true };
	const char *why = NULL;
	uint64_t version;

	if (in_header)
		why = header_read(&t->in, FILE_TOKENS, &f, 1, &version, &t->err);
	if (why == NULL && in_header)
		why = header_rules(&f, &t->rules, &t->err);
	return why ? why : vocab_stated_rules(t->stated, in_header, &t->rules, &t->err);
}

static const char *
check_more(struct token_stream *t)
{
	const char *p, *why;
	size_t got;

	if ((why = reader_peek(&t->in, 1, &p, &got)) != NULL)
		return why;
	return got ? NULL : "empty input where a token stream was expected";
}

const char *
token_stream_begin(struct token_stream *t)
{
	const char *why;
	bool there, empty;

	t->inside = true;
	if ((why = header_peek(&t->in, FILE_TOKENS, &there, &empty, &t->err)) != NULL ||
	    (why = read_rules(t, there)) != NULL)
		return why;
	return check_more(t);
}

const char *
token_stream_header(const struct token_rules *r, char out[TOKEN_HEADER])
{
	char rules[TOKEN_RULES_FIELD];

	out[0] = '\0';
	if (!token_rules_default(r))
		snprintf(out, TOKEN_HEADER, "#tokens 1%s\n", token_rules_field(r, rules));
	return out;
}

/* Counts the tokens and checks that single spaces separate them. */
static const char *
check_spaces(struct token_stream *t)
{
	const char *p = t->in.p;
	size_t len = t->in.len;
	char before = ' ';

	t->n = 1;
	for (size_t i = 0; i < len; i++) {
		if (p[i] == ' ') {
			if (before == ' ')
				return bad_byte(t, i ? "two spaces between tokens" :
				    "a space before the first token", i);
			t->n++;
		} else if (p[i] == '\t') {
			return bad_byte(t, "a tab in a token stream", i);
		}
		before = p[i];
	}
	if (before == ' ')
		return bad_byte(t, "a space after the last token", len - 1);
	/* in a stream of characters a lone CR is a token */
	if (before == '\r' && len > 1 && p[len - 2] != ' ')
		return bad_byte(t, "a line that ends in CRLF", len - 1);
	return NULL;
}

/* A header that shuf(1) or cat(1) moved: read as a sentence, it would be lost unnoticed. */
static bool
is_moved_header(const struct token_stream *t)
{
	static const char start[] = "#tokens 1 rules=";
	size_t len = sizeof(start) - 1;

	return t->in.len > len && memcmp(t->in.p, start, len) == 0;
}

const char *
token_stream_line(struct token_stream *t, bool *more)
{
	const char *why;
	size_t valid;

	if (!t->inside && (why = token_stream_begin(t)) != NULL)
		return why;
	if ((why = reader_line(&t->in, more)) != NULL || !*more)
		return why;
	if (t->in.len == 0)
		return bad_line(t, "empty line in a token stream (drop such lines with: grep .)");
	if (is_moved_header(t))
		return bad_line(t, "the header of a token stream, which has to be its first line; "
		    "remove it and state the rules with --rules");
	if ((why = check_spaces(t)) != NULL)
		return why;
	valid = utf8_valid_length(t->in.p, t->in.len);
	if (valid != t->in.len)
		return bad_byte(t, "not valid UTF-8", valid);
	t->next = t->in.p;
	return NULL;
}

bool
token_stream_word(struct token_stream *t, struct token *w)
{
	const char *p = t->next, *end = t->in.p + t->in.len;

	if (p == NULL)
		return false;
	w->p = p;
	while (p < end && *p != ' ')
		p++;
	w->len = (size_t)(p - w->p);
	t->next = p < end ? p + 1 : NULL;
	return true;
}

void
token_stream_again(struct token_stream *t)
{
	t->next = t->in.p;
}

void
token_stream_close(struct token_stream *t)
{
	reader_close(&t->in);
}
