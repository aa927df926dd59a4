/*
 * punkt.c - the sentence splitter.
 *
 * A mark followed by white space or by certain punctuation is a candidate.  Its context,
 * the word before it and the word after it, is split into tokens.  Each token is first
 * classified by itself; the orthography of the next token may overrule that.  The
 * candidate ends a sentence if any token of the context but the last does.  The text is
 * read once from start to end, so the time is linear for any text.
 */
#include <string.h>

#include "punkt.h"
#include "unicode.h"
#include "utf8.h"

/* Sets of ASCII characters, as in Punkt's regular expressions. */
enum {
	BLANK   = 1,	/* ASCII white space, which separates words before a mark */
	MARK    = 2,	/* may end a sentence */
	AFTER   = 4,	/* may follow a mark directly */
	NOSTART = 8,	/* starts no word of more than one character */
	CLOSER  = 16,	/* at the start of a sentence, belongs to the one before */
	SPACE   = 32	/* Unicode white space, as far as it is ASCII */
};

static const unsigned char set[256] = {
	['\t'] = BLANK | SPACE, ['\n'] = BLANK | SPACE, ['\v'] = BLANK | SPACE,
	['\f'] = BLANK | SPACE, ['\r'] = BLANK | SPACE, [' '] = BLANK | SPACE,
	[0x1C] = SPACE, [0x1D] = SPACE, [0x1E] = SPACE, [0x1F] = SPACE,
	['.'] = MARK, ['?'] = MARK | AFTER, ['!'] = MARK | AFTER,
	[')'] = AFTER | NOSTART | CLOSER, ['"'] = AFTER | NOSTART | CLOSER,
	[';'] = AFTER | NOSTART, ['}'] = AFTER | NOSTART | CLOSER,
	[']'] = AFTER | NOSTART | CLOSER, ['*'] = AFTER | NOSTART,
	[':'] = AFTER | NOSTART, ['@'] = AFTER | NOSTART, ['\''] = AFTER | CLOSER,
	['('] = AFTER | NOSTART, ['{'] = AFTER | NOSTART, ['['] = AFTER | NOSTART,
	['`'] = NOSTART, ['&'] = NOSTART, ['#'] = NOSTART, ['-'] = NOSTART, [','] = NOSTART
};

/* What a token is by itself. */
enum token_class { NOTHING, BREAK, ABBREV, ELLIPSIS };

struct token {
	const char *p;
	size_t len;
	enum token_class class;
	const struct buf *type;	/* lower case, or ##number## */
};

static bool
is_in(char c, unsigned what)
{
	return set[(unsigned char)c] & what;
}

static unsigned
class_at(const char *p)
{
	return unicode_class(utf8_at(p));
}

static bool
space_at(const char *p)
{
	if ((unsigned char)*p < 0x80)
		return is_in(*p, SPACE);
	return class_at(p) & CHAR_SPACE;
}

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && space_at(p))
		p += utf8_len((unsigned char)*p);
	return p;
}

static const char *
skip_word(const char *p, const char *end)
{
	while (p < end && !space_at(p))
		p += utf8_len((unsigned char)*p);
	return p;
}

static const char *
skip_run(const char *p, const char *end, char c)
{
	while (p < end && *p == c)
		p++;
	return p;
}

/* Skips a dot and one white space other than a newline at p; NULL if p has none. */
static const char *
spaced_dot(const char *p, const char *end)
{
	if (end - p < 2 || p[0] != '.' || p[1] == '\n' || !space_at(p + 1))
		return NULL;
	return p + 1 + utf8_len((unsigned char)p[1]);
}

/* Whether a token of several dashes or dots starts at p: "--", "..", ". . .". */
static bool
multi_at(const char *p, const char *end)
{
	const char *q;

	if (end - p < 2 || (*p != '-' && *p != '.'))
		return false;
	if (p[1] == p[0])
		return true;
	q = spaced_dot(p, end);
	if (q != NULL)
		q = spaced_dot(q, end);
	return q != NULL && q < end && *q == '.';
}

