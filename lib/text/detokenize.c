/*
 * detokenize.c - tokens as prose.
 *
 * Each token says whether it holds on to the one before (LEFT), the one after
 * (RIGHT), both or neither; a space goes where neither side holds.
 */
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "detokenize.h"

enum { LEFT = 1, RIGHT = 2 };

struct word {
	const char *p;
	size_t len;
};

/* The sentence, and what is open at the word in hand. */
struct tokenizer {
	const struct vocab *v;
	const uint32_t *w;
	uint32_t n, i;
	int before;		/* how the word before holds; RIGHT at the start */
	int brackets;		/* ( that have no ) yet */
	bool angle;		/* < that has no > yet */
	bool quote;		/* `` or " that has no end yet */
	bool star, tick;	/* the same of * and of a backtick */
	bool entity;		/* between & and ; */
	bool capital;		/* the sentence has not had its first letter */
};

static const struct {
	const char *word;
	int holds;
} marks[] = {
	{ ",", LEFT }, { ".", LEFT }, { "!", LEFT }, { "?", LEFT }, { ";", LEFT },
	{ ":", LEFT }, { ")", LEFT }, { "]", LEFT }, { "}", LEFT }, { "%", LEFT },
	{ "'s", LEFT }, { "'m", LEFT }, { "'d", LEFT }, { "'S", LEFT }, { "'M", LEFT },
	{ "'D", LEFT }, { "'ll", LEFT }, { "'re", LEFT }, { "'ve", LEFT }, { "'LL", LEFT },
	{ "'RE", LEFT }, { "'VE", LEFT }, { "n't", LEFT }, { "N'T", LEFT },
	{ "\u201d", LEFT }, { "\u00bb", LEFT }, { "\u2026", LEFT },
	{ "(", RIGHT }, { "[", RIGHT }, { "{", RIGHT }, { "$", RIGHT }, { "#", RIGHT },
	{ "@", RIGHT }, { "\u201c", RIGHT }, { "\u2018", RIGHT }, { "\u00ab", RIGHT },
	{ "\u201e", RIGHT }
};

/* Words that are one in writing. */
static const char *const pairs[][2] = {
	{ "can", "not" }, { "d", "'ye" }, { "gim", "me" }, { "gon", "na" }, { "got", "ta" },
	{ "lem", "me" }, { "more", "'n" }, { "wan", "na" }, { "'t", "is" }, { "'t", "was" }
};

/* The word `by` places from the one in hand; an empty one past either end. */
static struct word
at(const struct tokenizer *s, int64_t by)
{
	int64_t i = (int64_t)s->i + by;
	struct word x = { "", 0 };

	if (i >= 0 && i < (int64_t)s->n)
		x.p = vocab_word(s->v, s->w[i], &x.len);
	return x;
}

static bool
is(struct word x, const char *text)
{
	return x.len == strlen(text) && memcmp(x.p, text, x.len) == 0;
}

/* The same but for the case of ASCII letters. */
static bool
is_folded(struct word x, const char *text)
{
	return x.len == strlen(text) && strncasecmp(x.p, text, x.len) == 0;
}

static bool
begins(struct word x, const char *text)
{
	return x.len >= strlen(text) && memcmp(x.p, text, strlen(text)) == 0;
}

/* A pair of equal marks: the first opens, the second closes. */
static int
toggle(bool *open)
{
	*open = !*open;
	return *open ? RIGHT : LEFT;
}

static int
holds_quote(struct tokenizer *s, struct word x)
{
	if (is(x, "``")) {
		s->quote = true;
		return RIGHT;
	}
	if (is(x, "\""))
		return toggle(&s->quote);
	/* after a line's end tok cannot tell an opening quote: nothing is before it */
	if (s->before == RIGHT && !s->quote) {
		s->quote = true;
		return RIGHT;
	}
	s->quote = false;
	return LEFT;
}

/* An apostrophe alone: of a plural's genitive, or a quote. */
static int
holds_apostrophe(const struct tokenizer *s, struct word x)
{
	static const char *const clitics[] = { "s", "t", "m", "d", "ll", "re", "ve" };
	struct word next = at(s, 1);

	if (s->before & RIGHT)
		return RIGHT;
	for (size_t i = 0; x.len == 3 && i < sizeof(clitics) / sizeof(*clitics); i++)
		if (is(next, clitics[i]))
			return LEFT | RIGHT;
	return LEFT;
}

/* Whether a ) is still to come. */
static bool
closes_later(const struct tokenizer *s)
{
	for (int64_t by = 1; (int64_t)s->i + by < (int64_t)s->n; by++)
		if (is(at(s, by), ")"))
			return true;
	return false;
}

/* A colon or semicolon: of a smile, of an address, of an entity, or itself. */
static int
holds_colon(struct tokenizer *s, struct word x)
{
	struct word next = at(s, 1);
	bool semicolon = x.p[0] == ';';

	if (semicolon && s->entity) {
		s->entity = false;
		return LEFT;
	}
	if ((is(next, ")") && s->brackets == 0) || (is(next, "(") && !closes_later(s)))
		return RIGHT;
	return !semicolon && begins(next, "//") ? LEFT | RIGHT : LEFT;
}

