/*
 * plugin.h - backends that live in shared objects, so that a program starts,
 * and the project builds, on machines that lack what they need.
 *
 * libunroll-NAME.so is looked for in $UNROLL_PLUGINS if that is set, else in
 * ../plugins and ../lib/unroll from the folder of the program.  It exports
 *
 *	struct backend *unroll_plugin(enum real_type real, int threads, const char **why);
 *	const int unroll_plugin_version;	PLUGIN_VERSION of its headers
 *
 * and, if "auto" may take it,
 *
 *	double unroll_plugin_rate(enum real_type real, const char **why);
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stdbool.h>

#include "backend.h"

enum { PLUGIN_VERSION = 3 };	/* of struct backend and what it points at */

/* Whether there is a plugin of that name; it is not loaded. */
bool plugin_is_here(const char *name);

/* The plugin's backend, or NULL and *why. */
struct backend *plugin_open(const char *name, enum real_type real, int threads, const char **why);

/*
 * Operations a second that its device could do at most; 0 where there is none.
 * *why is then NULL, or the reason if there is a device that cannot be used.
 */
double plugin_rate(const char *name, enum real_type real, const char **why);

#endif
