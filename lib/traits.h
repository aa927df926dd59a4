/*
 * traits.h - what can be named about a place in a text: whether it is inside
 * quotes, how far it is into its line, ...
 *
 * Each trait is a number that follows from the text up to the token, that token
 * included, and from nothing after it: a network that reads the text could know
 * it as well.  Yes and no are 1 and 0.
 */
#ifndef TRAITS_H
#define TRAITS_H

#include <stdbool.h>
#include <stddef.h>

enum trait {
	TRAIT_TEXT_POSITION,	/* tokens read since the text began */
	TRAIT_LINE_POSITION,	/* tokens since the line, or the sentence, began */
	TRAIT_LINE_START,	/* an end of line; where those are no tokens, what comes first */
	TRAIT_EMPTY_LINE,	/* an end of line right after another */
	TRAIT_PARAGRAPH_LINES,	/* lines since the latest empty one */
	TRAIT_INDENTATION,	/* columns of blanks that the line began with, so far */
	TRAIT_INDENTING,	/* the line has only had blanks */
	TRAIT_BLANK,		/* a space or a tab */
	TRAIT_WORD_POSITION,	/* letters and digits in a row, this one included */
	TRAIT_WORD_START,	/* the first of them */
	TRAIT_UPPER,		/* a capital, or a word that begins with one */
	TRAIT_CAPITALS,		/* the latest two letters of the line or more are capitals */
	TRAIT_DIGIT,		/* a digit, or a word that begins with one */
	TRAIT_VOWEL,		/* a e i o u, with or without capitals */
	TRAIT_PUNCTUATION,	/* neither letter, digit nor white space */
	TRAIT_SENTENCE_POSITION,/* tokens since . ! or ? */
	TRAIT_QUOTES,		/* inside double quotes */
	TRAIT_BRACKETS,		/* inside ( [ or { */
	TRAIT_DEPTH,		/* how many of them are open */
	TRAIT_TAG,		/* inside < > */
	TRAIT_COMMENT,		/* inside a comment as in C */
	TRAIT_URL,		/* inside an address of the web */
	TRAITS
};

extern const char *const trait_name[TRAITS];

enum { TRAITS_OPEN = 64 };	/* brackets told apart at most */

struct traits {
	double value[TRAITS];	/* after the latest token */

	/* What the next ones depend on; traits_begin() sets it. */
	char open[TRAITS_OPEN];	/* brackets that are open */
	int nopen;
	char before, before2;	/* the latest two bytes */
	char head[8];		/* how the word between blanks begins, in small letters */
	size_t nhead;
	int ncapitals;		/* the latest letters of the line that were capitals */
	bool line_comment, block_comment;
	bool ends;		/* of line are tokens */
	bool line_over;		/* by traits_line(), or nothing has been read */
};

/* Forgets all: a text begins, in which ends of line are tokens or not. */
void traits_begin(struct traits *t, bool ends);

/* A line that no token ends is over; a sentence is one. */
void traits_line(struct traits *t);

/* Reads a token, clean UTF-8 as it stands in the text: a character, or a word (then
 * a blank is thought before it, unless it begins its line). */
void traits_read(struct traits *t, const char *p, size_t len, bool word);

#endif
