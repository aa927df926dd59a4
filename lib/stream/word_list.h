/*
 * word_list.h - a plain list of words, one on each line.
 */
#ifndef WORD_LIST_H
#define WORD_LIST_H

#include "vocab.h"

/*
 * Adds the words of f, which remains the caller's, to v, with counts of 0, in their order.
 * A word that is there already and the markers, which every table has, are passed over.
 * Lines may end in CRLF.  NULL, or an error message with the line, valid until v is freed: a
 * line is empty or has more than a word, or the file is something else.
 */
const char *word_list_read(struct vocab *v, FILE *f);

/* Makes a table in v, zeroed but for unit and rules, of the words: with the markers of the
 * unit and UNKNOWN_TOKEN.  NULL or an error message. */
const char *word_list_table(struct vocab *v, const struct vocab *words);

#endif
