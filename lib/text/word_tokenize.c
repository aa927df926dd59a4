/*
 * word_tokenize.c - the word rules.
 *
 * The rules are those of a chain of replacements over the whole string, each
 * seeing what the ones before it did.  Rules that cannot see each other's work
 * go in one pass:
 *
 *   open    opening quotes                      W1 - W5
 *   final   the period at the end               W6
 *   marks   colons, commas, dots, marks         W7 - W12
 *   pads    apostrophes before a space, stars, brackets, dashes,
 *           closing quotes                      W13 - W17
 *   clitics 's 'm 'd ' 'll 're 've n't          W18, W19
 *
 * and contractions_split() does the rest: contractions (W20, W21), cutting (W22).
 *
 * "Pad" means to put a space on each side.  A pass whose trigger characters
 * do not occur is left out.  (A second rule for final periods, W11, finds
 * nothing that W6 has not.)
 */
#include <string.h>

#include "contractions.h"
#include "unicode.h"
#include "utf8.h"
#include "word_tokenize.h"

/* What makes a pass necessary. */
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

/* Text on its way from one pass to the next. */
struct flow {
	const char *p, *end;	/* what the pass reads */
	char *out;		/* where it writes; there is always room enough */
};

static bool
has(const char *p, const char *end, unsigned what)
{
	return p < end && (trigger[(unsigned char)*p] & what);
}

/* Copies up to the first byte that triggers `what`. */
static void
copy_until(struct flow *f, unsigned what)
{
	const char *p = f->p;

	while (p < f->end && !(trigger[(unsigned char)*p] & what))
		p++;
	memcpy(f->out, f->p, (size_t)(p - f->p));
	f->out += p - f->p;
	f->p = p;
}

static void
put(struct flow *f, const char *s)
{
	while (*s)
		*f->out++ = *s++;
}

/* Copies n bytes as they are. */
static void
copy(struct flow *f, size_t n)
{
	memmove(f->out, f->p, n);
	f->out += n;
	f->p += n;
}

static void
pad(struct flow *f, size_t n)
{
	*f->out++ = ' ';
	copy(f, n);
	*f->out++ = ' ';
}

/* The bytes of the string of this list that stands at p, or 0. */
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

/* An apostrophe at p and one word character; not a clitic of one letter. */
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
put_ticks(struct flow *f)
{
	*f->out++ = ' ';
	while (has(f->p, f->end, TICK)) {
		if (has(f->p + 1, f->end, TICK)) {
			pad(f, 2);
		} else {
			copy(f, 1);
		}
	}
	*f->out++ = ' ';
}

static void
pass_open(struct flow *f)
{
	/* whether a quote here opens: after a blank or an opening bracket */
	bool opens = false;

	if (has(f->p, f->end, QUOTE)) {
		put(f, " `` ");
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
			pad(f, n);
			opens = true;
		} else if (opens && (n = *f->p == '"' ? 1 :
		    *f->p == '\'' && has(f->p + 1, f->end, APOS) ? 2 : 0) > 0) {
			put(f, " `` ");
			f->p += n;
			opens = false;
		} else {
			bool one = *f->p == '\'' && quotes_one(f->p, f->end);

			copy(f, utf8_len((unsigned char)*f->p));
			if (one)
				*f->out++ = ' ';
			opens = false;
		}
	}
}

/*
 * The period that ends the string, if only closing punctuation and spaces come
 * after it and it ends no run of periods; or NULL.
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

/* Colons and commas before anything but a digit; that character is passed over
 * by this rule, so that the second of two commas stays where it is. */
static void
put_colon(struct flow *f)
{
	const char *next = f->p + 1;

	if (next < f->end && (unicode_class(utf8_at(next)) & CHAR_DIGIT)) {
		copy(f, 1);
		return;
	}
	pad(f, 1);
	if (has(f->p, f->end, COLON)) {
		copy(f, 1);
		/* but at the very end it is padded by a rule of its own */
		if (f->p == f->end)
			*f->out++ = ' ';
	}
}

static void
mark_up(struct flow *f)
{
	while (copy_until(f, COLON | DOT | PAD), f->p < f->end) {
		size_t n = 1;

		if (*f->p == ',' || *f->p == ':') {
			put_colon(f);
			continue;
		}
		while (*f->p == '.' && has(f->p + n, f->end, DOT))
			n++;
		if (*f->p == '.' && n == 1)
			copy(f, 1);
		else
			pad(f, n);
	}
}

