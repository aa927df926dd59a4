/*
 * plugin.h - backends that live in shared objects, so that a program starts,
 * and the project builds, on machines that lack what they need.
 *
 * libunroll-NAME.so is looked for in $UNROLL_PLUGINS if that is set, else in
 * ../plugins and ../lib/unroll from the folder of the program.  It exports
 *
 *	struct kern *unroll_plugin(enum kern_real real, int threads, const char **why);
 *	const int unroll_plugin_version;	PLUGIN_VERSION of its headers
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include "kern.h"

enum { PLUGIN_VERSION = 2 };	/* of struct kern and what it points at */

/* The plugin's backend, or NULL and *why. */
struct kern *plugin_open(const char *name, enum kern_real real, int threads, const char **why);

#endif
