/*
 * plugin.c - finds and loads a plugin's shared object.
 *
 * A loaded object stays loaded until the program ends: a table of functions must
 * not outlive its code.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin.h"

typedef struct backend *opener(enum real_type real, int threads, const char **why);
typedef void chooser(int n);
typedef double rater(enum real_type real, const char **why);

/* What is found, or the reason why it is not loaded. */
struct place {
	char path[PATH_MAX];		/* of the file; its length before "/libunroll-" */
	size_t folder;
	char why[PATH_MAX + 100];	/* empty: nothing speaks against it */
};

static bool
append_text(char *to, size_t cap, const char *more)
{
	size_t have = strlen(to), len = strlen(more);

	if (have + len >= cap)
		return false;
	memcpy(to + have, more, len + 1);
	return true;
}

static void
refuse(struct place *p, const char *what, const char *reason)
{
	if (!append_text(p->why, sizeof(p->why), what) ||
	    !append_text(p->why, sizeof(p->why), reason))
		strcpy(p->why, "the path of its plugin is too long");
}

/* Refuses what somebody other than root and this user could have put there. */
static void
check_owner(struct place *p)
{
	struct stat st;

	if (p->why[0] != '\0')
		return;
	if (stat(p->path, &st) != 0)
		refuse(p, p->path, ": cannot be examined");
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		refuse(p, p->path, ": its owner is neither root nor the user, so it is not loaded");
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		refuse(p, p->path, ": others may write to it, so it is not loaded; chmod go-w ends that");
}

/* p->why = that there is none in the folder, which the path begins with. */
static void
report_none(struct place *p)
{
	p->path[p->folder] = p->why[0] = '\0';
	refuse(p, "this build has no such plugin in ", p->path);
	refuse(p, " (make builds those it finds the libraries for)", "");
}

/* p->path = the plugin's file; false if there is none.  p->why: why not to load it, or
 * not found. */
static bool
find_plugin(struct place *p, const char *name)
{
	const char *folder = getenv("UNROLL_PLUGINS");

	p->path[0] = p->why[0] = '\0';
	if (folder == NULL)
		folder = PLUGINS;
	else if (folder[0] != '/')
		refuse(p, "UNROLL_PLUGINS is not an absolute path", "");
	if (!append_text(p->path, PATH_MAX, folder))
		return false;
	p->folder = strlen(p->path);
	if (!append_text(p->path, PATH_MAX, "/libunroll-") || !append_text(p->path, PATH_MAX, name) ||
	    !append_text(p->path, PATH_MAX, ".so"))
		return false;
	if (p->why[0] == '\0' && access(p->path, F_OK) != 0) {
		report_none(p);
		return false;
	}
	check_owner(p);
	p->path[p->folder] = '\0';
	check_owner(p);
	p->path[p->folder] = '/';
	return true;
}

bool
plugin_is_here(const char *name)
{
	struct place p;

	return find_plugin(&p, name) && p.why[0] == '\0';
}

void *
plugin_symbol(const char *name, const char *symbol, int expected, const char **why)
{
	static struct place p;	/* *why may be in it */
	void *so, *found;
	const int *version;

	if (!find_plugin(&p, name) || p.why[0] != '\0') {
		*why = p.why[0] != '\0' ? p.why : "the path of its plugin is too long";
		return NULL;
	}
	/* OpenBLAS starts threads when it is loaded, idle ones here, and where the system
	 * allows none it ends the program. */
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	so = dlopen(p.path, RTLD_NOW | RTLD_LOCAL);
	if (so == NULL) {
		*why = dlerror();
		return NULL;
	}
	version = dlsym(so, "unroll_plugin_version");
	found = dlsym(so, symbol);
	if (version == NULL || found == NULL || *version != expected) {
		*why = "its plugin belongs to another version of this suite";
		return NULL;
	}
	*why = NULL;
	return found;
}

static int number;	/* for unroll_plugin_choose() */

void
plugin_choose(int n)
{
	number = n;
}

/* Tells the plugin, if its device can be one of several. */
static void
choose_device(const char *name)
{
	const char *ignored;
	void *symbol = number ? plugin_symbol(name, "unroll_plugin_choose", PLUGIN_VERSION, &ignored) : NULL;
	chooser *choose;

	if (symbol == NULL)
		return;
	memcpy(&choose, &symbol, sizeof(choose));
	choose(number);
}

struct backend *
plugin_open(const char *name, enum real_type real, int threads, const char **why)
{
	opener *open;
	void *symbol;

	choose_device(name);
	symbol = plugin_symbol(name, "unroll_plugin", PLUGIN_VERSION, why);
	if (symbol == NULL)
		return NULL;
	memcpy(&open, &symbol, sizeof(open));	/* ISO C has no cast from void * to a function */
	return open(real, threads, why);
}

/* A plugin that is damaged or of another version does not interest who has not named it;
 * one that somebody else may have put there does. */
double
plugin_rate(const char *name, enum real_type real, const char **why)
{
	static struct place p;	/* *why may be in it */
	const char *ignored;
	void *symbol;
	rater *rate;

	*why = find_plugin(&p, name) && p.why[0] != '\0' ? p.why : NULL;
	symbol = *why == NULL ?
	    plugin_symbol(name, "unroll_plugin_rate", PLUGIN_VERSION, &ignored) : NULL;
	if (symbol == NULL)
		return 0;
	choose_device(name);
	memcpy(&rate, &symbol, sizeof(rate));
	return rate(real, why);
}
