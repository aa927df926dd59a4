/*
 * transport.c - notices that the program is one of several, and loads the transport.
 *
 * Programs that start processes tell them their number in variables of the environment;
 * without the plugin each of them would believe to be alone and train over the others' model.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plugin.h"
#include "transport.h"

/* Names of variables with the number of processes and the rank: of OpenMPI, of PMI (MPICH,
 * Intel MPI, Slurm), and of MVAPICH; PMIx (Slurm) has none with the number. */
static const struct starter {
	const char *size, *rank;
} starters[] = {
	{ "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK" },
	{ "PMI_SIZE", "PMI_RANK" },
	{ "MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK" },
	{ NULL, "PMIX_RANK" }
};

static struct transport *connected;	/* until transport_close() */

typedef struct transport *opener(const char **why);

/* A number in the environment; -1: none. */
static long
number_of(const char *name)
{
	const char *text = name ? getenv(name) : NULL;

	return text ? strtol(text, NULL, 10) : -1;
}

/* Whether MPI has started the program, as one of *size processes (-1: not known). */
static bool
find_job(long *rank, long *size)
{
	for (size_t i = 0; i < sizeof(starters) / sizeof(starters[0]); i++) {
		*rank = number_of(starters[i].rank);
		*size = number_of(starters[i].size);
		if (*rank >= 0 && (*size > 1 || (*size < 0 && starters[i].size == NULL)))
			return true;
		if (*size == 1)
			return false;
	}
	return false;
}

/* At the end of a program that has not closed the connection: the others wait for it. */
static void
end_others(void)
{
	if (connected)
		connected->end_job(connected, EXIT_FAILURE);
}

/* An error that all ranks have.  Rank 0 reports it; the end of another would end it, so they
 * leave it the time. */
static const char *
report(const char *why, long rank, long size)
{
	static const struct timespec pause = { 0, 300 * 1000 * 1000 };
	static char text[PATH_MAX + 400];

	if (rank > 0) {
		nanosleep(&pause, NULL);
		return "";
	}
	if (size > 0)
		snprintf(text, sizeof(text), "MPI started it as one of %ld processes, and %s", size, why);
	else
		snprintf(text, sizeof(text), "MPI started it as one of several processes, and %s", why);
	return text;
}

const char *
transport_open(struct transport **t)
{
	long rank, size;
	const char *why = NULL;
	void *symbol;
	opener *open;

	*t = NULL;
	if (!find_job(&rank, &size))
		return NULL;
	symbol = plugin_symbol("mpi", "unroll_transport", TRANSPORT_VERSION, &why);
	if (symbol == NULL)
		return report(why, rank, size);
	memcpy(&open, &symbol, sizeof(open));	/* ISO C has no cast from void * to a function */
	if ((*t = open(&why)) == NULL)
		return report(why, rank, size);
	if (size > 0 && (*t)->size == 1) {
		transport_close(*t);
		return report("that is not the MPI of its plugin; start it with the "
		    "mpirun of the MPI that it was built with", rank, size);
	}
	connected = *t;
	atexit(end_others);
	return NULL;
}

void
transport_close(struct transport *t)
{
	connected = NULL;
	if (t)
		t->close(t);
}
