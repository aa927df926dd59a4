/*
 * plugin.c - finds and loads a backend's shared object.
 *
 * A loaded object stays loaded until the program ends: a table of functions must
 * not outlive its code.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin.h"

typedef struct backend *opener(enum real_type real, int threads, const char **why);
typedef double rater(enum real_type real, const char **why);

static bool
append_text(char *path, const char *more)
{
	size_t have = strlen(path), len = strlen(more);

	if (have + len >= PATH_MAX)
		return false;
	memcpy(path + have, more, len + 1);
	return true;
}

/* path = the folder of this program, or "" where the system does not say. */
static void
set_program_folder(char *path)
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
}

/* Appends below/libunroll-NAME.so to path; false if there is no such file. */
static bool
is_in(char *path, const char *below, const char *name)
{
	return append_text(path, below) && append_text(path, "/libunroll-") &&
	    append_text(path, name) && append_text(path, ".so") && access(path, F_OK) == 0;
}

/* path = the plugin's file; false if there is none. */
static bool
find_plugin(char path[PATH_MAX], const char *name)
{
	static const char *const below[] = { "/../plugins", "/../lib/unroll" };
	const char *folder = getenv("UNROLL_PLUGINS");

	path[0] = '\0';
	if (folder)
		return append_text(path, folder) && is_in(path, "", name);
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		set_program_folder(path);
		if (is_in(path, below[i], name))
			return true;
	}
	return false;
}

bool
plugin_is_here(const char *name)
{
	char path[PATH_MAX];

	return find_plugin(path, name);
}

/* A symbol of the plugin if it has this suite's version; else NULL and *why. */
static void *
symbol_of(const char *name, const char *symbol, const char **why)
{
	char path[PATH_MAX];
	void *so, *found;
	const int *version;

	if (!find_plugin(path, name)) {
		*why = "this build has no such plugin (make builds those it finds the libraries for)";
		return NULL;
	}
	/* OpenBLAS starts threads when it is loaded, idle ones here, and where the system
	 * allows none it ends the program. */
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (so == NULL) {
		*why = dlerror();
		return NULL;
	}
	version = dlsym(so, "unroll_plugin_version");
	found = dlsym(so, symbol);
	if (version == NULL || found == NULL || *version != PLUGIN_VERSION) {
		*why = "its plugin belongs to another version of this suite";
		return NULL;
	}
	return found;
}

struct backend *
plugin_open(const char *name, enum real_type real, int threads, const char **why)
{
	void *symbol = symbol_of(name, "unroll_plugin", why);
	opener *open;

	if (symbol == NULL)
		return NULL;
	memcpy(&open, &symbol, sizeof(open));	/* ISO C has no cast from void * to a function */
	return open(real, threads, why);
}

double
plugin_rate(const char *name, enum real_type real, const char **why)
{
	void *symbol = symbol_of(name, "unroll_plugin_rate", why);
	rater *rate;

	*why = NULL;
	if (symbol == NULL)
		return 0;
	memcpy(&rate, &symbol, sizeof(rate));
	return rate(real, why);
}
