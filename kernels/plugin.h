/*
 * plugin.h - backends and transports in shared objects, so that programs start, and the
 * project builds, on machines without the libraries that these need.
 *
 * libunroll-NAME.so is in $UNROLL_PLUGINS if that is set, which must be an absolute
 * path, else in the folder that is compiled in as PLUGINS: that of the build for programs
 * of the build, that of the installation for installed ones.  It is loaded only if it and
 * its folder belong to root or the user and nobody else may write to them.  That of a
 * transport exports what transport.h says, that of a backend
 *
 *	struct backend *unroll_plugin(enum real_type real, int threads, const char **why);
 *	const int unroll_plugin_version;	PLUGIN_VERSION of its headers
 *
 * and, if "auto" may choose it by its rate,
 *
 *	double unroll_plugin_rate(enum real_type real, const char **why);
 *
 * and, if there may be several of its device,
 *
 *	void unroll_plugin_choose(int n);	from now on number n, modulo how many there are
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stdbool.h>

#include "backend.h"

enum { PLUGIN_VERSION = 6 };	/* of struct backend and the structs in its interface */

/* Whether there is a plugin of that name; it is not loaded. */
bool plugin_is_here(const char *name);

/* A symbol of the plugin, if it may be loaded and its unroll_plugin_version is this one;
 * else NULL and *why, which is valid until the next call. */
void *plugin_symbol(const char *name, const char *symbol, int expected, const char **why);

/* The plugin's backend, or NULL and *why. */
struct backend *plugin_open(const char *name, enum real_type real, int threads, const char **why);

/* What is to be given to unroll_plugin_choose() of each plugin that is loaded; 0 without it. */
void plugin_choose(int n);

/*
 * Peak rate of its device in operations per second; 0 if there is no device, with
 * *why NULL, or if there is one that cannot be used, with the reason.
 */
double plugin_rate(const char *name, enum real_type real, const char **why);

#endif
