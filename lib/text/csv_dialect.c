/*
 * csv_dialect.c - parses the options of a dialect and finds a delimiter.
 */
#include <string.h>

#include "csv_dialect.h"

static const char candidates[] = ",;\t|";
enum { NCANDIDATES = sizeof(candidates) - 1, GUESS_BYTES = 1 << 20 };

static bool
is_mark(unsigned char c)
{
	return c == '\t' || (c > ' ' && c < 0x7f && strchr("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", c));
}

/* One character, or "tab". */
static const char *
parse_char(const char *option, const char *word, const char *also, char *out, struct errmsg *err)
{
	if (strcmp(word, "tab") == 0)
		word = "\t";
	if (!is_mark((unsigned char)word[0]) || word[1] != '\0')
		return errmsg_set(err, "%s: '%s' is not a punctuation character of ASCII%s", option,
		    word, also);
	*out = *word;
	return NULL;
}

static const char *
check_different(const struct csv_dialect *d, struct errmsg *err)
{
	char delimiter = d->any_delimiter ? 0 : d->delimiter ? d->delimiter : ',';
	char quote = d->no_quote ? 0 : d->quote ? d->quote : '"';
	const char *option = quote && quote == delimiter ? "--quote" : d->escape &&
	    (d->escape == delimiter || d->escape == quote) ? "--escape" : NULL;

	if (option == NULL)
		return NULL;
	return errmsg_set(err, "%s: the delimiter, the quotation mark and the escape have to be "
	    "different characters", option);
}

const char *
csv_dialect_parse(struct csv_dialect *d, const char *delimiter, const char *quote,
    const char *escape, struct errmsg *err)
{
	const char *why = NULL;

	d->any_delimiter = delimiter && strcmp(delimiter, "auto") == 0;
	d->no_quote = quote && strcmp(quote, "none") == 0;
	if (delimiter && !d->any_delimiter)
		why = parse_char("--delimiter", delimiter, ", tab, or auto", &d->delimiter, err);
	if (quote && !d->no_quote && why == NULL)
		why = parse_char("--quote", quote, ", or none", &d->quote, err);
	if (escape && why == NULL)
		why = parse_char("--escape", escape, "", &d->escape, err);
	return why ? why : check_different(d, err);
}

/* Counts the candidates of a record as far as it goes; whether its end was there. */
static bool
count_candidates(const struct csv_dialect *d, const char *p, size_t len, size_t n[NCANDIDATES])
{
	char quote = d->no_quote ? 0 : d->quote ? d->quote : '"';
	bool inside = false;

	memset(n, 0, NCANDIDATES * sizeof(*n));
	for (size_t i = 0; i < len; i++) {
		const char *c = p[i] ? strchr(candidates, p[i]) : NULL;

		if (d->escape && p[i] == d->escape)
			i++;
		else if (quote && p[i] == quote)
			inside = !inside;
		else if (!inside && (p[i] == '\n' || p[i] == '\r'))
			return true;
		else if (!inside && c)
			n[c - candidates]++;
	}
	return false;
}

/* The bytes of a first line such as `sep=;`, by which programs tell Excel the delimiter, or 0. */
static size_t
sep_line(const char *p, size_t len, char *delimiter)
{
	static const char sep[] = "sep=";
	const size_t n = sizeof(sep) - 1;
	size_t quote = len > 0 && *p == '"', i = quote + n + 1;

	if (len < i + quote + 1 || memcmp(p + quote, sep, n) != 0 ||
	    !is_mark((unsigned char)p[i - 1]) || p[i - 1] == '"' || (quote && p[i] != '"'))
		return 0;
	*delimiter = p[i - 1];
	i += quote;
	i += p[i] == '\r';
	return i < len && p[i] == '\n' ? i + 1 : 0;
}

const char *
csv_dialect_guess(const struct csv_dialect *d, struct reader *in, char *delimiter, bool *stated)
{
	size_t n[NCANDIDATES], len = 0, got, best = 0, line;
	const char *p, *why;

	*stated = false;
	do {
		size_t before = len;

		if ((why = reader_peek(in, len + 1, &p, &got)) != NULL)
			return why;
		len = in->end - in->pos;
		if (len == before)
			break;
	} while (!count_candidates(d, in->data + in->pos, len, n) && len < GUESS_BYTES);
	if (len == 0)
		return NULL;
	if (in->data[in->pos + len - 1] == '\r' && (why = reader_peek(in, len + 1, &p, &len)) != NULL)
		return why;
	if ((line = sep_line(in->data + in->pos, len, delimiter)) > 0) {
		in->pos += line;
		*stated = true;
		return NULL;
	}
	count_candidates(d, in->data + in->pos, len, n);
	for (size_t i = 1; i < NCANDIDATES; i++)
		if (n[i] > n[best])
			best = i;
	*delimiter = candidates[best];
	return NULL;
}

char
csv_dialect_other(const char *field, size_t len, char delimiter)
{
	static const char order[] = ";\t|,";

	for (size_t i = 0; i < NCANDIDATES; i++)
		if (order[i] != delimiter && memchr(field, order[i], len) != NULL)
			return order[i];
	return 0;
}

const char *
csv_dialect_word(char delimiter)
{
	return delimiter == ';' ? "';'" : delimiter == '\t' ? "tab" : delimiter == '|' ? "'|'" :
	    "','";
}
