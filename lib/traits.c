/*
 * traits.c - a text read character by character, by rules that fit prose,
 * markup and code alike.
 *
 * Nothing here is sure: an apostrophe can be a quote, a bracket a smiley.  So
 * an empty line closes quotes, tags and all brackets but braces, and a bracket
 * that closes what is not open is passed over.
 */
#include <string.h>

#include "traits.h"
#include "unicode.h"
#include "utf8.h"

const char *const trait_name[TRAITS] = {
	[TRAIT_TEXT_POSITION] = "text-position",
	[TRAIT_LINE_POSITION] = "line-position",
	[TRAIT_LINE_START] = "line-start",
	[TRAIT_EMPTY_LINE] = "empty-line",
	[TRAIT_PARAGRAPH_LINES] = "paragraph-lines",
	[TRAIT_INDENTATION] = "indentation",
	[TRAIT_INDENTING] = "indenting",
	[TRAIT_BLANK] = "blank",
	[TRAIT_WORD_POSITION] = "word-position",
	[TRAIT_WORD_START] = "word-start",
	[TRAIT_UPPER] = "upper",
	[TRAIT_CAPITALS] = "capitals",
	[TRAIT_DIGIT] = "digit",
	[TRAIT_VOWEL] = "vowel",
	[TRAIT_PUNCTUATION] = "punctuation",
	[TRAIT_SENTENCE_POSITION] = "sentence-position",
	[TRAIT_QUOTES] = "quotes",
	[TRAIT_BRACKETS] = "brackets",
	[TRAIT_DEPTH] = "depth",
	[TRAIT_TAG] = "tag",
	[TRAIT_COMMENT] = "comment",
	[TRAIT_URL] = "url"
};

enum { TAB_COLUMNS = 8 };

void
traits_begin(struct traits *t, bool ends)
{
	*t = (struct traits){ .before = '\n', .ends = ends, .line_over = true };
	t->value[TRAIT_INDENTING] = 1;
}

/* Closes what a paragraph would not leave open. */
static void
end_paragraph(struct traits *t)
{
	int kept = 0;

	for (int i = 0; i < t->nopen; i++)
		if (t->open[i] == '{')
			t->open[kept++] = '{';
	t->nopen = kept;
	t->value[TRAIT_BRACKETS] = kept > 0;
	t->value[TRAIT_DEPTH] = kept;
	t->value[TRAIT_QUOTES] = t->value[TRAIT_TAG] = 0;
	t->value[TRAIT_PARAGRAPH_LINES] = 0;
}

static void
end_line(struct traits *t)
{
	bool empty = t->before == '\n';

	t->value[TRAIT_EMPTY_LINE] = empty;
	t->value[TRAIT_LINE_POSITION] = t->value[TRAIT_INDENTATION] = 0;
	t->value[TRAIT_INDENTING] = 1;
	t->value[TRAIT_PARAGRAPH_LINES]++;
	t->line_comment = false;
	t->value[TRAIT_COMMENT] = t->block_comment;
	t->ncapitals = 0;
	if (empty)
		end_paragraph(t);
}

static void
read_quotes(struct traits *t, uint32_t c)
{
	double *in = &t->value[TRAIT_QUOTES];

	if (c == '"')
		*in = !*in;
	else if (c == 0x201C || c == 0x201E || c == 0x00AB || (c == '`' && t->before == '`'))
		*in = 1;
	else if (c == 0x201D || c == 0x00BB || (c == '\'' && t->before == '\''))
		*in = 0;
}

static void
read_brackets(struct traits *t, uint32_t c)
{
	char open = c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : 0;
	int at = t->nopen;

	if ((c == '(' || c == '[' || c == '{') && t->nopen < TRAITS_OPEN)
		t->open[t->nopen++] = (char)c;
	while (open && at-- > 0)
		if (t->open[at] == open) {
			t->nopen = at;
			break;
		}
	if (c == '<')
		t->value[TRAIT_TAG] = 1;
	else if (t->before == '>')
		t->value[TRAIT_TAG] = 0;
	t->value[TRAIT_BRACKETS] = t->nopen > 0;
	t->value[TRAIT_DEPTH] = t->nopen;
}

/* A comment holds its own marks, so one that ends is over with the next character. */
static void
read_comment(struct traits *t, uint32_t c)
{
	if (t->block_comment && t->before2 == '*' && t->before == '/')
		t->block_comment = false;
	else if (!t->line_comment && t->before == '/' && c == '*')
		t->block_comment = true;
	else if (!t->block_comment && t->before == '/' && c == '/' && t->before2 != ':')
		t->line_comment = true;
	t->value[TRAIT_COMMENT] = t->line_comment || t->block_comment;
}

