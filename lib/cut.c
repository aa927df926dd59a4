/*
 * cut.c - cutting at white space, and inside contractions.
 */
#include <string.h>

#include "cut.h"
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
same_letter(char letter, uint32_t c)
{
	return c == (unsigned char)letter || unicode_lower_char(c) == (unsigned char)letter ||
	    (letter == 'i' && c == 0x0131) || (letter == 's' && c == 0x017F);
}

/* Is c at p?  *half and *whole are the bytes of its first half, and of all. */
static bool
contraction_at(const struct contraction *c, const char *p, const char *end, size_t *half,
    size_t *whole)
{
	const char *q = p;

	for (size_t i = 0; c->text[i]; i++) {
		if (q == end || !same_letter(c->text[i], utf8_at(q)))
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

/* Where cutting stands. */
struct cut {
	const char *p, *end;
	const char *token;	/* start of the token that is being passed */
	struct buf *out;	/* has room enough */
	/* what stood before the token: 2 a space, 1 the end of 'tis, 0 other things */
	int before;
};

static void
put_token(struct cut *c, const char *end)
{
	size_t n = (size_t)(end - c->token);

	if (n == 0)
		return;
	if (c->out->len > 0)
		c->out->p[c->out->len++] = ' ';
	memcpy(c->out->p + c->out->len, c->token, n);
	c->out->len += n;
	c->token = end;
}

/* 'tis and 'twas after a space. */
static void
cut_tis(struct cut *c)
{
	static const struct contraction tis = { "'tis", 2, false }, twas = { "'twas", 2, false };
	size_t half, whole;

	if (c->before == 2 && contraction_at(&tis, c->token, c->end, &half, &whole))
		c->before = 1;
	else if (c->before > 0 && contraction_at(&twas, c->token, c->end, &half, &whole))
		c->before = 0;
	else
		return;
	c->p = c->token + whole;
	put_token(c, c->token + half);
	put_token(c, c->p);
	if (c->before == 1 && c->p < c->end && *c->p == '\'')
		cut_tis(c);
}

/* Bytes of which a token may consist without being looked at. */
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

static bool
blank_at(const char *p)
{
	if ((unsigned char)*p < 0x80)
		return kind[(unsigned char)*p] & BLANK;
	return unicode_class(utf8_at(p)) & CHAR_SPACE;
}

/* Cuts the token that starts at c->p, and the contractions in it. */
static void
cut_token(struct cut *c)
{
	bool word = false;	/* a word character stands before p */
	size_t half, whole;

	c->token = c->p;
	if (*c->p == '\'')
		cut_tis(c);
	while (c->p < c->end && !blank_at(c->p)) {
		if (!word && (kind[(unsigned char)*c->p] & STARTS) &&
		    contracts(c->p, c->end, &half, &whole)) {
			put_token(c, c->p);
			c->p += whole;
			put_token(c, c->token + half);
			put_token(c, c->p);
			c->before = 2;
			if (c->p < c->end && *c->p == '\'')
				cut_tis(c);
			word = false;
			continue;
		}
		word = word_at(c->p, c->end);
		c->p += utf8_len((unsigned char)*c->p);
		while (word && c->p < c->end && (kind[(unsigned char)*c->p] & LETTER))
			c->p++;
	}
	put_token(c, c->p);
}

bool
cut_tokens(const char *p, const char *end, struct buf *out)
{
	struct cut c = { .p = p, .end = end, .out = out, .before = 2 };
	size_t len = (size_t)(end - p);

	/* a contraction has four characters at least and takes one space more */
	if (!buf_reserve(out, len + len / 2 + 16))
		return false;
	while (c.p < end) {
		if (!blank_at(c.p)) {
			cut_token(&c);
			continue;
		}
		c.before = *c.p == ' ' ? 2 : 0;
		c.p += utf8_len((unsigned char)*c.p);
	}
	return true;
}
