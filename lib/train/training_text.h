/*
 * training_text.h - the text of a training run in memory: index streams with the same
 * vocabulary, and the validation set, which is a fraction of them or another file.
 */
#ifndef TRAINING_TEXT_H
#define TRAINING_TEXT_H

#include "corpus.h"
#include "errmsg.h"
#include "prog.h"

struct training_text {
	/* The caller's: */
	uint32_t chunk;		/* tokens of a stream per step; 0: each line is a sequence */
	bool any_unit;		/* use chunk whatever the unit is: for a resumed run */
	bool stream_only;	/* fail for unit=sentence: -T was given */
	/* Ours: */
	struct corpus train, valid;	/* valid has no steps if there is none */
	struct vocab vocab;		/* of all streams; size 0: none read yet */
	struct errmsg err;
};

/* Tokens per step for a text of this unit; 0: each line is a sequence. */
uint32_t training_text_chunk(const struct training_text *t, enum unit unit);

/* Appends the streams of all inputs to t->train or t->valid.  NULL, or an error message
 * that names the input, such as for another vocabulary, or no step at all. */
const char *training_text_read(struct training_text *t, struct corpus *c, struct prog_inputs *in);

/* Sets the validation set: the last `fraction` of the training text or, if that is 0, the
 * index stream in the file or, if that is NULL, none.  NULL or an error message. */
const char *training_text_validate(struct training_text *t, double fraction, const char *file);

void training_text_free(struct training_text *t);

#endif