/* The end of the token of dashes or dots that starts at p. */
static const char *
multi_end(const char *p, const char *end)
{
	const char *dot = p, *q;

	if (p[1] == p[0])
		return skip_run(p, end, *p);
	while ((q = spaced_dot(p, end)) != NULL) {
		dot = p;
		p = q;
	}
	return p < end && *p == '.' ? p + 1 : dot + 1;
}

static bool
token_ends(const char *p, const char *end)
{
	return p == end || is_in(*p, AFTER) || space_at(p) || multi_at(p, end);
}

/* Takes the next token of a context from [*at, end); false if there is none. */
static bool
next_token(const char **at, const char *end, struct token *t)
{
	const char *p = skip_space(*at, end);

	if (p == end)
		return false;
	t->p = p;
	if (multi_at(p, end)) {
		p = multi_end(p, end);
	} else if (is_in(*p, NOSTART)) {
		p++;
	} else {
		do
			p += utf8_len((unsigned char)*p);
		while (!token_ends(p, end) && !(*p == ',' && token_ends(p + 1, end)));
	}
	t->len = (size_t)(p - t->p);
	*at = p;
	return true;
}

/* -? [.,]? digit (digit | , | . | -)* */
static bool
is_number(const char *p, size_t len)
{
	const char *end = p + len;

	if (p < end && *p == '-')
		p++;
	if (p < end && (*p == '.' || *p == ','))
		p++;
	if (p == end || !(class_at(p) & CHAR_DIGIT))
		return false;
	for (; p < end; p += utf8_len((unsigned char)*p))
		if (*p != ',' && *p != '.' && *p != '-' && !(class_at(p) & CHAR_DIGIT))
			return false;
	return true;
}

static bool
is_dots(const struct token *t)
{
	return t->len > 1 && skip_run(t->p, t->p + t->len, '.') == t->p + t->len;
}

/* A word character other than a digit, and a period. */
static bool
is_initial(const struct token *t)
{
	size_t n = utf8_len((unsigned char)*t->p);

	return t->len == n + 1 && t->p[n] == '.' &&
	    (class_at(t->p) & (CHAR_WORD | CHAR_DIGIT)) == CHAR_WORD;
}

/* Whether the key, or what follows its last dash, is a known abbreviation. */
static bool
is_abbrev(const struct punkt *table, const char *key, size_t len)
{
	size_t i = len;

	if (punkt_find(table, key, len) & PUNKT_ABBREV)
		return true;
	while (i > 0 && key[i - 1] != '-')
		i--;
	return i > 0 && (punkt_find(table, key + i, len - i) & PUNKT_ABBREV);
}

/* First pass: sets the class and type of a token, given p and len. */
static void
classify_token(struct punkt_splitter *s, struct token *t, struct buf *type)
{
	static const char number[] = "##number##";

	t->class = NOTHING;
	t->type = type;
	if (!unicode_lower(type, t->p, t->len)) {
		s->failed = true;
		return;
	}
	if (t->len == 1 && is_in(*t->p, MARK))
		t->class = BREAK;
	else if (is_dots(t))
		t->class = ELLIPSIS;
	else if (t->p[t->len - 1] == '.')
		t->class = is_abbrev(s->table, type->p, type->len - 1) ? ABBREV : BREAK;
	if (is_number(type->p, type->len)) {
		type->len = 0;
		s->failed |= !buf_put(type, number, sizeof(number) - 1);
	}
}

/* The length of a type without its final period. */
static size_t
bare_length(const struct buf *type)
{
	return type->len > 1 && type->p[type->len - 1] == '.' ? type->len - 1 : type->len;
}

