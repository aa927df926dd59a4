/*
 * word_tokenize.c - the word rules of NLTK's tokenizer.
 *
 * NLTK applies a chain of replacements to the whole string, each to the result of the
 * one before.  Rules that cannot affect each other share a pass here:
 *
 *   open    opening quotes                      W1 - W5
 *   final   the period at the end               W6
 *   marks   colons, commas, dots, marks         W7 - W12
 *   pads    apostrophes before a space, stars, brackets, dashes,
 *           closing quotes                      W13 - W17
 *   clitics 's 'm 'd ' 'll 're 've n't          W18, W19
 *
 * and contractions_split() does the rest: contractions (W20, W21) and the split at
 * white space (W22).
 *
 * To pad is to put a space on each side.  A pass is skipped if none of its trigger
 * characters occurs.  (A second rule for final periods, W11, never finds anything that
 * W6 has not found.)
 */
#include <string.h>

#include "contractions.h"
#include "unicode.h"
#include "utf8.h"
#include "word_tokenize.h"

/* The triggers of the passes. */
enum {
	LEAD  = 1,	/* first byte of a typographic quote, and of others */
	TICK  = 2,	/* backtick */
	QUOTE = 4,	/* double quote */
	APOS  = 8,	/* apostrophe */
	DOT   = 16,
	COLON = 32,	/* colon or comma */
	PAD   = 64,	/* padded in pass marks */
	LATE  = 128	/* star, bracket or dash: padded in pass pads */
};

static const unsigned char trigger[256] = {
	['`'] = TICK, ['"'] = QUOTE, ['\''] = APOS, ['.'] = DOT, [':'] = COLON, [','] = COLON,
	[';'] = PAD, ['@'] = PAD, ['#'] = PAD, ['$'] = PAD, ['%'] = PAD, ['&'] = PAD,
	['?'] = PAD, ['!'] = PAD,
	['*'] = LATE, ['['] = LATE, [']'] = LATE, ['('] = LATE, [')'] = LATE, ['{'] = LATE,
	['}'] = LATE, ['<'] = LATE, ['>'] = LATE, ['-'] = LATE,
	[0xC2] = LEAD, [0xE2] = LEAD
};

/* The typographic quotes that are padded. */
static const char *const opening[] = { "«", "“", "‘", "„", NULL };
static const char *const closing[] = { "»", "”", "’", NULL };

/* The input and output of a pass. */
struct pass {
	const char *p, *end;	/* what is left to read */
	char *out;		/* where to write; there is always enough room */
};

static bool
has_trigger(const char *p, const char *end, unsigned what)
{
	return p < end && (trigger[(unsigned char)*p] & what);
}

/* Copies up to the first byte that is one of the triggers. */
static void
copy_until(struct pass *f, unsigned what)
{
	const char *p = f->p;

	while (p < f->end && !(trigger[(unsigned char)*p] & what))
		p++;
	memcpy(f->out, f->p, (size_t)(p - f->p));
	f->out += p - f->p;
	f->p = p;
}

static void
put_string(struct pass *f, const char *s)
{
	while (*s)
		*f->out++ = *s++;
}

/* Copies n bytes. */
static void
copy_bytes(struct pass *f, size_t n)
{
	memmove(f->out, f->p, n);
	f->out += n;
	f->p += n;
}

static void
pad_bytes(struct pass *f, size_t n)
{
	*f->out++ = ' ';
	copy_bytes(f, n);
	*f->out++ = ' ';
}

/* The length of the first string of the list that is found at p, or 0. */
static size_t
string_at(const char *const *list, const char *p, const char *end)
{
	for (; *list; list++) {
		size_t n = strlen(*list);

		if ((size_t)(end - p) >= n && memcmp(p, *list, n) == 0)
			return n;
	}
	return 0;
}

static bool
word_at(const char *p, const char *end)
{
	return p < end && (unicode_class(utf8_at(p)) & CHAR_WORD);
}

/* Whether the apostrophe at p precedes a single word character that is no clitic. */
static bool
quotes_one(const char *p, const char *end)
{
	size_t n;

	if (!word_at(p + 1, end))
		return false;
	n = utf8_len((unsigned char)p[1]);
	return !word_at(p + 1 + n, end) && !(n == 1 && strchr("mtsdnMTSDN", p[1])) &&
	    utf8_at(p + 1) != 0x017F;
}

