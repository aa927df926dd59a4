/*
 * vocab.h - the vocabulary table: row i is word i and how often it was seen.
 *
 * unit=sentence: row 0 is SENTENCE_START, row 1 SENTENCE_END, then words by
 * falling count (ties by first appearance), the last row UNKNOWN_TOKEN.
 * unit=stream: neither START nor END, and UNKNOWN_TOKEN (last) only where
 * something fell outside the table.  A word is any bytes but space, tab and
 * newline (NUL included), so words carry a length.
 */
#ifndef VOCAB_H
#define VOCAB_H

#include <stdint.h>
#include <stdio.h>

#include "errmsg.h"
#include "reader.h"
#include "mem.h"

#define VOCAB_START   "SENTENCE_START"
#define VOCAB_END     "SENTENCE_END"
#define VOCAB_UNKNOWN "UNKNOWN_TOKEN"

enum { VOCAB_MAX = 1 << 24 };	/* rows in a table at most */

enum unit { UNIT_SENTENCE, UNIT_STREAM };

struct vocab_row {
	size_t word;		/* where it starts in text */
	uint32_t len;		/* its bytes */
	uint64_t count;
	uint64_t first;		/* place of its first token, or VOCAB_NO_FIRST */
};
#define VOCAB_NO_FIRST UINT64_MAX

struct vocab {
	enum unit unit;
	uint32_t size;		/* rows */
	struct vocab_row *row;
	size_t cap;
	struct buf text;	/* the words, one after another */
	struct vocab_slot {	/* the hash table */
		uint32_t row;	/* row + 1, or 0 */
		uint32_t tag;	/* half of the word's hash */
	} *slot;
	size_t nslot;		/* a power of two, or 0 */
	bool places;		/* every row says where its word came first */
	int64_t unknown;	/* the row of UNKNOWN_TOKEN, or -1 */
	struct errmsg err;
};

/* The words of START and END rows in unit=sentence. */
enum { VOCAB_START_ROW = 0, VOCAB_END_ROW = 1 };

/*
 * Readers start from a zeroed struct and give NULL, or a phrase that says what
 * is wrong and where ("row 17: ..."), good until the struct is freed.
 */

/* Reads rows until an empty line, or (in a .tsv) the end of the file; *ended
 * tells which: true for the empty line.  The unit is row 0's.  A third column
 * (first) is kept where it is there; "-" in it is VOCAB_NO_FIRST.  f is read
 * ahead: what follows the empty line is lost to the caller. */
const char *vocab_read(struct vocab *v, FILE *f, bool *ended);

/* The same out of an open reader, max rows at most. */
const char *vocab_read_rows(struct vocab *v, struct reader *in, uint32_t max, bool *ended);

/* The same from len bytes in memory, as a model file holds them. */
const char *vocab_parse(struct vocab *v, const char *p, size_t len);

/* Appends a row; NULL, or "out of memory" / "row N: '...' stands twice".
 * Row 0 sets the unit, UNKNOWN_TOKEN sets unknown. */
const char *vocab_add(struct vocab *v, const char *word, size_t len, uint64_t count,
    uint64_t first);

/* Writes word TAB count rows, without the empty line.  Errors stay in ferror(). */
void vocab_write(const struct vocab *v, FILE *f);

/* The same with a third column, first. */
void vocab_write_places(const struct vocab *v, FILE *f);

/* The same bytes into a buffer; false when out of memory. */
bool vocab_format(const struct vocab *v, struct buf *out);

/* CRC-32 of the bytes that vocab_write() writes: the table's name in streams. */
uint32_t vocab_crc(const struct vocab *v);

/* The row of a word, or -1. */
int64_t vocab_find(const struct vocab *v, const char *word, size_t len);

/* The bytes of row i and, in *len, their number. */
const char *vocab_word(const struct vocab *v, uint32_t i, size_t *len);

const char *vocab_unit_name(enum unit u);	/* "sentence", "stream" */

void vocab_free(struct vocab *v);

#endif
