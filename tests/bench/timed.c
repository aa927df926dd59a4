/*
 * timed - runs a command and appends a line to a file: seconds by the clock, the most
 * memory that it held, in KiB, and seconds of processors
 *
 *	timed FILE COMMAND [ARGUMENT ...]
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stopwatch.h"

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static int
fail(const char *what)
{
	perror(what);
	return 1;
}

int
main(int argc, char *argv[])
{
	double start = now();
	struct rusage used;
	int status;
	pid_t child;
	FILE *f;

	if (argc < 3) {
		fprintf(stderr, "usage: timed file command [argument ...]\n");
		return 2;
	}
	child = fork();
	if (child == -1)
		return fail("fork");
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(fail(argv[2]));
	}
	if (waitpid(child, &status, 0) != child)
		return fail("waitpid");
	getrusage(RUSAGE_CHILDREN, &used);
	f = fopen(argv[1], "a");
	if (f == NULL)
		return fail(argv[1]);
	fprintf(f, "%.3f %ld %.3f\n", now() - start, used.ru_maxrss,
	    seconds(&used.ru_utime) + seconds(&used.ru_stime));
	if (fclose(f) != 0)
		return fail(argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
