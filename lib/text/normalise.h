/*
 * normalise.h - Unicode's normal forms NFC and NFKC, as far as the version of utf8proc
 * knows characters.
 */
#ifndef NORMALISE_H
#define NORMALISE_H

#include "mem.h"
#include "token_rules.h"

/* Whether clean text is in this form already, as far as a quick look tells: false is also
 * the answer for some texts that are. */
bool normalise_is_done(const char *p, size_t len, enum normal_form form);

/* Replaces out by clean text in this form; `work` is memory for its characters.  False: out
 * of memory. */
bool normalise(struct buf *out, struct buf *work, const char *p, size_t len,
    enum normal_form form);

#endif