/* A run of backticks: padded, and each pair in it padded again. */
static void
put_ticks(struct pass *f)
{
	*f->out++ = ' ';
	while (has_trigger(f->p, f->end, TICK)) {
		if (has_trigger(f->p + 1, f->end, TICK)) {
			pad_bytes(f, 2);
		} else {
			copy_bytes(f, 1);
		}
	}
	*f->out++ = ' ';
}

static void
pass_open(struct pass *f)
{
	/* whether a quote here is an opening one: after a blank or an opening bracket */
	bool opens = false;

	if (has_trigger(f->p, f->end, QUOTE)) {
		put_string(f, " `` ");
		f->p++;
		opens = true;
	}
	while (f->p < f->end) {
		const char *run = f->p;
		size_t n;

		copy_until(f, LEAD | TICK | QUOTE | APOS);
		if (f->p > run)
			opens = strchr(" ([{<", f->p[-1]) && f->p[-1];
		if (f->p == f->end)
			break;
		if (*f->p == '`') {
			put_ticks(f);
			opens = true;
		} else if ((n = string_at(opening, f->p, f->end)) > 0) {
			pad_bytes(f, n);
			opens = true;
		} else if (opens && (n = *f->p == '"' ? 1 :
		    *f->p == '\'' && has_trigger(f->p + 1, f->end, APOS) ? 2 : 0) > 0) {
			put_string(f, " `` ");
			f->p += n;
			opens = false;
		} else {
			bool one = *f->p == '\'' && quotes_one(f->p, f->end);

			copy_bytes(f, utf8_len((unsigned char)*f->p));
			if (one)
				*f->out++ = ' ';
			opens = false;
		}
	}
}

/*
 * The final period of the string, or NULL: only closing punctuation and spaces follow
 * it, and it does not end a run of periods.
 */
static const char *
final_period(const char *p, const char *end)
{
	static const char *const closers[] = {
		"]", ")", "}", ">", "\"", "'", "»", "”", "’", " ", NULL
	};
	const char *q = end;

	while (q > p && string_at(closers, utf8_before(q), q))
		q = utf8_before(q);
	return q - p >= 2 && q[-1] == '.' && q[-2] != '.' ? q - 1 : NULL;
}

/* Pads a colon or comma that no digit follows.  NLTK's rule consumes the character
 * after it, so the second of two commas is not padded. */
static void
put_colon(struct pass *f)
{
	const char *next = f->p + 1;

	if (next < f->end && (unicode_class(utf8_at(next)) & CHAR_DIGIT)) {
		copy_bytes(f, 1);
		return;
	}
	pad_bytes(f, 1);
	if (has_trigger(f->p, f->end, COLON)) {
		copy_bytes(f, 1);
		/* except at the very end, where another rule pads it */
		if (f->p == f->end)
			*f->out++ = ' ';
	}
}

static void
pad_marks(struct pass *f)
{
	while (copy_until(f, COLON | DOT | PAD), f->p < f->end) {
		size_t n = 1;

		if (*f->p == ',' || *f->p == ':') {
			put_colon(f);
			continue;
		}
		while (*f->p == '.' && has_trigger(f->p + n, f->end, DOT))
			n++;
		if (*f->p == '.' && n == 1)
			copy_bytes(f, 1);
		else
			pad_bytes(f, n);
	}
}

static void
pass_marks(struct pass *f)
{
	const char *end = f->end, *dot;

	while (end > f->p && (unicode_class(utf8_at(utf8_before(end))) & CHAR_SPACE))
		end = utf8_before(end);
	dot = final_period(f->p, end);
	if (dot == NULL) {
		pad_marks(f);
		return;
	}
	f->end = dot;
	pad_marks(f);
	pad_bytes(f, 1);
	f->end = end;
	pad_marks(f);
	*f->out++ = ' ';
}