static int
holds_bracket(struct tokenizer *s, struct word x)
{
	if (is(x, "(")) {
		s->brackets++;
		return is(at(s, -1), "]") ? LEFT | RIGHT : RIGHT;
	}
	if (s->brackets > 0)
		s->brackets--;
	return LEFT;
}

static int
holds_angle(struct tokenizer *s, struct word x)
{
	bool was = s->angle;

	s->angle = is(x, "<");
	if (s->angle)
		return RIGHT;
	return was || is(at(s, -1), "-") ? LEFT : 0;
}

/* Stars come in pairs, each a star or a run of them; one without a partner is a
 * sign like any other. */
static int
holds_star(struct tokenizer *s)
{
	int run = is(at(s, 1), "*") ? RIGHT : 0;
	int64_t by = 1;

	if (is(at(s, -1), "*"))
		return LEFT | run | (s->star ? RIGHT : 0);
	if (s->star) {
		s->star = false;
		return LEFT | run;
	}
	while (is(at(s, by), "*"))
		by++;
	for (; (int64_t)s->i + by < (int64_t)s->n; by++)
		if (is(at(s, by), "*")) {
			s->star = true;
			return RIGHT;
		}
	return run;
}

static int
holds_mark(struct word x)
{
	size_t dots = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (is(x, marks[i].word))
			return marks[i].holds;
	while (dots < x.len && x.p[dots] == '.')
		dots++;
	return dots == x.len ? LEFT : 0;
}

static bool
is_pair(struct word a, struct word b)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (is_folded(a, pairs[i][0]) && is_folded(b, pairs[i][1]))
			return true;
	return false;
}

/* How the word in hand holds on to its neighbours. */
static int
holds(struct tokenizer *s, struct word x)
{
	if (is_pair(x, at(s, 1)))
		return RIGHT;
	if (is(x, "``") || is(x, "''") || is(x, "\""))
		return holds_quote(s, x);
	if (is(x, "'") || is(x, "\u2019"))
		return holds_apostrophe(s, x);
	if (is(x, ":") || is(x, ";"))
		return holds_colon(s, x);
	if (is(x, "(") || is(x, ")"))
		return holds_bracket(s, x);
	if (is(x, "<") || is(x, ">"))
		return holds_angle(s, x);
	if (is(x, "*"))
		return holds_star(s);
	if (is(x, "`"))
		return toggle(&s->tick);
	if (is(x, "&") && is(at(s, 2), ";")) {
		s->entity = true;
		return RIGHT;
	}
	return holds_mark(x);
}

/* An address keeps its small letters. */
static bool
is_address(const struct tokenizer *s, struct word x)
{
	return begins(x, "www.") || (is(at(s, 1), ":") && begins(at(s, 2), "//"));
}

/* The character that the word begins with, an apostrophe before it passed over;
 * *skip bytes are before it.  False: not a letter or digit. */
static bool
first_letter(struct word x, size_t *skip, size_t *len, utf8proc_int32_t *c)
{
	utf8proc_ssize_t n;

	*skip = x.len > 1 && x.p[0] == '\'';
	n = utf8proc_iterate((const utf8proc_uint8_t *)x.p + *skip,
	    (utf8proc_ssize_t)(x.len - *skip), c);
	if (n <= 0)
		return false;
	*len = (size_t)n;
	switch (utf8proc_category(*c)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND:
		return true;
	default:
		return false;
	}
}

/* The first word of a sentence gets a capital, whatever marks are before it, but
 * not an address, a name after @ or #, or the inside of &amp;. */
static bool
put_word(struct buf *out, struct tokenizer *s, struct word x)
{
	utf8proc_uint8_t letter[4];
	utf8proc_int32_t c;
	size_t skip, len;

	if (is(x, "``") || is(x, "''"))
		return buf_putc(out, '"');
	if (is(x, "i") && !s->entity) {
		s->capital = false;
		return buf_putc(out, 'I');
	}
	if (!s->capital || s->entity || !first_letter(x, &skip, &len, &c))
		return buf_put(out, x.p, x.len);
	s->capital = false;
	if (is_address(s, x) || is(at(s, -1), "@") || is(at(s, -1), "#"))
		return buf_put(out, x.p, x.len);
	return buf_put(out, x.p, skip) &&
	    buf_put(out, letter, (size_t)utf8proc_encode_char(utf8proc_totitle(c), letter)) &&
	    buf_put(out, x.p + skip + len, x.len - skip - len);
}

bool
detokenize_put(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n)
{
	struct tokenizer s = { .v = v, .w = w, .n = n, .before = RIGHT, .capital = true };

	for (; s.i < n; s.i++) {
		struct word x = at(&s, 0);
		int hold = holds(&s, x);
		bool joined = is_pair(at(&s, -1), x);

		if (s.i > 0 && !(s.before & RIGHT) && !(hold & LEFT) && !joined &&
		    !buf_putc(out, ' '))
			return false;
		if (!put_word(out, &s, x))
			return false;
		s.before = hold;
	}
	return true;
}
