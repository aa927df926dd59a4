/*
 * model_config.h - the text of a model file's `config` array: key=value lines.
 */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <stddef.h>

#include "mem.h"
#include "model.h"

/*
 * Appends the config to out: the shape, the unit if the model has a vocabulary, and the
 * progress if it has any, in a fixed order.  NULL or an error message: a rate or loss is
 * not finite, or out of memory.
 */
const char *config_format(const struct model *m, struct buf *out);

/*
 * Parses the len bytes at p: sets shape, has_vocab, vocab.unit and vocab.rules, has_progress and
 * progress of m.  NULL or an error message, possibly in m->err, that names the key or the
 * line.
 */
const char *config_parse(struct model *m, const char *p, size_t len);

enum config_kind { CONFIG_NUMBER, CONFIG_TEXT, CONFIG_NONE };

/*
 * Calls put() with each key of m's config but the version, in their order, those that the
 * file omits included.  Real numbers have as many digits as tell them from all others; a
 * loss that is not known yet is CONFIG_NONE, and so is a list that is empty.
 */
void config_list(const struct model *m,
    void (*put)(void *arg, const char *key, enum config_kind kind, const char *value), void *arg);

#endif
