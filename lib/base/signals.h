/*
 * signals.h - lets long work end in order when it is told to end, and asks it for a report.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGPIPE end the work; SIGUSR1 and, where it exists, SIGINFO
 * ask for a report.  A signal that was ignored at the start stays ignored.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/* Installs the handlers.  Until signals_defer() the first group ends the program as by
 * default, after at_end(), which must be safe in a signal handler. */
void signals_catch(void (*at_end)(void));

/* From now on a signal is only noted, so that the work can be saved.  A second one ends the
 * program at once, after at_end(), if it arrives a second or more after the first: some
 * senders, such as timeout(1), send two in a row.  A second SIGPIPE is ignored. */
void signals_defer(void);

/* The first signal noted; 0: none. */
int signals_came(void);

/* As if this signal had come to this process, too: another one that works with it is ending. */
void signals_note(int number);

/* Whether a report was asked for since the last call. */
bool signals_want_report(void);

/* Ends the program by this signal, so that a shell sees it and stops its loop, too. */
void signals_die(int number);

#endif