static bool
is_collocation(struct punkt_splitter *s, const struct token *a, const struct token *b,
    size_t blen)
{
	size_t alen = bare_length(a->type);

	if (alen > s->table->longest || blen > s->table->longest)
		return false;
	s->pair.len = 0;
	if (!buf_put(&s->pair, a->type->p, alen) || !buf_putc(&s->pair, '\t') ||
	    !buf_put(&s->pair, b->type->p, blen)) {
		s->failed = true;
		return false;
	}
	return punkt_find(s->table, s->pair.p, s->pair.len) & PUNKT_PAIR;
}

enum answer { NO, YES, UNKNOWN };

/* Whether b starts a sentence, by its orthography. */
static enum answer
starts_sentence(const struct token *b, unsigned first, unsigned bits)
{
	if (b->len == 1 && memchr(";:,.!?", *b->p, 6))
		return NO;
	if ((first & CHAR_UPPER) && (bits & PUNKT_LC) && !(bits & PUNKT_MID_UC))
		return YES;
	if ((first & CHAR_LOWER) && ((bits & PUNKT_UC) || !(bits & PUNKT_BEG_LC)))
		return NO;
	return UNKNOWN;
}

/* Second pass: whether a ends a sentence if b comes next. */
static bool
is_break(struct punkt_splitter *s, const struct token *a, const struct token *b)
{
	bool plain = a->class == BREAK, initial;
	size_t n = b->class == BREAK ? bare_length(b->type) : b->type->len;
	unsigned first, bits;
	enum answer start;

	if (a->p[a->len - 1] != '.')
		return plain;
	if (is_collocation(s, a, b, n))
		return false;
	initial = is_initial(a);
	if (plain && !initial && a->type->p[0] != '#')
		return true;
	first = class_at(b->p);
	bits = punkt_find(s->table, b->type->p, n);
	start = starts_sentence(b, first, bits);
	if (!plain && !initial) {
		if (start == YES || ((first & CHAR_UPPER) && (bits & PUNKT_STARTER)))
			return true;
	}
	if (initial || (a->type->len == 10 && memcmp(a->type->p, "##number##", 10) == 0)) {
		if (start == NO)
			return false;
		if (start == UNKNOWN && initial && (first & CHAR_UPPER) && !(bits & PUNKT_LC))
			return false;
	}
	return plain;
}

/* Whether the candidate ends a sentence. */
static bool
ends_sentence(struct punkt_splitter *s, const struct punkt_candidate *c)
{
	const char *p = s->text + c->word, *end;
	struct token pair[2];
	size_t i = 0;

	end = is_in(s->text[c->mark + 1], AFTER) ? s->text + c->mark + 2 :
	    skip_word(s->text + c->next, s->text + s->len);
	if (!next_token(&p, end, &pair[0]))
		return false;
	classify_token(s, &pair[0], &s->type[0]);
	while (!s->failed && next_token(&p, end, &pair[1 - i])) {
		classify_token(s, &pair[1 - i], &s->type[1 - i]);
		if (!s->failed && is_break(s, &pair[i], &pair[1 - i]))
			return true;
		i = 1 - i;
	}
	return false;
}

/* Finds the next mark of one kind from s->scan on. */
static void
find_mark(struct punkt_splitter *s, int kind)
{
	static const char marks[PUNKT_MARKS] = { '.', '?', '!' };
	const char *p = memchr(s->text + s->scan, marks[kind], s->len - s->scan);

	s->mark[kind] = p ? (size_t)(p - s->text) : s->len;
}

/* The next mark from s->scan on, or s->len.  Each kind is searched for separately and
 * its position kept: most texts have many periods and few of the others. */
static size_t
next_mark(struct punkt_splitter *s)
{
	size_t first = s->len;

	for (int kind = 0; kind < PUNKT_MARKS; kind++) {
		if (s->mark[kind] < s->scan)
			find_mark(s, kind);
		if (s->mark[kind] < first)
			first = s->mark[kind];
	}
	return first;
}

