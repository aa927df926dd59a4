/*
 * text_features.c - computes the features character by character, with rules that fit
 * prose, markup and code.
 *
 * The rules can be wrong: an apostrophe may be a quote, a bracket part of a smiley.  So
 * an empty line closes quotes, tags and all brackets except braces, and a closing
 * bracket without an opening one is ignored.
 */
#include <string.h>

#include "text_features.h"
#include "unicode.h"
#include "utf8.h"

const char *const feature_names[FEATURES] = {
	[FEATURE_TEXT_POSITION] = "text-position",
	[FEATURE_LINE_POSITION] = "line-position",
	[FEATURE_LINE_START] = "line-start",
	[FEATURE_EMPTY_LINE] = "empty-line",
	[FEATURE_PARAGRAPH_LINES] = "paragraph-lines",
	[FEATURE_INDENTATION] = "indentation",
	[FEATURE_INDENTING] = "indenting",
	[FEATURE_BLANK] = "blank",
	[FEATURE_WORD_POSITION] = "word-position",
	[FEATURE_WORD_START] = "word-start",
	[FEATURE_UPPER] = "upper",
	[FEATURE_CAPITALS] = "capitals",
	[FEATURE_DIGIT] = "digit",
	[FEATURE_VOWEL] = "vowel",
	[FEATURE_PUNCTUATION] = "punctuation",
	[FEATURE_SENTENCE_POSITION] = "sentence-position",
	[FEATURE_QUOTES] = "quotes",
	[FEATURE_BRACKETS] = "brackets",
	[FEATURE_DEPTH] = "depth",
	[FEATURE_TAG] = "tag",
	[FEATURE_COMMENT] = "comment",
	[FEATURE_URL] = "url"
};

enum { TAB_COLUMNS = 8 };

void
text_features_begin(struct text_features *t, bool ends)
{
	*t = (struct text_features){ .before = '\n', .ends = ends, .line_over = true };
	t->value[FEATURE_INDENTING] = 1;
}

/* Closes what should not stay open beyond a paragraph. */
static void
end_paragraph(struct text_features *t)
{
	int kept = 0;

	for (int i = 0; i < t->nopen; i++)
		if (t->open[i] == '{')
			t->open[kept++] = '{';
	t->nopen = kept;
	t->value[FEATURE_BRACKETS] = kept > 0;
	t->value[FEATURE_DEPTH] = kept;
	t->value[FEATURE_QUOTES] = t->value[FEATURE_TAG] = 0;
	t->value[FEATURE_PARAGRAPH_LINES] = 0;
}

static void
end_line(struct text_features *t)
{
	bool empty = t->before == '\n';

	t->value[FEATURE_EMPTY_LINE] = empty;
	t->value[FEATURE_LINE_POSITION] = t->value[FEATURE_INDENTATION] = 0;
	t->value[FEATURE_INDENTING] = 1;
	t->value[FEATURE_PARAGRAPH_LINES]++;
	t->line_comment = false;
	t->value[FEATURE_COMMENT] = t->block_comment;
	t->ncapitals = 0;
	if (empty)
		end_paragraph(t);
}

static void
read_quotes(struct text_features *t, uint32_t c)
{
	double *in = &t->value[FEATURE_QUOTES];

	if (c == '"')
		*in = !*in;
	else if (c == 0x201C || c == 0x201E || c == 0x00AB || (c == '`' && t->before == '`'))
		*in = 1;
	else if (c == 0x201D || c == 0x00BB || (c == '\'' && t->before == '\''))
		*in = 0;
}

static void
read_brackets(struct text_features *t, uint32_t c)
{
	char open = c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : 0;
	int at = t->nopen;

	if ((c == '(' || c == '[' || c == '{') && t->nopen < FEATURES_OPEN)
		t->open[t->nopen++] = (char)c;
	while (open && at-- > 0)
		if (t->open[at] == open) {
			t->nopen = at;
			break;
		}
	if (c == '<')
		t->value[FEATURE_TAG] = 1;
	else if (t->before == '>')
		t->value[FEATURE_TAG] = 0;
	t->value[FEATURE_BRACKETS] = t->nopen > 0;
	t->value[FEATURE_DEPTH] = t->nopen;
}

