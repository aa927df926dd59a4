/*
 * device.h - opens the model and the device that a program's options name.
 *
 * For programs only: on failure these print an error message and exit.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "backend.h"
#include "net.h"
#include "workload.h"

/*
 * Opens device number `device` of backend_device[] for this type of numbers, with this
 * many threads (0: one per processor), for this work (NULL: unknown).  "auto" takes cpu where
 * another device lacks the output layer; if it had a choice, a note on standard error says
 * what it chose and why.  The caller calls its close().
 */
struct backend *device_open(int device, enum real_type real, long threads,
    const struct workload *w);

bool device_is_auto(int device);

/* --precision tf32 from now on; dies where the device has none. */
void device_use_tf32(struct backend *k);

/* Before a device is chosen for work that is not known yet: dies if cpu, which every choice
 * may end in, cannot be opened, as where UNROLL_ISA names no instruction set. */
void device_check_cpu(enum real_type real);

/* What a program evaluates together: sequences side by side, of so many steps each. */
struct device_batch {
	double sequences, steps;
};

/* The same for m's type of numbers and evaluation of such batches; then copies m's
 * parameters to the device.  The caller also calls net_free(). */
struct backend *device_net(struct net *n, struct model *m, int device, long threads,
    struct device_batch b);

/* Loads the model file and, if f64, converts it to double.  The caller calls model_free().
 * If the file is a stream, the message says where the model belongs. */
void device_load(struct model *m, const char *path, bool f64);

/* Whether the file begins as a model does: a zip file whose first member is an array. */
bool device_is_model(const char *path);

/* The same as device_load() with model_load_heads(). */
void device_load_heads(struct model *m, const char *path);

/* Notes that the model has had no training, or that it is worse than guessing, for programs
 * whose results would be taken for those of a good one. */
void device_note_training(const struct model *m, const char *path);

/* The same, and if the model has no vocabulary, that v, a stream's, cannot be compared with it. */
void device_note_model(struct model *m, const struct vocab *v, const char *path);

#endif
