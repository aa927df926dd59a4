/*
 * rejoin.c - spacing by the first and last characters of two neighbours.
 */
#include <string.h>
#include <utf8proc.h>

#include "guillemet.h"
#include "rejoin.h"
#include "sentence_word.h"
#include "unicode.h"
#include "utf8.h"
#include "word_break.h"

enum { LEFT = 1, RIGHT = 2 };

static const char space_mark[] = "\xE2\x96\x81";	/* U+2581 of SentencePiece */
enum { MARK = sizeof(space_mark) - 1 };

/* A sentence, and what is open at the current word. */
struct sentence {
	const struct vocab *v;
	const uint32_t *w;
	uint32_t n, i;
	bool quote, apostrophe;	/* " or ' without an end so far */
	bool low_quote;		/* the low quote of German and others likewise */
	uint32_t last_apostrophe;	/* the last ' of all, counted from 1; UINT32_MAX: not
					 * searched for yet */
	struct guillemets angles;
};

static struct word
word_at(const struct sentence *s, int64_t i)
{
	return sentence_word(s->v, s->w, s->n, i);
}

static uint32_t
first_char(struct word x)
{
	return x.len ? utf8_at(x.p) : 0;
}

static uint32_t
last_char(struct word x)
{
	return x.len ? utf8_at(utf8_before(x.p + x.len)) : 0;
}

static bool
is_digit(uint32_t c)
{
	return unicode_class(c) & CHAR_DIGIT;
}

/* Han, Kana, and punctuation as wide as they are. */
static bool
is_wide(uint32_t c)
{
	return (c >= 0x2E80 && word_break_is_unspaced(c)) || (c >= 0x3000 && c < 0x3040) ||
	    (c >= 0xFE30 && c < 0xFE50) || (c >= 0xFF00 && c < 0xFF61);
}

static bool
is_unspaced_pair(uint32_t a, uint32_t b)
{
	/* combining vowels end a syllable of Thai and its like */
	bool a_fits = word_break_is_unspaced(a) || (a >= 0x0E00 && a < 0x1900 &&
	    (word_break_class(a) & WORD_BREAK) == EX);

	return a_fits && a >= 0x0E00 && word_break_is_unspaced(b);
}

/* For pairs of equal marks: the first opens, the second closes. */
static int
attach_pair(bool *open)
{
	*open = !*open;
	return *open ? RIGHT : LEFT;
}

/* Of apostrophes, one without a partner after it belongs to the word before it. */
static int
attach_apostrophe(struct sentence *s)
{
	if (s->last_apostrophe == UINT32_MAX) {
		s->last_apostrophe = s->n;
		while (s->last_apostrophe > 0 && first_char(word_at(s, s->last_apostrophe - 1)) != '\'')
			s->last_apostrophe--;
	}
	if (!s->apostrophe && s->i > 0 && s->last_apostrophe == s->i + 1)
		return LEFT;
	return attach_pair(&s->apostrophe);
}

/* An opening quote, which closes one that began with a low quote. */
static int
attach_opening(struct sentence *s, uint32_t c)
{
	if (c == 0x201E || c == 0x201A)
		s->low_quote = true;
	if ((c == 0x201C || c == 0x2018) && s->low_quote) {
		s->low_quote = false;
		return LEFT;
	}
	return RIGHT;
}

/* A colon inside a time or a URL joins both sides. */
static int
attach_colon(const struct sentence *s)
{
	uint32_t next = first_char(word_at(s, (int64_t)s->i + 1));
	uint32_t before = last_char(word_at(s, (int64_t)s->i - 1));

	return next == '/' || (is_digit(before) && is_digit(next)) ? LEFT | RIGHT : LEFT;
}

static int
attach_ascii(struct sentence *s, uint32_t c)
{
	struct word next = word_at(s, (int64_t)s->i + 1);

	switch (c) {
	case '"':
		return attach_pair(&s->quote);
	case '\'':
		return attach_apostrophe(s);
	case ':':
		return attach_colon(s);
	case '-': case '/': case '\\': case '_':
		return LEFT | RIGHT;
	case '@':
		return memchr(next.p, '.', next.len) ? LEFT | RIGHT : RIGHT;
	case '#': case '$': case '(': case '[': case '{':
		return RIGHT;
	default:
		return strchr(".,;!?%)]}", (int)c) && c ? LEFT : 0;
	}
}

/* A guillemet; at the start of a sentence it opens, in whatever way it points. */
static int
attach_guillemet(struct sentence *s, uint32_t c)
{
	bool opens = guillemet_opens(&s->angles, s->v, s->w, s->n, s->i);

	if (s->i == 0)
		s->angles.open = c;
	return opens || s->i == 0 ? RIGHT : LEFT;
}

