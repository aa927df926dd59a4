/*
 * signals.c - the handlers and what they note.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "signals.h"

enum { MS = 1000 };		/* a second signal after this many ms ends the program */

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
static const int reporting[] = {
	SIGUSR1,
#ifdef SIGINFO
	SIGINFO
#endif
};

static void (*cleanup)(void);
static volatile sig_atomic_t deferred, signalled, report;
static atomic_llong first;	/* time of the first signal in ms; 0: none */

static long long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

void
signals_die(int number)
{
	struct sigaction a;
	sigset_t set;

	memset(&a, 0, sizeof(a));
	a.sa_handler = SIG_DFL;
	sigaction(number, &a, NULL);
	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
}

static void
on_end(int number)
{
	long long none = 0, now = now_ms();
	bool is_first = deferred && atomic_compare_exchange_strong(&first, &none, now);

	if (is_first)
		signalled = number;
	if (is_first || (deferred && (number == SIGPIPE || now - none < MS)))
		return;
	if (cleanup)
		cleanup();
	signals_die(number);
}

static void
on_report(int number)
{
	(void)number;
	report = 1;
}

/* Shells start background jobs with SIGINT ignored, and nohup(1) ignores SIGHUP. */
static void
catch_one(int number, void (*handler)(int))
{
	struct sigaction a, old;

	memset(&a, 0, sizeof(a));
	a.sa_handler = handler;
	a.sa_flags = SA_RESTART;
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &a, NULL);
}

void
signals_catch(void (*at_end)(void))
{
	cleanup = at_end;
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		catch_one(ending[i], on_end);
	for (size_t i = 0; i < sizeof(reporting) / sizeof(reporting[0]); i++)
		catch_one(reporting[i], on_report);
}

void
signals_defer(void)
{
	deferred = 1;
}

int
signals_came(void)
{
	return signalled;
}

void
signals_note(int number)
{
	if (signalled == 0)
		signalled = number;
}

bool
signals_want_report(void)
{
	bool wanted = report != 0;

	report = 0;
	return wanted;
}
