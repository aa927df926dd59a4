/*
 * sentence_marks.h - ends of sentences that Punkt, which knows . ? and ! only, does not
 * find: the marks of other scripts, and typographic quotes after a mark.
 */
#ifndef SENTENCE_MARKS_H
#define SENTENCE_MARKS_H

#include <stddef.h>

/* The length of the part of a clean text up to the first such end, with the marks and
 * closing quotes there; len if there is none. */
size_t sentence_marks_next(const char *text, size_t len);

/* The bytes of marks and closing quotes at the end of a part, which belong to its last
 * sentence; Punkt would take the last of several for a sentence. */
size_t sentence_marks_tail(const char *text, size_t len);

#endif
