/*
 * signals.c - the two signals and their flag.
 */
#include <signal.h>
#include <string.h>

#include "signals.h"

static volatile sig_atomic_t signalled;

static void
on_signal(int number)
{
	signalled = number;
}

/* Shells start background jobs with SIGINT ignored. */
static void
catch_one(int number)
{
	struct sigaction a, old;

	memset(&a, 0, sizeof(a));
	a.sa_handler = on_signal;
	a.sa_flags = (int)SA_RESETHAND | SA_RESTART;	/* the second one kills */
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &a, NULL);
}

void
signals_catch(void)
{
	catch_one(SIGINT);
	catch_one(SIGTERM);
}

bool
signals_came(void)
{
	return signalled != 0;
}
