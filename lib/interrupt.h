/*
 * interrupt.h - SIGINT and SIGTERM as a flag that long work looks at, so that it
 * can save what it has.  A second one kills.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* From now on; a signal that whoever started us wants ignored stays so. */
void interrupt_catch(void);

bool interrupt_came(void);

#endif
