/*
 * checkpoint.h - the files of a run of training: its model, and beside that the
 * best one so far on the text held out.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "errmsg.h"
#include "model.h"
#include "prog.h"

struct checkpoint {
	const char *model;	/* the caller's; must stay */
	char best[4096];	/* a.best.npz for a.npz or a; cut off if it is too long */
	const char *subject;	/* the file that the latest phrase is about */
	struct errmsg err;
};

void checkpoint_set(struct checkpoint *p, const char *model);

/* Whether one of the two, the subject then, is among the texts: the inputs, and
 * another one, or NULL. */
bool checkpoint_is_read(struct checkpoint *p, const struct prog_inputs *in, const char *text);

/* NULL, or the phrase why a model cannot be written there: to be asked before
 * long work.  Leaves nothing behind. */
const char *checkpoint_check(struct checkpoint *p, bool best);

/* NULL, or what model_save() says.  The best one goes first: a run that ends
 * between the two finds it again. */
const char *checkpoint_save(struct checkpoint *p, struct model *m, bool best);

/* A copy of one file of `from`, byte for byte, unless that is the same place; NULL,
 * or what npz_copy() says. */
const char *checkpoint_copy(struct checkpoint *p, const struct checkpoint *from, bool best);

#endif
