/*
 * follow.c - a training run in a worker other than 0, which writes nothing.
 */
#include "share_run.h"
#include "signals.h"
#include "training_run.h"

static void
say_nothing(const char *line)
{
	(void)line;
}

const char *
training_run_follow(struct training_run *r, training_run_opener *open_device)
{
	FILE *nowhere = fopen("/dev/null", "w");
	bool more;
	const char *why = share_run(&r->workers, &r->model, &r->text, &more);

	if (nowhere == NULL)
		return "/dev/null cannot be opened";
	r->warn = say_nothing;
	if (why == NULL && !more)
		workers_close(&r->workers);
	if (why || !more)
		return why;
	r->k = open_device(r->model.shape.real, &r->workers);
	if ((why = training_run_open(r)) != NULL)
		return why;
	signals_defer();
	why = training_run_train(r, nowhere);
	fclose(nowhere);
	return why;
}
