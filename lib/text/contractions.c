/*
 * contractions.c - cutting at white space, and inside contractions.
 */
#include <string.h>

#include "contractions.h"
#include "unicode.h"
#include "utf8.h"

struct contraction {
	const char *text;	/* lower case */
	size_t first;		/* characters of its first half */
	bool blank_after;	/* white space must follow, not just no word character */
};

static bool
word_at(const char *p, const char *end)
{
	return p < end && (unicode_class(utf8_at(p)) & CHAR_WORD);
}

/* A letter in any of the cases that count as its own. */
static bool
same_letter(char letter, const char *p)
{
	uint32_t c = (unsigned char)*p;

	if (c < 0x80)
		return *p == letter || (c >= 'A' && c <= 'Z' && *p + 'a' - 'A' == letter);
	c = utf8_at(p);
	return unicode_lower_char(c) == (unsigned char)letter ||
	    (letter == 'i' && c == 0x0131) || (letter == 's' && c == 0x017F);
}

/* Is c at p?  *half and *whole are the bytes of its first half, and of all. */
static bool
contraction_at(const struct contraction *c, const char *p, const char *end, size_t *half,
    size_t *whole)
{
	const char *q = p;

	for (size_t i = 0; c->text[i]; i++) {
		if (q == end || !same_letter(c->text[i], q))
			return false;
		q += utf8_len((unsigned char)*q);
		if (i + 1 == c->first)
			*half = (size_t)(q - p);
	}
	*whole = (size_t)(q - p);
	if (c->blank_after)
		return q == end || (unicode_class(utf8_at(q)) & CHAR_SPACE);
	return !word_at(q, end);
}

/* Does a contraction start with the word character at p? */
static bool
contracts(const char *p, const char *end, size_t *half, size_t *whole)
{
	static const struct contraction list[] = {
		{ "cannot", 3, false }, { "d'ye", 1, false }, { "gimme", 3, false },
		{ "gonna", 3, false }, { "gotta", 3, false }, { "lemme", 3, false },
		{ "more'n", 4, false }, { "wanna", 3, true }
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i].text[0] == (*p | 0x20) &&
		    contraction_at(&list[i], p, end, half, whole))
			return true;
	return false;
}

/* What the bytes of ASCII are to a token. */
enum { LETTER = 1, STARTS = 2, BLANK = 4 };
static const unsigned char kind[256] = {
	['\t'] = BLANK, ['\n'] = BLANK, ['\v'] = BLANK, ['\f'] = BLANK, ['\r'] = BLANK,
	[0x1C] = BLANK, [0x1D] = BLANK, [0x1E] = BLANK, [0x1F] = BLANK, [' '] = BLANK,
#define L(a, b) [a] = LETTER, [b] = LETTER
#define S(a, b) [a] = LETTER | STARTS, [b] = LETTER | STARTS
	L('a', 'A'), L('b', 'B'), S('c', 'C'), S('d', 'D'), L('e', 'E'), L('f', 'F'),
	S('g', 'G'), L('h', 'H'), L('i', 'I'), L('j', 'J'), L('k', 'K'), S('l', 'L'),
	S('m', 'M'), L('n', 'N'), L('o', 'O'), L('p', 'P'), L('q', 'Q'), L('r', 'R'),
	L('s', 'S'), L('t', 'T'), L('u', 'U'), L('v', 'V'), S('w', 'W'), L('x', 'X'),
	L('y', 'Y'), L('z', 'Z'), L('0', '1'), L('2', '3'), L('4', '5'), L('6', '7'),
	L('8', '9'), ['_'] = LETTER
#undef L
#undef S
};

/* What stands before a token, as far as 'tis and 'twas care. */
enum before { OTHER, TIS, SPACE };

/* Where cutting stands. */
struct cut {
	const char *p, *end;
	char *start, *out;	/* what is written, with room enough */
	bool begun;		/* a token is being written */
	enum before before;
};

static bool
blank_at(const char *p)
{
	if ((unsigned char)*p < 0x80)
		return kind[(unsigned char)*p] & BLANK;
	return unicode_class(utf8_at(p)) & CHAR_SPACE;
}

/* Takes n bytes into the token, beginning it if need be. */
static void
take(struct cut *c, size_t n)
{
	if (!c->begun && c->out > c->start)
		*c->out++ = ' ';
	c->begun = true;
	while (n-- > 0)
		*c->out++ = *c->p++;
}

/* Takes a contraction as two tokens of their own. */
static void
take_halves(struct cut *c, size_t half, size_t whole)
{
	c->begun = false;
	take(c, half);
	c->begun = false;
	take(c, whole - half);
	c->begun = false;
}

/* Takes what is left of a run of ASCII letters. */
static void
take_letters(struct cut *c)
{
	const char *p = c->p, *end = c->end;
	char *out = c->out;

	while (p < end && (kind[(unsigned char)*p] & LETTER))
		*out++ = *p++;
	c->p = p;
	c->out = out;
}

/* 'tis and 'twas after a space.  All 'tis are taken before any 'twas, so that
 * one of these may come right after one of those. */
static void
cut_tis(struct cut *c)
{
	static const struct contraction tis = { "'tis", 2, false }, twas = { "'twas", 2, false };
	size_t half, whole;

	if (c->before == SPACE && contraction_at(&tis, c->p, c->end, &half, &whole)) {
		take_halves(c, half, whole);
		c->before = TIS;
	}
	if (c->before != OTHER && contraction_at(&twas, c->p, c->end, &half, &whole))
		take_halves(c, half, whole);
	c->before = OTHER;
}

/* Takes the token at c->p, and the contractions in it apart. */
static void
cut_token(struct cut *c)
{
	bool word = false;	/* a word character stands before p */
	size_t half, whole;

	c->begun = false;
	if (*c->p == '\'')
		cut_tis(c);
	while (c->p < c->end && !blank_at(c->p)) {
		if (!word && (kind[(unsigned char)*c->p] & STARTS) &&
		    contracts(c->p, c->end, &half, &whole)) {
			take_halves(c, half, whole);
			c->before = SPACE;
			cut_tis(c);
			continue;
		}
		word = word_at(c->p, c->end);
		take(c, utf8_len((unsigned char)*c->p));
		if (word)
			take_letters(c);
	}
}

bool
contractions_split(const char *p, const char *end, struct buf *out)
{
	struct cut c = { .p = p, .end = end, .before = SPACE };
	size_t len = (size_t)(end - p);

	/* a contraction has four characters at least and takes one space more */
	if (!buf_reserve(out, len + len / 2 + 16))
		return false;
	c.start = out->p;
	c.out = out->p + out->len;
	while (c.p < end) {
		if (!blank_at(c.p)) {
			cut_token(&c);
			continue;
		}
		c.before = *c.p == ' ' ? SPACE : OTHER;
		c.p += utf8_len((unsigned char)*c.p);
	}
	out->len = (size_t)(c.out - out->p);
	return true;
}
