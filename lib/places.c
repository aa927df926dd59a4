/*
 * places.c - where a run's models go.
 */
#include <stdio.h>
#include <string.h>

#include "places.h"

void
places_set(struct places *p, const char *model)
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
turn_to(struct places *p, bool best)
{
	return p->subject = best ? p->best : p->model;
}

bool
places_are_read(struct places *p, const struct prog_inputs *in, const char *text)
{
	for (int best = 0; best < 2; best++) {
		const char *path = turn_to(p, best);

		if (prog_reads(in, path) || prog_same_file(text, path))
			return true;
	}
	return false;
}

const char *
places_check(struct places *p, bool best)
{
	return npz_can_write(turn_to(p, best), p->err, sizeof(p->err));
}

const char *
places_save(struct places *p, struct model *m, bool best)
{
	const char *why = best ? model_save(m, turn_to(p, true)) : NULL;

	return why ? why : model_save(m, turn_to(p, false));
}

const char *
places_copy(struct places *p, const struct places *from, bool best)
{
	const char *was = best ? from->best : from->model, *path = turn_to(p, best);

	if (strcmp(path, was) == 0 || prog_same_file(path, was))
		return NULL;
	return npz_copy(path, was, p->err, sizeof(p->err));
}
