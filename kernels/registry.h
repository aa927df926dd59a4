/*
 * registry.h - each backend's constructor; registry.c is the only caller.
 * The others are plugins.  threads is 1 or more.  NULL, and *why, when it cannot be had.
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "backend.h"

struct backend *ref_open_f32(int threads, const char **why);
struct backend *ref_open_f64(int threads, const char **why);
struct backend *cpu_open(enum real_type real, int threads, const char **why);

#endif
