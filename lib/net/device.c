/*
 * device.c - opens models and devices for programs.
 */
#include <math.h>

#include "device.h"
#include "prog.h"

/* The results are the same, so this is no error. */
static void
note_threads(const struct backend *k, long asked)
{
	long n = asked - k->threads_missing;

	if (k->threads_missing)
		prog_note("running on %ld thread%s, not %ld: the system allows no more; "
		    "raise its limit (ulimit -u) or give -j %ld", n, n == 1 ? "" : "s", asked, n);
}

struct backend *
device_open(int device, enum real_type real, long threads)
{
	const char *why;
	struct backend *k = backend_open(backend_device[device], real == REAL_F64 ? REAL_F64 : REAL_F32,
	    (int)threads, &why);

	if (k == NULL)
		die("device %s: %s", backend_device[device], why);
	if (why)
		prog_note("running on %s (%s): %s", k->name, k->isa, why);
	note_threads(k, threads ? threads : backend_processors());
	return k;
}

struct backend *
device_net(struct net *n, struct model *m, int device, long threads)
{
	struct backend *k = device_open(device, m->shape.real, threads);
	const char *why = net_open(n, k, m);

	if (why)
		die("device %s: %s", k->name, why);
	return k;
}

void
device_load(struct model *m, const char *path, bool f64)
{
	const char *why = model_load(m, path);

	if (why == NULL && f64)
		why = model_set_real(m, REAL_F64);
	if (why)
		die("%s: %s", path, why);
}

void
device_note_training(const struct model *m, const char *path)
{
	const struct model_progress *p = &m->progress;
	double chance = log(m->shape.vocab);

	if (m->has_progress && p->steps == 0)
		prog_note("%s: this model has had no training", path);
	else if (m->has_progress && p->evaluated > 0 && p->loss > chance)
		prog_note("%s: its loss at the latest evaluation, %.4f, is above that of guessing, "
		    "ln %u = %.4f; it was trained too little, or training diverged", path, p->loss,
		    (unsigned)m->shape.vocab, chance);
}
