/*
 * plugin.c - finds and opens a backend's shared object.
 *
 * What was opened stays so until the program ends: a table of functions must
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
append(char *path, const char *more)
{
	size_t have = strlen(path), len = strlen(more);

	if (have + len >= PATH_MAX)
		return false;
	memcpy(path + have, more, len + 1);
	return true;
}

/* path = the folder of this program, or "" if the system does not tell. */
static void
program_folder(char *path)
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
}

static void *
open_in(char *folder, const char *below, const char *name)
{
	if (!append(folder, below) || !append(folder, "/libunroll-") || !append(folder, name) ||
	    !append(folder, ".so"))
		return NULL;
	return access(folder, F_OK) == 0 ? dlopen(folder, RTLD_NOW | RTLD_LOCAL) : NULL;
}

static void *
find(const char *name)
{
	static const char *const below[] = { "/../plugins", "/../lib/unroll" };
	const char *folder = getenv("UNROLL_PLUGINS");
	char path[PATH_MAX] = "";
	void *so = NULL;

	if (folder)
		return append(path, folder) ? open_in(path, "", name) : NULL;
	for (size_t i = 0; so == NULL && i < sizeof(below) / sizeof(below[0]); i++) {
		program_folder(path);
		so = open_in(path, below[i], name);
	}
	return so;
}

/* A symbol of the plugin, whose version is this suite's; NULL and *why. */
static void *
symbol_of(const char *name, const char *symbol, const char **why)
{
	void *so = find(name), *found;
	const int *version;

	if (so == NULL) {
		const char *reason = dlerror();

		*why = reason ? reason : "this build has no such plugin (make builds those it finds the libraries for)";
		return NULL;
	}
	version = dlsym(so, "unroll_plugin_version");
	found = dlsym(so, symbol);
	if (version == NULL || found == NULL || *version != PLUGIN_VERSION) {
		*why = "its plugin is of another version of this suite";
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
	memcpy(&open, &symbol, sizeof(open));	/* POSIX's way around ISO C */
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