/* A dash: in Spanish, one before a question attaches to it. */
static int
attach_dash(const struct sentence *s, uint32_t c)
{
	uint32_t next = first_char(word_at(s, (int64_t)s->i + 1));

	if (c == 0x2014 && (next == 0xBF || next == 0xA1))
		return RIGHT;
	return c == 0x2010 || c == 0x2011 ? LEFT | RIGHT : 0;
}

/* How a word that begins with the character c attaches to its neighbours. */
static int
attach_word(struct sentence *s, uint32_t c)
{
	if (c < 0x80)
		return attach_ascii(s, c);
	if (guillemet_is(word_at(s, s->i)))
		return attach_guillemet(s, c);
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_PS: case UTF8PROC_CATEGORY_PI:
		return attach_opening(s, c);
	case UTF8PROC_CATEGORY_PE: case UTF8PROC_CATEGORY_PF:
		return LEFT;
	case UTF8PROC_CATEGORY_PO:
		return c == 0xBF || c == 0xA1 ? RIGHT : c == 0xB7 ? LEFT | RIGHT : LEFT;
	case UTF8PROC_CATEGORY_PD:
		return attach_dash(s, c);
	case UTF8PROC_CATEGORY_SC:
		return is_digit(last_char(word_at(s, (int64_t)s->i - 1))) ? 0 : RIGHT;
	default:
		return c == 0xB0 ? LEFT : 0;
	}
}

/* Appends a word whose first letter becomes a capital; *capital is whether one is due. */
static bool
put_word(struct buf *out, struct word x, bool *capital)
{
	char letter[UTF8_MAX];
	uint32_t c = first_char(x);
	size_t n;

	if (!*capital || x.len == 0 || !(unicode_class(c) & CHAR_WORD))
		return buf_put(out, x.p, x.len);
	*capital = false;
	n = utf8_put(letter, (uint32_t)utf8proc_totitle((utf8proc_int32_t)c));
	return buf_put(out, letter, n) && buf_put(out, x.p + utf8_len((unsigned char)*x.p),
	    x.len - utf8_len((unsigned char)*x.p));
}

bool
rejoin_unicode(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n)
{
	struct sentence s = { .v = v, .w = w, .n = n, .last_apostrophe = UINT32_MAX };
	bool capital = v->rules.lower != FOLD_NEVER;
	int before = RIGHT;
	uint32_t last = 0;

	for (; s.i < n; s.i++) {
		struct word x = word_at(&s, s.i);
		uint32_t c = first_char(x);
		int attach = attach_word(&s, c);

		if (!(before & RIGHT) && !(attach & LEFT) && !is_wide(last) && !is_wide(c) &&
		    !is_unspaced_pair(last, c) && !buf_putc(out, ' '))
			return false;
		if (!put_word(out, x, &capital))
			return false;
		before = attach;
		last = last_char(x);
	}
	return true;
}

static bool
begins_with(struct word x, const char *start, size_t len)
{
	return x.len >= len && memcmp(x.p, start, len) == 0;
}

/* Appends a piece of SentencePiece; the space before the first word is left out. */
static bool
put_marked(struct buf *out, struct word x, bool first)
{
	while (x.len > 0) {
		size_t n = utf8_len((unsigned char)*x.p);
		bool mark = begins_with(x, space_mark, MARK);

		if (!(mark && first) && !buf_put(out, mark ? " " : x.p, mark ? 1 : n))
			return false;
		first = false;
		x.p += n;
		x.len -= n;
	}
	return true;
}

static bool
has_marks(const struct sentence *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (begins_with(word_at(s, i), space_mark, MARK))
			return true;
	return false;
}

bool
rejoin_pieces(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n)
{
	struct sentence s = { .v = v, .w = w, .n = n };
	bool marks = has_marks(&s), continues = true;

	for (; s.i < n; s.i++) {
		struct word x = word_at(&s, s.i);

		if (marks) {
			if (!put_marked(out, x, s.i == 0))
				return false;
			continue;
		}
		if (s.i > 0 && x.len > 2 && begins_with(x, "##", 2)) {
			continues = true;
			x.p += 2;
			x.len -= 2;
		}
		if (!continues && !buf_putc(out, ' '))
			return false;
		continues = x.len > 2 && memcmp(x.p + x.len - 2, "@@", 2) == 0;
		if (!buf_put(out, x.p, x.len - 2 * continues))
			return false;
	}
	return true;
}
