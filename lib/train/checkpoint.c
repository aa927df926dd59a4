/*
 * checkpoint.c - paths of a run's models, saving and copying.
 */
#include <stdio.h>
#include <string.h>

#include "checkpoint.h"
#include "lock_file.h"

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
checkpoint_refuse(struct checkpoint *p, bool best, bool named)
{
	char head[2];
	const char *path = set_subject(p, best);
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(head, 1, sizeof(head), f) : 0;

	if (f)
		fclose(f);
	if (n == 0)
		return NULL;
	if (!named)
		return errmsg_set(&p->err, "%s: exists already; choose another file with -o, resume "
		    "its training with -R, or replace it with --force", path);
	if (n < sizeof(head) || memcmp(head, "PK", n) != 0)
		return errmsg_set(&p->err, "%s: exists and is not a model; choose another file, or "
		    "replace it with --force", path);
	p->replaces = true;
	return NULL;
}

const char *
checkpoint_claim(struct checkpoint *p, bool best)
{
	const char *path = set_subject(p, best), *why = npz_can_write(path, &p->err);

	if (why == NULL)
		why = lock_file_take(path, &p->err);
	return why ? errmsg_set(&p->err, "%s: %s", path, why) : NULL;
}

const char *
checkpoint_save(struct checkpoint *p, struct model *m, bool best)
{
	return model_save(m, set_subject(p, best));
}

const char *
checkpoint_copy(struct checkpoint *p, const struct checkpoint *from, bool best)
{
	const char *source = best ? from->best : from->model, *path = set_subject(p, best);

	if (strcmp(path, source) == 0 || prog_same_file(path, source))
		return NULL;
	return npz_copy(path, source, &p->err);
}
