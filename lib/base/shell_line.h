/*
 * shell_line.h - a command line for a person to paste into a shell.
 */
#ifndef SHELL_LINE_H
#define SHELL_LINE_H

#include "errmsg.h"

/* Appends the word, quoted where a shell would not take it literally, after a space unless
 * it is the first.  Start from a zeroed line. */
void shell_line_add(struct errmsg *line, const char *word);

/* Appends operands: likewise, after "--" where one of them would be taken for an option. */
void shell_line_add_operands(struct errmsg *line, int argc, char *const argv[]);

#endif
