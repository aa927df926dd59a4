/*
 * checkpoint.c - where a run's models go.
 */
#include <stdio.h>
#include <string.h>

#include "checkpoint.h"

void
checkpoint_set(struct checkpoint *p, const char *model)
{
	static const char end[] = ".npz";
	size_t n = strlen(model), less = sizeof(end) - 1;

	p->model = model;
	if (n > less && strcmp(model + n - less, end) == 0)
		n -= less;
	snprintf(p->best, sizeof(p->best), "%.*s.best.npz", (int)n, model);
}

/* One of the two, which is then what a phrase is about. */
static const char *
turn_to(struct checkpoint *p, bool best)
{
	return p->subject = best ? p->best : p->model;
}

bool
checkpoint_is_read(struct checkpoint *p, const struct prog_inputs *in, const char *text)
{
	for (int best = 0; best < 2; best++) {
		const char *path = turn_to(p, best);

		if (prog_reads(in, path) || prog_same_file(text, path))
			return true;
	}
	return false;
}

const char *
checkpoint_check(struct checkpoint *p, bool best)
{
	return npz_can_write(turn_to(p, best), &p->err);
}

const char *
checkpoint_save(struct checkpoint *p, struct model *m, bool best)
{
	const char *why = best ? model_save(m, turn_to(p, true)) : NULL;

	return why ? why : model_save(m, turn_to(p, false));
}

const char *
checkpoint_copy(struct checkpoint *p, const struct checkpoint *from, bool best)
{
	const char *was = best ? from->best : from->model, *path = turn_to(p, best);

	if (strcmp(path, was) == 0 || prog_same_file(path, was))
		return NULL;
	return npz_copy(path, was, &p->err);
}