/* A comment includes its delimiters, so it ends with the character after them. */
static void
read_comment(struct text_features *t, uint32_t c)
{
	if (t->block_comment && t->before2 == '*' && t->before == '/')
		t->block_comment = false;
	else if (!t->line_comment && t->before == '/' && c == '*')
		t->block_comment = true;
	else if (!t->block_comment && t->before == '/' && c == '/' && t->before2 != ':')
		t->line_comment = true;
	t->value[FEATURE_COMMENT] = t->line_comment || t->block_comment;
}

/* A URL is recognised once its prefix is complete. */
static void
read_url(struct text_features *t, uint32_t c, bool blank)
{
	static const char *const heads[] = { "http://", "https://", "ftp://", "www." };

	if (blank || c == '"' || c == '<' || c == '>' || c == ')' || c == ']' || c == '(') {
		t->nhead = 0;
		t->value[FEATURE_URL] = 0;
		return;
	}
	if (t->nhead < sizeof(t->head))
		t->head[t->nhead++] = (char)(c < 0x80 ? unicode_lower_char(c) : '?');
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (t->nhead == strlen(heads[i]) && memcmp(t->head, heads[i], t->nhead) == 0)
			t->value[FEATURE_URL] = 1;
}

/* Words and capitals. */
static void
read_letters(struct text_features *t, unsigned class)
{
	bool upper = class & CHAR_UPPER;
	double *letters = &t->value[FEATURE_WORD_POSITION];

	*letters = class & CHAR_WORD ? *letters + 1 : 0;
	t->value[FEATURE_WORD_START] = *letters == 1;
	t->value[FEATURE_UPPER] = upper;
	t->ncapitals = upper ? t->ncapitals + 1 : class & CHAR_LOWER ? 0 : t->ncapitals;
	t->value[FEATURE_CAPITALS] = t->ncapitals >= 2;
}

/* The kind of the character by itself. */
static void
read_kind(struct text_features *t, uint32_t c, unsigned class, bool blank)
{
	uint32_t low = unicode_lower_char(c);

	t->value[FEATURE_BLANK] = blank && c != '\n';
	t->value[FEATURE_DIGIT] = (class & CHAR_DIGIT) != 0;
	t->value[FEATURE_VOWEL] = low > 0 && low < 0x80 && strchr("aeiou", (int)low) != NULL;
	t->value[FEATURE_PUNCTUATION] = !blank && !(class & CHAR_WORD);
}

static void
read_indentation(struct text_features *t, uint32_t c, bool blank)
{
	double *columns = &t->value[FEATURE_INDENTATION];

	if (!blank)
		t->value[FEATURE_INDENTING] = 0;
	else if (t->value[FEATURE_INDENTING] != 0)
		*columns += c == '\t' ? TAB_COLUMNS - (int)*columns % TAB_COLUMNS : 1;
}

static void
read_character(struct text_features *t, uint32_t c)
{
	unsigned class = unicode_class(c);
	bool blank = class & CHAR_SPACE;

	t->value[FEATURE_EMPTY_LINE] = 0;
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
text_features_line(struct text_features *t)
{
	read_character(t, '\n');
	t->line_over = true;
}

/* Updates the features that count tokens, not characters. */
static void
count_token(struct text_features *t, uint32_t first)
{
	t->value[FEATURE_TEXT_POSITION]++;
	t->value[FEATURE_SENTENCE_POSITION] = first == '.' || first == '!' || first == '?' ? 0 :
	    t->value[FEATURE_SENTENCE_POSITION] + 1;
	if (first != '\n')
		t->value[FEATURE_LINE_POSITION]++;
	t->value[FEATURE_LINE_START] = t->ends ? first == '\n' : t->line_over;
	t->line_over = false;
}

void
text_features_read(struct text_features *t, const char *p, size_t len, bool word)
{
	const char *end = p + len;
	double first[FEATURES];

	if (word && !t->line_over)
		read_character(t, ' ');
	for (const char *q = p; q < end; q += utf8_len((unsigned char)*q)) {
		read_character(t, utf8_at(q));
		if (q == p)
			memcpy(first, t->value, sizeof(first));
	}
	/* a word is of the kind of its first character */
	for (int i = FEATURE_UPPER; word && len > 0 && i <= FEATURE_PUNCTUATION; i++)
		if (i != FEATURE_CAPITALS)
			t->value[i] = first[i];
	if (len > 0)
		count_token(t, utf8_at(p));
}
