/*
 * training_text.h - the text of a run: index streams of one vocabulary, in memory, and
 * the part of them, or another file, that is the validation set.
 */
#ifndef TRAINING_TEXT_H
#define TRAINING_TEXT_H

#include "corpus.h"
#include "errmsg.h"
#include "prog.h"

struct training_text {
	/* The caller's: */
	uint32_t chunk;		/* tokens of a stream in a step; 0: a line is a sequence */
	bool any_unit;		/* chunk counts whatever the unit is (a resumed run's) */
	bool stream_only;	/* refuse unit=sentence: -T was given */
	/* Ours: */
	struct corpus train, valid;	/* valid has no steps: there is no validation set */
	struct vocab vocab;		/* of all streams; size 0: none was read */
	struct errmsg err;
};

/* Tokens in a step of a text of this unit; 0: a line is a sequence. */
uint32_t training_text_chunk(const struct training_text *t, enum unit unit);

/* Adds the streams of all inputs to one of the two corpora.  NULL, or an error message
 * that names the input. */
const char *training_text_read(struct training_text *t, struct corpus *c, struct prog_inputs *in);

/* Makes the last fraction of the training text, or else the file, the validation set;
 * nothing where the fraction is 0 and the file NULL.  NULL or an error message. */
const char *training_text_validate(struct training_text *t, double fraction, const char *file);

void training_text_free(struct training_text *t);

#endif
