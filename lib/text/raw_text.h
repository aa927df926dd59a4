/*
 * raw_text.h - the tokens of a text in memory, as tok makes them.
 */
#ifndef RAW_TEXT_H
#define RAW_TEXT_H

#include "tokenize.h"

/*
 * Appends the lines of tokens of a text to out, as the rules say.  Sentences are found
 * with the built-in table.  NULL or an error message.
 */
const char *raw_text_tokens(struct buf *out, const char *text, size_t len,
    const struct token_rules *rules);

#endif
