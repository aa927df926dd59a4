/*
 * paragraphs.h - joins the lines of a paragraph, as a book has them.
 */
#ifndef PARAGRAPHS_H
#define PARAGRAPHS_H

#include <stdint.h>

#include "mem.h"

/* Start from a zeroed struct. */
struct paragraph {
	struct buf text;	/* the lines so far */
	uint64_t first;		/* number of the first of them */
	bool keep_hyphens;	/* the caller's to set: a hyphen at a line end stays */
};

/*
 * Whether a line has nothing but white space, which ends a paragraph.
 */
bool paragraph_ends_at(const char *line, size_t len);

/*
 * Adds a line, without the white space at its ends, and a space between lines.  After a
 * hyphen that follows a letter there is no space, and the hyphen
 *
 *	goes, if the letter and what the next line begins with are lower-case
 *	letters (inter-/national: a word that was divided), unless keep_hyphens is set;
 *	stays otherwise (Jean-/Paul, A-/level).
 *
 * A soft hyphen (U+00AD) at the end of a line always goes.  Any other dash is text like
 * any other.  False: out of memory.
 */
bool paragraph_add(struct paragraph *p, const char *line, size_t len, uint64_t number);

/* Begins the next one. */
void paragraph_clear(struct paragraph *p);

#endif
