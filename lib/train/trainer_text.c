/*
 * trainer_text.c - by what a run knows its training text and its validation set again.
 */
#include <math.h>

#include "trainer.h"

void
trainer_set_fingerprints(struct model_progress *p, const struct corpus *train,
    const struct corpus *valid)
{
	p->sentences = trainer_units(train, p);
	p->data_crc = train->crc;
	p->valid_crc = valid->crc;
}

const char *
trainer_check_fingerprints(const struct model_progress *p,
    const struct corpus *train, const struct corpus *valid)
{
	/* models of earlier versions have no valid_crc */
	bool validated = p->valid_crc || isfinite(p->best);

	if (p->data_crc != train->crc || p->sentences != trainer_units(train, p))
		return "the training text is not that of the run; use the same text, or start "
		    "a new run with -i";
	if (validated && valid->steps == 0)
		return "its validation set was a file; give the same file with -v";
	if (!validated && valid->steps)
		return "the run has no validation set and -v cannot add one; start a new run with -i";
	if (p->valid_crc && p->valid_crc != valid->crc)
		return "the validation set is not that of the run; use the same text, or start "
		    "a new run with -i";
	return NULL;
}
