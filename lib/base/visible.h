/*
 * visible.h - text for a person's terminal: control characters, which could move the
 * cursor or worse, are shown by symbols.
 *
 * C0 controls and DEL become their control pictures (U+2400 to U+2421), C1 controls
 * and bytes of malformed UTF-8 become U+FFFD.
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <stdint.h>
#include <stdio.h>

/* The character that shows c: its symbol, or c itself. */
uint32_t visible_char(uint32_t c);

/* Copies len bytes as they may be shown, in one line: newline and tab are pictures,
 * too.  Writes at most cap bytes, terminated, "..." at the end where the text was cut,
 * which splits no character.  Returns out; cap is at least 8. */
const char *visible_copy(char *out, size_t cap, const char *p, size_t len);

/* If f is a terminal, visible_put() to it shows symbols from now on. */
void visible_on(FILE *f);

/*
 * Writes len bytes: as they are, or, to the terminal of visible_on(), as they may be
 * shown; newline and tab stay.  A text may come in pieces that split characters.
 * Write errors are left in ferror(f).
 */
void visible_put(const char *p, size_t len, FILE *f);

#endif
