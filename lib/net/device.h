/*
 * device.h - the device that -d and -j ask for, opened, with what every program
 * that computes has to say about it: these die of what fails.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "backend.h"
#include "net.h"

/*
 * Device number `device` of backend_device[], for numbers of this type, on so many
 * threads (0: one a processor).  A note says which one "auto" took, and why,
 * where there was a choice.  The caller's close().
 */
struct backend *device_open(int device, enum real_type real, long threads);

/* The same for the model's type of numbers, and the model's net on it. */
struct backend *device_net(struct net *n, struct model *m, int device, long threads);

/* The model in the file, in double if asked for; path is named in what is said. */
void device_load(struct model *m, const char *path, bool f64);

#endif
