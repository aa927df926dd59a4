/*
 * device.c - opens models and devices for programs.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "device.h"
#include "file_kind.h"
#include "options.h"
#include "prog.h"

static const char CPU[] = "cpu";	/* the device that every machine has */

/* The results are the same, so this is no error. */
static void
note_threads(const struct backend *k, long asked)
{
	long n = asked - k->threads_missing;

	if (k->threads_missing)
		prog_note("running on %ld thread%s, not %ld: the system allows no more; "
		    "raise its limit (ulimit -u) or give -j %ld", n, n == 1 ? "" : "s", asked, n);
}

bool
device_is_auto(int device)
{
	return strcmp(backend_device[device], "auto") == 0;
}

/* Whether the device is one that a machine may lack. */
static bool
is_optional(int device)
{
	return !device_is_auto(device) && strcmp(backend_device[device], CPU) != 0;
}

static void
note_message(const char *message)
{
	prog_note("%s", message);
}

/* The device as it is named. */
static struct backend *
open_named(int device, enum real_type real, long threads, const struct work *cost,
    const char **note)
{
	const char *why;
	struct backend *k = backend_open_for(cost, backend_device[device], real,
	    (int)threads, &why);

	*note = why;
	if (k) {
		k->note = note_message;
		return k;
	}
	die("device %s: %s%s", backend_device[device], why, is_optional(device) &&
	    strcmp(why, "out of memory") ? "; -d auto takes a device that is there" : "");
}

static struct backend *
open_cpu(enum real_type real, long threads)
{
	const char *why;
	struct backend *k = backend_open(CPU, real, (int)threads, &why);

	if (k == NULL)
		die("device %s: %s", CPU, why);
	return k;
}

void
device_check_cpu(enum real_type real)
{
	struct backend *k = open_cpu(real, 1);

	k->close(k);
}

/* What "auto" chose, or cpu where that lacks the network's output layer. */
static struct backend *
replace_unfit(struct backend *k, long threads, const struct workload *w)
{
	const char *lack = net_lacks(k, w->shape, w->hyper);
	enum real_type real = k->real;

	if (lack == NULL)
		return k;
	prog_note("running on %s: device %s %.*s", CPU, k->name, (int)strcspn(lack, ";"), lack);
	k->close(k);
	return open_cpu(real, threads);
}

struct backend *
device_open(int device, enum real_type real, long threads, const struct workload *w)
{
	struct work cost = w ? workload_cost(w) : (struct work){ 0 };
	const char *why;
	struct backend *k = open_named(device, real, threads, w ? &cost : NULL, &why), *chosen = k;

	if (w && device_is_auto(device))
		k = replace_unfit(k, threads, w);
	if (why && k == chosen)
		prog_note("running on %s (%s): %s", k->name, k->isa, why);
	note_threads(k, threads ? threads : backend_processors());
	return k;
}

void
device_use_tf32(struct backend *k)
{
	const char *why = k->use_tf32 ? k->use_tf32(k) :
	    "is for device cuda alone; leave it out, or give -d cuda";

	if (why)
		die("device %s: --precision tf32 %s", k->name, why);
}

struct backend *
device_net(struct net *n, struct model *m, int device, long threads, struct device_batch b)
{
	struct workload w = { &m->shape, NULL, b.sequences, b.steps };
	struct backend *k = device_open(device, m->shape.real, threads, &w);
	const char *why = net_open(n, k, m);

	if (why)
		die("device %s: %s", k->name, why);
	return k;
}

/* Reads the first bytes of a file; 0 if it is no regular file, since a pipe would block. */
static size_t
read_begin(const char *path, char *begin, size_t size)
{
	struct stat st;
	bool regular = stat(path, &st) == 0 && S_ISREG(st.st_mode);
	FILE *f = regular ? fopen(path, "r") : NULL;
	size_t got = f ? fread(begin, 1, size, f) : 0;

	if (f)
		fclose(f);
	return got;
}

bool
device_is_model(const char *path)
{
	char begin[128];

	return file_kind_of(begin, read_begin(path, begin, sizeof(begin))) == FILE_NPZ;
}

/* What a file is that does not begin as a model; NULL if it does, or is no regular file. */
static const char *
other_kind(const char *path)
{
	static const char row[] = VOCAB_START "\t";
	char begin[sizeof(row)] = "";
	size_t got = read_begin(path, begin, sizeof(begin) - 1);
	enum file_kind kind = file_kind_of(begin, got);

	if (kind >= FILE_TOKENS && kind <= FILE_INDEX)
		return file_kind_name(kind);
	if (strcmp(begin, row) == 0)
		return file_kind_name(FILE_TABLE);
	return got > 0 && strncmp(begin, "PK", 2) != 0 ? "not a model" : NULL;
}

/* If the file is something else than a model, says where the model belongs. */
static void
refuse_other(const char *path)
{
	static const char model[] = "model";
	const char *kind = other_kind(path), *operands = options_operands();
	size_t len = strlen(model);

	if (kind == NULL)
		return;
	if (strncmp(operands, model, len) != 0)
		die("%s: is %s; name a file that %strain wrote", path, kind, prog_prefix);
	operands += len;
	die("%s: is %s; give the model%s: %s model.npz%s", path, kind, *operands ? " first" : "",
	    prog_name, operands);
}

void
device_load(struct model *m, const char *path, bool f64)
{
	const char *why = model_load(m, path);

	if (why == NULL && f64)
		why = model_set_real(m, REAL_F64);
	if (why)
		refuse_other(path);
	if (why)
		die("%s: %s", path, why);
}

void
device_load_heads(struct model *m, const char *path)
{
	const char *why = model_load_heads(m, path);

	if (why)
		refuse_other(path);
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

void
device_note_model(struct model *m, const struct vocab *v, const char *path)
{
	const char *why = model_unchecked(m, v);

	device_note_training(m, path);
	if (why)
		prog_note("%s: %s", path, why);
}
