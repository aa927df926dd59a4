/*
 * model_config.h - the text in a model file's `config` array: key=value lines.
 */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <stddef.h>

#include "mem.h"
#include "model.h"

/*
 * Writes shape, the unit where there is a vocabulary, and progress where there
 * is some, in the fixed order.  NULL or a phrase: a number that the text cannot
 * hold, out of memory.
 */
const char *config_format(const struct model *m, struct buf *out);

/*
 * The reverse: sets shape, has_vocab and vocab.unit, has_progress and progress
 * of m.  NULL or a phrase (in m->err) that names the key or the line.
 */
const char *config_parse(struct model *m, const char *p, size_t len);

#endif
