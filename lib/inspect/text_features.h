/*
 * text_features.h - features of a position in a text that have a name: whether it is
 * inside quotes, how far into its line, and so on.
 *
 * Each feature is a number that follows from the text up to and including the token and
 * from nothing after it, so a network that reads the text could know it.  Yes and no are
 * 1 and 0.
 */
#ifndef TEXT_FEATURES_H
#define TEXT_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

enum text_feature {
	FEATURE_TEXT_POSITION,	/* tokens since the text began */
	FEATURE_LINE_POSITION,	/* tokens since the line, or the sentence, began */
	FEATURE_LINE_START,	/* a line end; if those are no tokens, the first in a line */
	FEATURE_EMPTY_LINE,	/* a line end right after another */
	FEATURE_PARAGRAPH_LINES,/* lines since the last empty one */
	FEATURE_INDENTATION,	/* columns of blanks at the start of the line, so far */
	FEATURE_INDENTING,	/* only blanks in the line so far */
	FEATURE_BLANK,		/* a space or a tab */
	FEATURE_WORD_POSITION,	/* letters and digits in a row, including this one */
	FEATURE_WORD_START,	/* the first of them */
	FEATURE_UPPER,		/* a capital, or a word that begins with one */
	FEATURE_CAPITALS,	/* the last two or more letters of the line are capitals */
	FEATURE_DIGIT,		/* a digit, or a word that begins with one */
	FEATURE_VOWEL,		/* a e i o u, in either case */
	FEATURE_PUNCTUATION,	/* neither letter, digit nor white space */
	FEATURE_SENTENCE_POSITION,/* tokens since . ! or ? */
	FEATURE_QUOTES,		/* inside double quotes */
	FEATURE_BRACKETS,	/* inside ( [ or { */
	FEATURE_DEPTH,		/* number of open brackets */
	FEATURE_TAG,		/* inside < > */
	FEATURE_COMMENT,		/* inside a C comment */
	FEATURE_URL,		/* inside a URL */
	FEATURES
};

extern const char *const feature_names[FEATURES];

enum { FEATURES_OPEN = 64 };	/* open brackets remembered */

struct text_features {
	double value[FEATURES];	/* at the last token */

	/* private */
	char open[FEATURES_OPEN];	/* brackets that are open */
	int nopen;
	char before, before2;	/* the last two bytes */
	char head[8];		/* start of the current word, in lower case */
	size_t nhead;
	int ncapitals;		/* capitals at the end of the line so far */
	bool line_comment, block_comment;
	bool ends;		/* line ends are tokens */
	bool line_over;		/* after text_features_line() or text_features_begin() */
};

/* Starts a text; `ends` says whether its line ends are tokens. */
void text_features_begin(struct text_features *t, bool ends);

/* Ends a line that no token ends, such as a sentence. */
void text_features_line(struct text_features *t);

/* Reads a token of clean UTF-8: a character, or a word, for which a preceding blank is
 * assumed unless it begins its line. */
void text_features_read(struct text_features *t, const char *p, size_t len, bool word);

#endif
