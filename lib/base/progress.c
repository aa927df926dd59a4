/*
 * progress.c - a line that is redrawn after a carriage return.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "prog.h"
#include "progress.h"

static const double interval = 0.2;	/* seconds between updates */

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void
progress_start(struct progress *p, uint64_t done)
{
	p->on = !prog_quiet && isatty(STDERR_FILENO);
	p->first = done;
	p->start = p->last = p->on ? seconds_now() : 0;
}

static void
print_left(double seconds)
{
	long s = (long)seconds;

	if (s >= 3600)
		fprintf(stderr, ", %ld:%02ld:%02ld left", s / 3600, s / 60 % 60, s % 60);
	else
		fprintf(stderr, ", %ld:%02ld left", s / 60, s % 60);
}

void
progress_show(struct progress *p, const char *label, uint64_t done, uint64_t total,
    const char *unit)
{
	double t, rate;

	if (!p->on)
		return;
	t = seconds_now();
	if (t - p->last < interval || t <= p->start)
		return;
	p->last = t;
	rate = (double)(done - p->first) / (t - p->start);
	fprintf(stderr, "\r%s: %s: %" PRIu64, prog_name, label, done);
	if (total)
		fprintf(stderr, " of %" PRIu64, total);
	fprintf(stderr, " %s, %.0f/s", unit, rate);
	if (total && rate > 0)
		print_left((double)(total - done) / rate);
	fputs("\033[K", stderr);
	fflush(stderr);
	prog_drawn = true;
}

void
progress_clear(struct progress *p)
{
	if (p->on && prog_drawn)
		fputs("\r\033[K", stderr);
	prog_drawn = false;
}
