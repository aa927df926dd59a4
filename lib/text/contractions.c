/*
 * contractions.c - splits text at white space and inside contractions.
 *
 * Most tokens are words of ASCII letters without a contraction: copy_word() is for those.
 */
#include <string.h>

#include "contractions.h"
#include "unicode.h"
#include "utf8.h"

struct contraction {
	const char *text;	/* lower case */
	size_t first;		/* length of its first half, in characters */
	bool blank_after;	/* must be followed by white space, not just by any
				 * character that is not a word character */
};

static bool
word_at(const char *p, const char *end)
{
	return p < end && (unicode_class(utf8_at(p)) & CHAR_WORD);
}

/* Whether the character at p is the letter, in any case that Python regards as equal. */
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

/* Whether c is at p; sets the length of its first half and of the whole, in bytes. */
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

/* Whether a contraction starts with the word character at p. */
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

/* What a byte of ASCII is to a token. */
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

/* What precedes a token, as far as 'tis and 'twas care. */
enum before { OTHER, TIS, SPACE };

enum { COPY = 16 };	/* bytes copied at once, of which a token needs the first few */

/* A text being split. */
struct splitting {
	const char *p, *end;	/* what is left to read */
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

/* Begins a token, unless one is being written. */
static void
begin_token(struct splitting *s)
{
	if (!s->begun && s->out > s->start)
		*s->out++ = ' ';
	s->begun = true;
}

/* Copies n bytes into the token. */
static void
copy_bytes(struct splitting *s, size_t n)
{
	begin_token(s);
	while (n-- > 0)
		*s->out++ = *s->p++;
}

/* Copies a contraction as two tokens of their own. */
static void
copy_halves(struct splitting *s, size_t half, size_t whole)
{
	s->begun = false;
	copy_bytes(s, half);
	s->begun = false;
	copy_bytes(s, whole - half);
	s->begun = false;
}

static const char *
skip_letters(const char *p, const char *end)
{
	while (p < end && (kind[(unsigned char)*p] & LETTER))
		p++;
	return p;
}

/* Copies up to `to`; most words are short, and copied in one go. */
static void
copy_letters(struct splitting *s, const char *to)
{
	size_t n = (size_t)(to - s->p);

	begin_token(s);
	if (n <= COPY && s->end - s->p >= COPY)
		memcpy(s->out, s->p, COPY);
	else
		memcpy(s->out, s->p, n);
	s->out += n;
	s->p = to;
}

/* Whether a contraction starts with the word character at s->p; sets the length of its
 * first half and of the whole, in bytes. */
static bool
contracts_here(const struct splitting *s, size_t *half, size_t *whole)
{
	return (kind[(unsigned char)*s->p] & STARTS) && contracts(s->p, s->end, half, whole);
}

/* Splits 'tis and 'twas after a space.  All 'tis are split before any 'twas, so that
 * one of these may come right after one of those. */
static void
split_tis(struct splitting *s)
{
	static const struct contraction tis = { "'tis", 2, false }, twas = { "'twas", 2, false };
	size_t half, whole;

	if (s->before == SPACE && contraction_at(&tis, s->p, s->end, &half, &whole)) {
		copy_halves(s, half, whole);
		s->before = TIS;
	}
	if (s->before != OTHER && contraction_at(&twas, s->p, s->end, &half, &whole))
		copy_halves(s, half, whole);
	s->before = OTHER;
}

/* Copies the token at s->p and splits the contractions in it. */
static void
split_token(struct splitting *s)
{
	bool word = false;	/* a word character precedes s->p */
	size_t half, whole;

	s->begun = false;
	if (*s->p == '\'')
		split_tis(s);
	while (s->p < s->end && !blank_at(s->p)) {
		if (!word && contracts_here(s, &half, &whole)) {
			copy_halves(s, half, whole);
			s->before = SPACE;
			split_tis(s);
			continue;
		}
		word = word_at(s->p, s->end);
		copy_bytes(s, utf8_len((unsigned char)*s->p));
		if (word)
			copy_letters(s, skip_letters(s->p, s->end));
	}
}

/* Copies the token at s->p if it is a word of ASCII letters without a contraction, as
 * most are. */
static bool
copy_word(struct splitting *s)
{
	const char *to = skip_letters(s->p, s->end);
	size_t half, whole;

	if (to == s->p || (to < s->end && *to != ' ') || contracts_here(s, &half, &whole))
		return false;
	s->begun = false;
	copy_letters(s, to);
	return true;
}

bool
contractions_split(const char *p, const char *end, struct buf *out)
{
	struct splitting s = { .p = p, .end = end, .before = SPACE };
	size_t len = (size_t)(end - p);

	/* a contraction has at least four characters and adds one space */
	if (!buf_reserve(out, len + len / 2 + COPY))
		return false;
	s.start = out->p;
	s.out = out->p + out->len;
	while (s.p < end) {
		if (!blank_at(s.p)) {
			if (!copy_word(&s))
				split_token(&s);
			continue;
		}
		s.before = *s.p == ' ' ? SPACE : OTHER;
		s.p += utf8_len((unsigned char)*s.p);
	}
	out->len = (size_t)(s.out - out->p);
	return true;
}
