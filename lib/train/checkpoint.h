/*
 * checkpoint.h - the files of a training run: its latest model, and next to it the model
 * with the lowest validation loss so far.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "errmsg.h"
#include "model.h"
#include "prog.h"

struct checkpoint {
	const char *model;	/* path of the latest model; the caller's, not copied */
	char best[4096];	/* path of the best: a.best.npz for a.npz or a; cut if too long */
	const char *subject;	/* the path that the latest result is about */
	bool replaces;		/* set by checkpoint_refuse() */
	bool stale;		/* the file at `best` is another run's, and to be removed */
	bool stays;		/* the same, but it is an input, and not to be removed */
	bool has_best;		/* the file at `best` is known to be this run's */
	struct errmsg err;
};

/* Sets both paths from that of the latest model. */
void checkpoint_set(struct checkpoint *p, const char *model);

/* Whether one of the two files, which becomes the subject, is also an input or the file
 * `text`, which may be NULL. */
bool checkpoint_is_read(struct checkpoint *p, const struct prog_inputs *in, const char *text);

/* To be called before a long run: keeps other programs from writing the latest or the best
 * model until this one ends, and checks that it can be written.  NULL or an error message
 * with the path.  Leaves no file behind. */
const char *checkpoint_claim(struct checkpoint *p, bool best);

/* Whether the latest or the best model, which another run may have written, must not be
 * replaced: NULL, or an error message, with the path, if the file exists and either was not
 * named by the user or is not a model.  An existing latest model sets p->replaces. */
const char *checkpoint_refuse(struct checkpoint *p, bool best, bool named);

/*
 * For a run that does not continue the one at p->model: looks for a best model that another
 * run has left there, beside which the new model would appear to belong to it.  Sets
 * p->stale, or p->stays if it is also the file `input`, which may be NULL.  Only a model
 * that train has written counts.
 */
void checkpoint_find_stale(struct checkpoint *p, const char *input);

/* Gives note() a line for each model that is there and will not stay. */
void checkpoint_tell(const struct checkpoint *p, void (*note)(const char *line));

/* Removes a stale best model: to be called when the latest model is written.  NULL or an
 * error message without the path. */
const char *checkpoint_remove_stale(struct checkpoint *p);

/* Whether the best model there is that of the run: of its network, seed, text and lowest
 * validation loss.  NULL or the reason why not.  Sets p->has_best, and if it is, it is not
 * stale. */
const char *checkpoint_check_best(struct checkpoint *p, struct model *run);

/* Whether both have one path for the best model, or one file. */
bool checkpoint_shares_best(const struct checkpoint *p, const struct checkpoint *q);

/* Writes the latest or the best model; sets p->has_best.  NULL or an error message of
 * model_save(). */
const char *checkpoint_save(struct checkpoint *p, struct model *m, bool best);

/* Copies the latest or the best model of `from` byte for byte, unless both are the same
 * file.  Sets p->has_best.  NULL or an error message of npz_copy(). */
const char *checkpoint_copy(struct checkpoint *p, const struct checkpoint *from, bool best);

#endif