static void
pass_pads(struct pass *f)
{
	const char *start = f->p;
	size_t n;

	*f->out++ = ' ';
	while (copy_until(f, LEAD | QUOTE | APOS | LATE), f->p < f->end) {
		const char *next = f->p + 1;

		if (*f->p == '"') {
			put_string(f, " '' ");
			f->p++;
		} else if (*f->p == '\'') {
			if (has_trigger(next, f->end, APOS)) {
				pad_bytes(f, 2);
				continue;
			}
			if (next < f->end && *next == ' ' && f->p > start && f->p[-1] != '\'')
				*f->out++ = ' ';
			copy_bytes(f, 1);
		} else if (*f->p == '-') {
			if (next < f->end && *next == '-')
				pad_bytes(f, 2);
			else
				copy_bytes(f, 1);
		} else if (has_trigger(f->p, f->end, LATE)) {
			pad_bytes(f, 1);
		} else if ((n = string_at(closing, f->p, f->end)) > 0) {
			pad_bytes(f, n);
		} else {
			copy_bytes(f, utf8_len((unsigned char)*f->p));
		}
	}
	*f->out++ = ' ';
}

/* Whether a clitic at p has a word before it to be split from. */
static bool
follows_word(const char *p, const char *start)
{
	return p > start && p[-1] != '\'' && p[-1] != ' ';
}

/* Whether 's 'm 'd or a lone ' is at p, followed by a space: W18. */
static bool
short_clitic(const char *p, const char *start, const char *end)
{
	size_t n = end - p >= 2 && p[1] && strchr("sSmMdD", p[1]) ? 2 : 1;

	return *p == '\'' && follows_word(p, start) && (size_t)(end - p) > n && p[n] == ' ';
}

/* Whether 'll 're 've or n't is at p, followed by a space or by a clitic that W18 split
 * off: W19. */
static bool
long_clitic(const char *p, const char *start, const char *end)
{
	static const char *const list[] = {
		"'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T", NULL
	};

	return follows_word(p, start) && string_at(list, p, end) && end - p > 3 &&
	    (p[3] == ' ' || short_clitic(p + 3, start, end));
}

static void
pass_clitics(struct pass *f)
{
	const char *start = f->p;

	while (copy_until(f, APOS), f->p < f->end) {
		if (short_clitic(f->p, start, f->end) || long_clitic(f->p, start, f->end)) {
			*f->out++ = ' ';
		} else if (f->p > start && long_clitic(f->p - 1, start, f->end)) {
			f->out[-1] = ' ';
			*f->out++ = f->p[-1];
		}
		copy_bytes(f, 1);
	}
}

/* Runs a pass into the buffer that f does not read, and makes that its next input. */
static bool
run_pass(struct word_tokenizer *w, void (*run)(struct pass *), struct pass *f, size_t extra)
{
	struct buf *b = f->p == w->a.p ? &w->b : &w->a;

	b->len = 0;
	if (!buf_reserve(b, (size_t)(f->end - f->p) + extra))
		return false;
	f->out = b->p;
	run(f);
	f->p = b->p;
	f->end = f->out;
	return true;
}

bool
word_tokenize(struct word_tokenizer *w, const char *p, size_t len, struct buf *out)
{
	struct pass f = { .p = p, .end = p + len };
	unsigned seen = 0;
	size_t n = 0, extra;

	for (size_t i = 0; i < len; i++) {
		seen |= trigger[(unsigned char)p[i]];
		n += trigger[(unsigned char)p[i]] != 0;
	}
	/* no pass adds more than four bytes per trigger of the original */
	if (!mem_mul(n, 4, &extra))
		return false;
	extra += 16;
	if ((seen & (LEAD | TICK | QUOTE | APOS)) && !run_pass(w, pass_open, &f, extra))
		return false;
	if ((seen & (DOT | COLON | PAD)) && !run_pass(w, pass_marks, &f, extra))
		return false;
	if ((seen & (LEAD | QUOTE | APOS | LATE)) && !run_pass(w, pass_pads, &f, extra))
		return false;
	if ((seen & APOS) && !run_pass(w, pass_clitics, &f, extra))
		return false;
	return contractions_split(f.p, f.end, out);
}

void
word_tokenize_free(struct word_tokenizer *w)
{
	buf_free(&w->a);
	buf_free(&w->b);
}
