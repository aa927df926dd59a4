/*
 * signals.h - SIGINT and SIGTERM set a flag, so that long work can save its state
 * and stop.  A second signal kills.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/* Installs the handlers; a signal that was ignored at the start stays ignored. */
void signals_catch(void);

bool signals_came(void);

#endif
