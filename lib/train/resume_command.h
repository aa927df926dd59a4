/*
 * resume_command.h - the command that resumes a training run, for a person to paste.
 */
#ifndef RESUME_COMMAND_H
#define RESUME_COMMAND_H

#include "run_report.h"

/* What a resumed run must be given again: what is in no model. */
struct resume_command {
	const char *program;	/* as it was called */
	const char *model;
	const char *valid;	/* file of the validation set; NULL: none, or a fraction */
	const char *device;	/* NULL: not given */
	const char *precision;	/* NULL: full */
	long threads;		/* -1: not given */
	double max_loss_ratio;	/* -1: not given */
	const char *save_every;	/* NULL: not given */
	int argc;		/* operands */
	char **argv;
};

/* The command, with `option n` unless option is NULL.  Where a text came from standard
 * input, a remark precedes it.  Returns line->text. */
const char *resume_command(const struct resume_command *c, const char *option, uint64_t n,
    struct errmsg *line);

/* The command that continues a run after its end, beyond the limit that ended it. */
const char *resume_command_beyond(const struct resume_command *c, const struct model_progress *p,
    uint64_t max_steps, struct errmsg *line);

#endif
