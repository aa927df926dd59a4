/*
 * checkpoint.c - paths of a run's models, saving and copying.
 */
#include <errno.h>
#include <math.h>
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
	p->replaces = p->replaces || !best;
	return NULL;
}

void
checkpoint_find_stale(struct checkpoint *p, const char *input)
{
	struct model m;
	bool ours = model_load_vocab(&m, p->best) == NULL && m.has_progress;

	model_free(&m);
	p->stays = ours && prog_same_file(p->best, input);
	p->stale = ours && !p->stays;
}

void
checkpoint_tell(const struct checkpoint *p, void (*note)(const char *line))
{
	struct errmsg line;

	if (p->replaces)
		note(errmsg_set(&line, "%s: the model that is there will be replaced", p->model));
	if (p->stale)
		note(errmsg_set(&line, "%s: the best model of another run; the first save will "
		    "remove it", p->best));
	if (p->stays)
		note(errmsg_set(&line, "%s: the best model of another run; it stays, because -i "
		    "reads it", p->best));
}

const char *
checkpoint_remove_stale(struct checkpoint *p)
{
	const char *path = set_subject(p, true);

	if (p->stale && remove(path) != 0 && errno != ENOENT)
		return errmsg_set(&p->err, "not removed: %s", strerror(errno));
	p->stale = false;
	return NULL;
}

static bool
same_shape(const struct model_shape *a, const struct model_shape *b)
{
	return a->cell == b->cell && a->real == b->real && a->layers == b->layers &&
	    a->hidden == b->hidden && a->vocab == b->vocab && a->embed == b->embed &&
	    a->project == b->project && a->bias == b->bias && a->tied == b->tied &&
	    a->tree == b->tree;
}

/* Checksums, of which an older version may not have recorded one. */
static bool
same_data(uint32_t a, uint32_t b)
{
	return a == b || a == 0 || b == 0;
}

static const char *
compare_runs(struct checkpoint *p, struct model *run, const struct model *best)
{
	const struct model_progress *a = &run->progress, *b = &best->progress;

	if (!best->has_progress || !same_shape(&run->shape, &best->shape) ||
	    model_check_vocab(run, &best->vocab) != NULL || a->seed != b->seed ||
	    !same_data(a->data_crc, b->data_crc) || !same_data(a->valid_crc, b->valid_crc) ||
	    !isfinite(b->best))
		return "it is of another run";
	if (a->best != b->best)
		return errmsg_set(&p->err, "its lowest validation loss is %.6f, that of the run %.6f",
		    b->best, a->best);
	return NULL;
}

const char *
checkpoint_check_best(struct checkpoint *p, struct model *run)
{
	struct model best;
	const char *why = model_load_vocab(&best, set_subject(p, true));

	why = why ? errmsg_set(&p->err, "%s", why) : compare_runs(p, run, &best);
	model_free(&best);
	p->has_best = why == NULL;
	p->stale = p->stale && !p->has_best;
	return why;
}

bool
checkpoint_shares_best(const struct checkpoint *p, const struct checkpoint *q)
{
	return strcmp(p->best, q->best) == 0 || prog_same_file(p->best, q->best);
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
	const char *why = model_save(m, set_subject(p, best));

	if (best) {
		p->has_best = why == NULL;
		p->stale = p->stale && why;
	}
	return why;
}

const char *
checkpoint_copy(struct checkpoint *p, const struct checkpoint *from, bool best)
{
	const char *source = best ? from->best : from->model, *path = set_subject(p, best);

	const char *why = NULL;

	if (strcmp(path, source) != 0 && !prog_same_file(path, source))
		why = npz_copy(path, source, &p->err);
	if (best && why == NULL) {
		p->has_best = true;
		p->stale = false;
	}
	return why;
}