/* Finds the next candidate from s->scan on, its mark and next. */
static bool
find_candidate(struct punkt_splitter *s, struct punkt_candidate *c)
{
	const char *end = s->text + s->len, *next;

	while ((c->mark = next_mark(s)) + 1 < s->len) {
		s->scan = c->mark + 1;
		next = s->text + s->scan;
		if (!is_in(*next, AFTER)) {
			if (!space_at(next))
				continue;
			next = skip_space(next, end);
			if (next == end)
				break;
		}
		c->next = (size_t)(next - s->text);
		return true;
	}
	s->scan = s->len;
	return false;
}

/* The start of the word before the mark, given the previous candidate. */
static size_t
word_start(const struct punkt_splitter *s, size_t mark)
{
	size_t from = s->pending ? s->last.mark : 0, k = mark;

	while (k > from && !is_in(s->text[k - 1], BLANK))
		k--;
	/* a blank at `from` itself, which is possible at 0 only, does not count */
	if (k > from + 1)
		return k;
	return s->pending ? s->last.word : 0;
}

/* Gives the next raw sentence, which ends with its mark; false at the end. */
static bool
next_raw(struct punkt_splitter *s, struct span *out)
{
	struct punkt_candidate c, old;
	const char *end;

	while (!s->failed && find_candidate(s, &c)) {
		bool due;

		c.word = word_start(s, c.mark);
		due = s->pending && s->last.mark <= c.word;
		old = s->last;
		s->last = c;
		s->pending = true;
		if (due && ends_sentence(s, &old)) {
			*out = (struct span){ s->start, old.mark + 1 };
			s->start = old.next;
			return true;
		}
	}
	if (s->pending) {
		s->pending = false;
		if (ends_sentence(s, &s->last)) {
			*out = (struct span){ s->start, s->last.mark + 1 };
			s->start = s->last.next;
			return true;
		}
	}
	if (s->exhausted || s->failed)
		return false;
	s->exhausted = true;
	end = s->text + s->len;
	while (end > s->text + s->start && space_at(utf8_before(end)))
		end = utf8_before(end);
	*out = (struct span){ s->start, (size_t)(end - s->text) };
	return true;
}

/* The length of the closing punctuation at the start of y, which belongs to the sentence
 * before; *shift includes the white space after it. */
static size_t
closing_length(const struct punkt_splitter *s, const struct span *y, size_t *shift)
{
	const char *start = s->text + y->start, *end = s->text + y->end, *p = start;

	while (p < end && is_in(*p, CLOSER))
		p++;
	if (p == start || !(p == end || space_at(p) ||
	    (end - p > 1 && p[0] == '-' && p[1] == '-')))
		return 0;
	*shift = (size_t)(skip_space(p, end) - start);
	return (size_t)(p - start);
}

void
punkt_begin(struct punkt_splitter *s, const struct punkt *t, const char *text, size_t len)
{
	s->table = t;
	s->text = text;
	s->len = len;
	s->scan = s->start = s->shift = 0;
	for (int kind = 0; kind < PUNKT_MARKS; kind++)
		find_mark(s, kind);
	s->pending = s->exhausted = s->failed = false;
	s->have_ahead = next_raw(s, &s->ahead);
}

bool
punkt_next(struct punkt_splitter *s, struct span *out)
{
	while (s->have_ahead && !s->failed) {
		struct span x = s->ahead;
		size_t q = 0, shift = 0;

		x.start += s->shift;
		s->have_ahead = next_raw(s, &s->ahead);
		if (s->have_ahead)
			q = closing_length(s, &s->ahead, &shift);
		s->shift = shift;
		if (q > 0)
			x.end = s->ahead.start + q;
		*out = x;
		if (x.start < x.end)
			return !s->failed;
	}
	return false;
}

void
punkt_end(struct punkt_splitter *s)
{
	buf_free(&s->type[0]);
	buf_free(&s->type[1]);
	buf_free(&s->pair);
}
