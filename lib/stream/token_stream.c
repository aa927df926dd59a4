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

/* at: counted from the first token. */
static const char *
bad_byte(struct token_stream *t, const char *reason, size_t at)
{
	at += (size_t)(t->text - t->in.p);
	return errmsg_set(&t->err, "line %llu, byte %zu: %s",
	    (unsigned long long)t->in.number, at + 1, reason);
}

/* Reads the header, if there is one. */
static const char *
read_rules(struct token_stream *t, bool in_header)
{
	struct header_field f[] = { { .key = "rules", .optional = true },
		{ .key = "lines", .optional = true } };
	const char *why = NULL;
	uint64_t version;

	if (in_header)
		why = header_read(&t->in, FILE_TOKENS, f, 2, &version, &t->err);
	if (why == NULL && in_header)
		why = header_rules(&f[0], &t->rules, &t->err);
	if (why == NULL && in_header)
		why = header_lines(&f[1], &t->form);
	in_header = in_header && f[0].value;
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
token_stream_header(const struct token_rules *r, const struct line_form *form,
    char out[TOKEN_HEADER])
{
	char rules[TOKEN_RULES_FIELD], lines[LINE_FORM_FIELD];

	out[0] = '\0';
	if (!token_rules_default(r) || form->empty || form->ids)
		snprintf(out, TOKEN_HEADER, "#tokens 1%s%s\n", token_rules_field(r, rules),
		    line_form_field(form, lines));
	return out;
}

/* Counts the tokens and checks that single spaces separate them. */
static const char *
check_spaces(struct token_stream *t)
{
	const char *p = t->text;
	size_t len = t->len;
	char before = ' ';

	t->n = 1;
	for (size_t i = 0; i < len; i++) {
		if (p[i] == ' ') {
			if (before == ' ')
				return bad_byte(t, i ? "two spaces between tokens" :
				    "a space before the first token", i);
			t->n++;
		} else if (p[i] == '\t') {
			return bad_byte(t, t->id ? "a second tab in the line" :
			    "a tab in a token stream", i);
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
	static const char rules[] = "#tokens 1 rules=", lines[] = "#tokens 1 lines=";
	size_t len = sizeof(rules) - 1;

	return t->in.len > len && (memcmp(t->in.p, rules, len) == 0 ||
	    memcmp(t->in.p, lines, len) == 0);
}

/* Splits the line into id and tokens. */
static const char *
split_line(struct token_stream *t)
{
	const char *tab = NULL;

	t->id = NULL;
	t->text = t->in.p;
	t->len = t->in.len;
	if (!t->form.ids)
		return NULL;
	if (t->len > 0)
		tab = memchr(t->text, '\t', t->len);
	if (tab == NULL)
		return bad_line(t, "no id and tab before its tokens, which the header says "
		    "lines have");
	t->id = t->text;
	t->id_len = (size_t)(tab - t->id);
	t->text = tab + 1;
	t->len -= t->id_len + 1;
	return t->id_len <= LINE_ID_MAX ? NULL : bad_line(t, "an id longer than 65536 bytes");
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
	if (is_moved_header(t))
		return bad_line(t, "the header of a token stream, which has to be its first line; "
		    "remove it and state the rules with --rules");
	if ((why = split_line(t)) != NULL)
		return why;
	t->n = 0;
	if (t->len == 0 && !t->form.empty)
		return bad_line(t, "empty line in a token stream (drop such lines with: grep .)");
	if (t->len > 0 && (why = check_spaces(t)) != NULL)
		return why;
	valid = utf8_valid_length(t->in.p, t->in.len);
	if (valid != t->in.len)
		return bad_byte(t, "not valid UTF-8", valid - (size_t)(t->text - t->in.p));
	t->next = t->len ? t->text : NULL;
	return NULL;
}

bool
token_stream_word(struct token_stream *t, struct token *w)
{
	const char *p = t->next, *end = t->text + t->len;

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
	t->next = t->len ? t->text : NULL;
}

void
token_stream_close(struct token_stream *t)
{
	reader_close(&t->in);
}
