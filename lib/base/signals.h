/*
 * signals.h - SIGINT and SIGTERM as a flag that long work looks at, so that it
 * can save what it has.  A second one kills.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/* From now on; a signal that whoever started us wants ignored stays so. */
void signals_catch(void);

bool signals_came(void);

#endif
