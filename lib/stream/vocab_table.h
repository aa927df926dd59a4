/*
 * vocab_table.h - table files: the rows of a vocabulary alone.  Specified in
 * vocab-stream(5).
 *
 * A first line "#table 1 unit=... rules=..." states the unit and the token rules.  It is
 * written only where one of them is not the default, sentences of words, and these are
 * what a table without that line must be.
 */
#ifndef VOCAB_TABLE_H
#define VOCAB_TABLE_H

#include "vocab.h"

/* What the command line states about tables or streams that do not state it
 * themselves; those that do must agree with it. */
struct vocab_stated {
	bool has_unit, has_rules;
	enum unit unit;
	struct token_rules rules;
};

/* Reads a table of at most max rows, up to the end of the input, into a zeroed struct.
 * NULL or an error message, valid until the struct is freed: a marker is not in its
 * place, or a line contradicts `stated` (NULL: nothing is). */
const char *vocab_table_read(struct vocab *v, struct reader *in, uint32_t max,
    const struct vocab_stated *stated);

/* The same from len bytes in memory, with nothing stated. */
const char *vocab_table_parse(struct vocab *v, const char *p, size_t len);

/* Whether the rules that a header has, or has not (stated = false), agree with the command
 * line; where it has none, *rules becomes that of the command line.  NULL, or an error
 * message in err. */
const char *vocab_stated_rules(const struct vocab_stated *s, bool in_header,
    struct token_rules *rules, struct errmsg *err);

/* The words of an option --unit, by their place in enum unit. */
#define UNIT_NAMES "sentence|stream"

/* Sets what the options --unit (-1: not given) and --rules (NULL: not given) state; NULL, or
 * an error message about --rules in err. */
const char *vocab_state(struct vocab_stated *s, int unit, const char *rules,
    struct errmsg *err);

/* Writes the line, where one is due, and the rows; with v->places, the third column. Write
 * errors are left in ferror(f). */
void vocab_table_write(const struct vocab *v, FILE *f);

#endif
