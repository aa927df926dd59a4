/*
 * text_features.h - what can be named about a place in a text: whether it is inside
 * quotes, how far it is into its line, ...
 *
 * Each trait is a number that follows from the text up to the token, that token
 * included, and from nothing after it: a network that reads the text could know
 * it as well.  Yes and no are 1 and 0.
 */
#ifndef TEXT_FEATURES_H
#define TEXT_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

enum text_feature {
	FEATURE_TEXT_POSITION,	/* tokens read since the text began */
	FEATURE_LINE_POSITION,	/* tokens since the line, or the sentence, began */
	FEATURE_LINE_START,	/* an end of line; where those are no tokens, what comes first */
	FEATURE_EMPTY_LINE,	/* an end of line right after another */
	FEATURE_PARAGRAPH_LINES,	/* lines since the latest empty one */
	FEATURE_INDENTATION,	/* columns of blanks that the line began with, so far */
	FEATURE_INDENTING,	/* the line has only had blanks */
	FEATURE_BLANK,		/* a space or a tab */
	FEATURE_WORD_POSITION,	/* letters and digits in a row, this one included */
	FEATURE_WORD_START,	/* the first of them */
	FEATURE_UPPER,		/* a capital, or a word that begins with one */
	FEATURE_CAPITALS,		/* the latest two letters of the line or more are capitals */
	FEATURE_DIGIT,		/* a digit, or a word that begins with one */
	FEATURE_VOWEL,		/* a e i o u, with or without capitals */
	FEATURE_PUNCTUATION,	/* neither letter, digit nor white space */
	FEATURE_SENTENCE_POSITION,/* tokens since . ! or ? */
	FEATURE_QUOTES,		/* inside double quotes */
	FEATURE_BRACKETS,		/* inside ( [ or { */
	FEATURE_DEPTH,		/* how many of them are open */
	FEATURE_TAG,		/* inside < > */
	FEATURE_COMMENT,		/* inside a comment as in C */
	FEATURE_URL,		/* inside an address of the web */
	TRAITS
};

extern const char *const feature_names[TRAITS];

enum { FEATURES_OPEN = 64 };	/* brackets told apart at most */

struct text_features {
	double value[TRAITS];	/* after the latest token */

	/* What the next ones depend on; text_features_begin() sets it. */
	char open[FEATURES_OPEN];	/* brackets that are open */
	int nopen;
	char before, before2;	/* the latest two bytes */
	char head[8];		/* how the word between blanks begins, in small letters */
	size_t nhead;
	int ncapitals;		/* the latest letters of the line that were capitals */
	bool line_comment, block_comment;
	bool ends;		/* of line are tokens */
	bool line_over;		/* by text_features_line(), or nothing has been read */
};

/* Forgets all: a text begins, in which ends of line are tokens or not. */
void text_features_begin(struct text_features *t, bool ends);

/* A line that no token ends is over; a sentence is one. */
void text_features_line(struct text_features *t);

/* Reads a token, clean UTF-8 as it stands in the text: a character, or a word (then
 * a blank is thought before it, unless it begins its line). */
void text_features_read(struct text_features *t, const char *p, size_t len, bool word);

#endif
