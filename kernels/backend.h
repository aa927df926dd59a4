/*
 * backend.h - each backend's constructor; kern.c is the only caller.
 * The others are plugins.  threads is 1 or more.  NULL, and *why, when it cannot be had.
 */
#ifndef BACKEND_H
#define BACKEND_H

#include "kern.h"

struct kern *ref_open_f32(int threads, const char **why);
struct kern *ref_open_f64(int threads, const char **why);
struct kern *cpu_open(enum kern_real real, int threads, const char **why);

#endif
