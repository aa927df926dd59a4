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

bool
places_are_read(struct places *p, const struct prog_inputs *in, const char *text)
{
	for (int best = 0; best < 2; best++) {
		p->subject = best ? p->best : p->model;
		if (prog_reads(in, p->subject) || prog_same_file(text, p->subject))
			return true;
	}
	return false;
}

const char *
places_check(struct places *p, bool best)
{
	p->subject = best ? p->best : p->model;
	return npz_can_write(p->subject, p->err, sizeof(p->err));
}

const char *
places_save(struct places *p, struct model *m, bool best)
{
	const char *why = NULL;

	if (best) {
		p->subject = p->best;
		why = model_save(m, p->best);
	}
	if (why == NULL) {
		p->subject = p->model;
		why = model_save(m, p->model);
	}
	return why;
}

const char *
places_copy(struct places *p, const struct places *from, bool best)
{
	const char *was = best ? from->best : from->model;

	p->subject = best ? p->best : p->model;
	if (strcmp(p->subject, was) == 0 || prog_same_file(p->subject, was))
		return NULL;
	return npz_copy(p->subject, was, p->err, sizeof(p->err));
}