static void
pass_marks(struct flow *f)
{
	const char *end = f->end, *dot;

	while (end > f->p && (unicode_class(utf8_at(utf8_before(end))) & CHAR_SPACE))
		end = utf8_before(end);
	dot = final_period(f->p, end);
	if (dot == NULL) {
		mark_up(f);
		return;
	}
	f->end = dot;
	mark_up(f);
	pad(f, 1);
	f->end = end;
	mark_up(f);
	*f->out++ = ' ';
}

static void
pass_pads(struct flow *f)
{
	const char *start = f->p;
	size_t n;

	*f->out++ = ' ';
	while (copy_until(f, LEAD | QUOTE | APOS | LATE), f->p < f->end) {
		const char *next = f->p + 1;

		if (*f->p == '"') {
			put(f, " '' ");
			f->p++;
		} else if (*f->p == '\'') {
			if (has(next, f->end, APOS)) {
				pad(f, 2);
				continue;
			}
			if (next < f->end && *next == ' ' && f->p > start && f->p[-1] != '\'')
				*f->out++ = ' ';
			copy(f, 1);
		} else if (*f->p == '-') {
			if (next < f->end && *next == '-')
				pad(f, 2);
			else
				copy(f, 1);
		} else if (has(f->p, f->end, LATE)) {
			pad(f, 1);
		} else if ((n = string_at(closing, f->p, f->end)) > 0) {
			pad(f, n);
		} else {
			copy(f, utf8_len((unsigned char)*f->p));
		}
	}
	*f->out++ = ' ';
}

/* Has the place p something before it that a clitic can come off? */
static bool
leans(const char *p, const char *start)
{
	return p > start && p[-1] != '\'' && p[-1] != ' ';
}

/* 's 'm 'd or ' alone, and a space, at p: W18. */
static bool
short_clitic(const char *p, const char *start, const char *end)
{
	size_t n = end - p >= 2 && p[1] && strchr("sSmMdD", p[1]) ? 2 : 1;

	return *p == '\'' && leans(p, start) && (size_t)(end - p) > n && p[n] == ' ';
}

/* 'll 're 've or n't and a space at p, or a clitic that W18 has taken off: W19. */
static bool
long_clitic(const char *p, const char *start, const char *end)
{
	static const char *const list[] = {
		"'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T", NULL
	};

	return leans(p, start) && string_at(list, p, end) && end - p > 3 &&
	    (p[3] == ' ' || short_clitic(p + 3, start, end));
}

static void
pass_clitics(struct flow *f)
{
	const char *start = f->p;

	while (copy_until(f, APOS), f->p < f->end) {
		if (short_clitic(f->p, start, f->end) || long_clitic(f->p, start, f->end)) {
			*f->out++ = ' ';
		} else if (f->p > start && long_clitic(f->p - 1, start, f->end)) {
			f->out[-1] = ' ';
			*f->out++ = f->p[-1];
		}
		copy(f, 1);
	}
}

/* Runs a pass into the buffer that f does not read, and lets f read that. */
static bool
run(struct word_tokenizer *w, void (*pass)(struct flow *), struct flow *f, size_t extra)
{
	struct buf *b = f->p == w->a.p ? &w->b : &w->a;

	b->len = 0;
	if (!buf_reserve(b, (size_t)(f->end - f->p) + extra))
		return false;
	f->out = b->p;
	pass(f);
	f->p = b->p;
	f->end = f->out;
	return true;
}

bool
word_tokenize(struct word_tokenizer *w, const char *p, size_t len, struct buf *out)
{
	struct flow f = { .p = p, .end = p + len };
	unsigned seen = 0;
	size_t n = 0, extra;

	for (size_t i = 0; i < len; i++) {
		seen |= trigger[(unsigned char)p[i]];
		n += trigger[(unsigned char)p[i]] != 0;
	}
	/* no pass adds more than four bytes for each trigger of the original */
	if (!mem_mul(n, 4, &extra))
		return false;
	extra += 16;
	if ((seen & (LEAD | TICK | QUOTE | APOS)) && !run(w, pass_open, &f, extra))
		return false;
	if ((seen & (DOT | COLON | PAD)) && !run(w, pass_marks, &f, extra))
		return false;
	if ((seen & (LEAD | QUOTE | APOS | LATE)) && !run(w, pass_pads, &f, extra))
		return false;
	if ((seen & APOS) && !run(w, pass_clitics, &f, extra))
		return false;
	return contractions_split(f.p, f.end, out);
}

void
word_tokenize_free(struct word_tokenizer *w)
{
	buf_free(&w->a);
	buf_free(&w->b);
}
