/*
 * vocab.h - the vocabulary table: row i is word i and its count.
 *
 * unit=sentence: row 0 is SENTENCE_START, row 1 SENTENCE_END, then words by
 * falling count (ties by first occurrence), the last row UNKNOWN_TOKEN.
 * unit=stream: neither START nor END, and UNKNOWN_TOKEN (last) only if some tokens
 * are out of vocabulary.  The unit is stated where the table is, never guessed from it.  A word may contain any byte except space, tab and
 * newline, including NUL, so it has a length.
 */
#ifndef VOCAB_H
#define VOCAB_H

#include <stdint.h>
#include <stdio.h>

#include "errmsg.h"
#include "hash.h"
#include "mem.h"
#include "reader.h"
#include "token_rules.h"

#define VOCAB_START   "SENTENCE_START"
#define VOCAB_END     "SENTENCE_END"
#define VOCAB_UNKNOWN "UNKNOWN_TOKEN"

enum { VOCAB_MAX = 1 << 24 };	/* rows of a table */

enum unit { UNIT_SENTENCE, UNIT_STREAM };

struct vocab_row {
	size_t word;		/* its offset in text */
	uint32_t len;		/* its bytes */
	uint64_t count;
	uint64_t first;		/* position of its first token, or VOCAB_NO_FIRST */
};
#define VOCAB_NO_FIRST UINT64_MAX

struct vocab {
	enum unit unit;
	struct token_rules rules;	/* how its words were cut from the text */
	bool assumed;		/* unit is what a table file without header has */
	uint32_t size;		/* rows */
	struct vocab_row *row;
	size_t cap;
	struct buf text;	/* the words, one after another */
	struct vocab_slot {	/* the hash table */
		uint32_t row;	/* row + 1, or 0 */
		uint32_t tag;	/* upper half of the word's hash */
	} *slot;
	size_t nslot;		/* a power of two, or 0 */
	struct hash_key key;
	bool places;		/* rows have a third column, the first position */
	int64_t unknown;	/* the row of UNKNOWN_TOKEN, or -1 */
	struct errmsg err;
};

/* The words of START and END rows in unit=sentence. */
enum { VOCAB_START_ROW = 0, VOCAB_END_ROW = 1 };

/*
 * Readers start from a zeroed struct and return NULL, or an error message with the
 * position ("row 17: ..."), valid until the struct is freed.
 */

/* Reads at most max rows up to an empty line (*ended is then true) or the end of the
 * input, and checks that they are of v->unit and v->rules, which are set before.  A third
 * column (first) is kept if it exists; "-" there is VOCAB_NO_FIRST. */
const char *vocab_read_rows(struct vocab *v, struct reader *in, uint32_t max, bool *ended);

/* The same from len bytes in memory, as in a model file. */
const char *vocab_parse(struct vocab *v, const char *p, size_t len);

/* Appends a row; NULL, or "out of memory" / "row N: '...' appears twice".
 * UNKNOWN_TOKEN sets unknown. */
const char *vocab_add(struct vocab *v, const char *word, size_t len, uint64_t count,
    uint64_t first);

/* Writes the rows, word TAB count, without the empty line.  Write errors are left in
 * ferror(f). */
void vocab_write(const struct vocab *v, FILE *f);

/* The same with a third column, first. */
void vocab_write_places(const struct vocab *v, FILE *f);

/* The same bytes into a buffer; false when out of memory. */
bool vocab_format(const struct vocab *v, struct buf *out);

/* CRC-32 of the bytes that vocab_write() writes: it identifies the table in streams. */
uint32_t vocab_crc(const struct vocab *v);

/* The CRC-32 of these bytes after others, whose CRC-32 is `before`. */
uint32_t vocab_crc_on(const struct vocab *v, uint32_t before);

/* Whether a token is spelled like this marker; and whether like any of the three. */
bool vocab_spells(const char *word, size_t len, const char *marker);
bool vocab_is_marker(const char *word, size_t len);

/* The row of a word, or -1. */
int64_t vocab_find(const struct vocab *v, const char *word, size_t len);

/* The word of row i, not terminated, and its length. */
const char *vocab_word(const struct vocab *v, uint32_t i, size_t *len);

const char *vocab_unit_name(enum unit u);	/* "sentence", "stream" */

void vocab_free(struct vocab *v);

#endif
