/*
 * progress [--progress WHEN] SECONDS: shows the progress of work of so many seconds, of
 * which a step is done in each half second, by a clock of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "prog.h"
#include "progress.h"

static long half_seconds;

/* Takes the place of the C library's. */
int
clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	t->tv_sec = half_seconds / 2;
	t->tv_nsec = half_seconds % 2 * 500000000;
	return 0;
}

static const struct opt options[] = { PROGRESS_OPTION, { 0 } };
static const struct command command = {
	.summary = "show progress", .operands = "seconds", .table = options,
	.example = "progress 9"
};

int
main(int argc, char *argv[])
{
	struct progress p;
	long n;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	n = argc - i == 1 ? 2 * strtol(argv[i], NULL, 10) : 0;
	/* as in training, where the count begins anew after every evaluation */
	for (; half_seconds < n; half_seconds++) {
		if (half_seconds % 30 == 0)
			progress_start(&p, (uint64_t)half_seconds);
		progress_show(&p, "training", (uint64_t)half_seconds, (uint64_t)n, "sentences");
	}
	progress_clear(&p);
	return prog_finish();
}
