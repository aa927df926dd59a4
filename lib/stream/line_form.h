/*
 * line_form.h - what lines of a token stream have besides the tokens of a sentence, as the
 * value of lines= in headers: "empty", "ids", or "empty,ids".
 *
 * A zeroed struct is the form of streams whose header does not have it.
 */
#ifndef LINE_FORM_H
#define LINE_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct line_form {
	bool empty;		/* a sentence may be empty: its line has no tokens */
	bool ids;		/* an id and a tab precede the tokens of each line */
};

/* Bytes of any header field, with its NUL; and of an id. */
enum { LINE_FORM_FIELD = 24, LINE_ID_MAX = 1 << 16 };

/* Parses len bytes; false for anything but a value as above. */
bool line_form_parse(struct line_form *form, const char *p, size_t len);

/* The header field with the space before it, or "" where there is nothing to state. */
const char *line_form_field(const struct line_form *form, char out[LINE_FORM_FIELD]);

#endif