/* An address is one from the end of what it begins with. */
static void
read_url(struct traits *t, uint32_t c, bool blank)
{
	static const char *const heads[] = { "http://", "https://", "ftp://", "www." };

	if (blank || c == '"' || c == '<' || c == '>' || c == ')' || c == ']' || c == '(') {
		t->nhead = 0;
		t->value[TRAIT_URL] = 0;
		return;
	}
	if (t->nhead < sizeof(t->head))
		t->head[t->nhead++] = (char)(c < 0x80 ? unicode_lower_char(c) : '?');
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (t->nhead == strlen(heads[i]) && memcmp(t->head, heads[i], t->nhead) == 0)
			t->value[TRAIT_URL] = 1;
}

/* Letters in a row, and capitals among letters. */
static void
read_letters(struct traits *t, unsigned class)
{
	bool upper = class & CHAR_UPPER;
	double *letters = &t->value[TRAIT_WORD_POSITION];

	*letters = class & CHAR_WORD ? *letters + 1 : 0;
	t->value[TRAIT_WORD_START] = *letters == 1;
	t->value[TRAIT_UPPER] = upper;
	t->ncapitals = upper ? t->ncapitals + 1 : class & CHAR_LOWER ? 0 : t->ncapitals;
	t->value[TRAIT_CAPITALS] = t->ncapitals >= 2;
}

/* What the character is by itself. */
static void
read_kind(struct traits *t, uint32_t c, unsigned class, bool blank)
{
	uint32_t low = unicode_lower_char(c);

	t->value[TRAIT_BLANK] = blank && c != '\n';
	t->value[TRAIT_DIGIT] = (class & CHAR_DIGIT) != 0;
	t->value[TRAIT_VOWEL] = low > 0 && low < 0x80 && strchr("aeiou", (int)low) != NULL;
	t->value[TRAIT_PUNCTUATION] = !blank && !(class & CHAR_WORD);
}

static void
read_indentation(struct traits *t, uint32_t c, bool blank)
{
	double *columns = &t->value[TRAIT_INDENTATION];

	if (!blank)
		t->value[TRAIT_INDENTING] = 0;
	else if (t->value[TRAIT_INDENTING] != 0)
		*columns += c == '\t' ? TAB_COLUMNS - (int)*columns % TAB_COLUMNS : 1;
}

static void
read_character(struct traits *t, uint32_t c)
{
	unsigned class = unicode_class(c);
	bool blank = class & CHAR_SPACE;

	t->value[TRAIT_EMPTY_LINE] = 0;
	read_kind(t, c, class, blank);
	read_letters(t, class);
	read_quotes(t, c);
	read_brackets(t, c);
	read_comment(t, c);
	read_url(t, c, blank);
	if (c == '\n')
		end_line(t);
	else
		read_indentation(t, c, blank);
	t->before2 = t->before;
	t->before = (char)(c < 0x80 ? c : '?');
}

void
traits_line(struct traits *t)
{
	read_character(t, '\n');
	t->line_over = true;
}

/* The numbers that count tokens, and not characters. */
static void
count(struct traits *t, uint32_t first)
{
	t->value[TRAIT_TEXT_POSITION]++;
	t->value[TRAIT_SENTENCE_POSITION] = first == '.' || first == '!' || first == '?' ? 0 :
	    t->value[TRAIT_SENTENCE_POSITION] + 1;
	if (first != '\n')
		t->value[TRAIT_LINE_POSITION]++;
	t->value[TRAIT_LINE_START] = t->ends ? first == '\n' : t->line_over;
	t->line_over = false;
}

void
traits_read(struct traits *t, const char *p, size_t len, bool word)
{
	const char *end = p + len;
	double first[TRAITS];

	if (word && !t->line_over)
		read_character(t, ' ');
	for (const char *q = p; q < end; q += utf8_len((unsigned char)*q)) {
		read_character(t, utf8_at(q));
		if (q == p)
			memcpy(first, t->value, sizeof(first));
	}
	/* a word is what its first character is */
	for (int i = TRAIT_UPPER; word && len > 0 && i <= TRAIT_PUNCTUATION; i++)
		if (i != TRAIT_CAPITALS)
			t->value[i] = first[i];
	if (len > 0)
		count(t, utf8_at(p));
}
