/*
 * checkpoint.c - paths of a run's models, saving and copying.
 */
#include <stdio.h>
#include <string.h>

#include "checkpoint.h"

void
checkpoint_set(struct checkpoint *p, const char *model)
{
	static const char suffix[] = ".npz";
	size_t n = strlen(model), len = sizeof(suffix) - 1;

	p->model = model;
	if (n > len && strcmp(model + n - len, suffix) == 0)
		n -= len;
	snprintf(p->best, sizeof(p->best), "%.*s.best.npz", (int)n, model);
}

/* Makes one of the paths the subject, and returns it. */
static const char *
set_subject(struct checkpoint *p, bool best)
{
	return p->subject = best ? p->best : p->model;
}

bool
checkpoint_is_read(struct checkpoint *p, const struct prog_inputs *in, const char *text)
{
	for (int best = 0; best < 2; best++) {
		const char *path = set_subject(p, best);

		if (prog_reads(in, path) || prog_same_file(text, path))
			return true;
	}
	return false;
}

const char *
checkpoint_check(struct checkpoint *p, bool best)
{
	return npz_can_write(set_subject(p, best), &p->err);
}

const char *
checkpoint_save(struct checkpoint *p, struct model *m, bool best)
{
	const char *why = best ? model_save(m, set_subject(p, true)) : NULL;

	return why ? why : model_save(m, set_subject(p, false));
}

const char *
checkpoint_copy(struct checkpoint *p, const struct checkpoint *from, bool best)
{
	const char *source = best ? from->best : from->model, *path = set_subject(p, best);

	if (strcmp(path, source) == 0 || prog_same_file(path, source))
		return NULL;
	return npz_copy(path, source, &p->err);
}
