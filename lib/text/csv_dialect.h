/*
 * csv_dialect.h - what separates, quotes and escapes the fields of a CSV file.
 */
#ifndef CSV_DIALECT_H
#define CSV_DIALECT_H

#include "errmsg.h"
#include "reader.h"

/* A zeroed struct is the default: commas, double quotes, nothing that escapes. */
struct csv_dialect {
	char delimiter;		/* 0: the comma */
	bool any_delimiter;	/* the header shows the delimiter */
	char quote;		/* 0: the double quote */
	bool no_quote;		/* no character opens a quoted field */
	char escape;		/* takes the next character literally; 0: none */
	const char *encoding;	/* of a file without a byte order mark; NULL: UTF-8 */
};

/* Sets the characters from the words of options: one ASCII character that is no letter, digit or blank,
 * "tab", or what else the option allows; NULL: the default.  NULL, or an error message in
 * err that begins with the option. */
const char *csv_dialect_parse(struct csv_dialect *d, const char *delimiter, const char *quote,
    const char *escape, struct errmsg *err);

/* The delimiter that occurs most often in the first record, outside quotes: a comma, a
 * semicolon, a tab or a bar, the first of these where several are as frequent.  If the first
 * line is one such as `sep=;`, which Excel reads, it states the delimiter, and is skipped.
 * NULL or a read error. */
const char *csv_dialect_guess(const struct csv_dialect *d, struct reader *in, char *delimiter,
    bool *stated);

/* That one of them, other than the delimiter, that a field contains; 0: none. */
char csv_dialect_other(const char *field, size_t len, char delimiter);

/* What to write after --delimiter for it. */
const char *csv_dialect_word(char delimiter);

#endif
