/*
 * prog.c - messages, exit statuses and operands, the same in every program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errmsg.h"
#include "prog.h"
#include "visible.h"

const char *prog_name = "unroll";
char prog_prefix[64];
bool prog_quiet;
bool prog_drawn;

/* Appends the text of errnum, as perror() does.  An empty subject shows as ''. */
static void PRINTF_LIKE(2, 0)
print_message(int errnum, const char *fmt, va_list ap)
{
	char text[2 * ERRMSG_MAX], line[sizeof(text)];	/* a path and a message of lib/ */

	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		*text = '\0';
	visible_copy(line, sizeof(line), text, strlen(text));	/* a file name may hold anything */
	fflush(stdout);
	fprintf(stderr, "%s%s: %s%s", prog_drawn ? "\r\033[K" : "", prog_name,
	    *line == '\0' || *line == ':' ? "''" : "", line);
	prog_drawn = false;
	if (errnum)
		fprintf(stderr, ": %s", strerror(errnum));
	fputc('\n', stderr);
}

/*
 * If a standard descriptor is closed, the next file opened would get it, and output
 * or messages would go there.  The replacement fails as a closed descriptor does.
 */
static void
hold_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

/* The prefix is what precedes one of TOOLS in prog_name. */
static void
set_prefix(void)
{
	static const char tools[] = TOOLS;
	size_t have = strlen(prog_name);

	for (const char *t = tools; *t; t += strspn(t, " ")) {
		size_t len = strcspn(t, " ");

		if (len < have && strncmp(prog_name + have - len, t, len) == 0)
			snprintf(prog_prefix, sizeof(prog_prefix), "%.*s", (int)(have - len),
			    prog_name);
		t += len;
	}
}

void
prog_init(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	hold_standard_descriptors();
	prog_name = slash ? slash + 1 : argv0;
	set_prefix();
	visible_on(stdout);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN);	/* write() then fails with EFBIG */
}

bool
prog_is_terminal(int fd)
{
	int errnum = errno;
	bool yes = isatty(fd);

	errno = errnum;
	return yes;
}

void
prog_check_output(void)
{
	if (ferror(stdout))
		die_errno("write error on standard output");
}

int
prog_finish(void)
{
	prog_check_output();
	if (fclose(stdout) != 0)
		die_errno("write error on standard output");
	return PROG_OK;
}

void
prog_note(const char *fmt, ...)
{
	va_list ap;

	if (prog_quiet)
		return;
	va_start(ap, fmt);
	print_message(0, fmt, ap);
	va_end(ap);
}

void
prog_note_line(const char *line)
{
	prog_note("%s", line);
}

void
prog_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message(0, fmt, ap);
	va_end(ap);
}

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message(0, fmt, ap);
	va_end(ap);
	exit(PROG_FAIL);
}

void
die_errno(const char *fmt, ...)
{
	int errnum = errno;
	va_list ap;

	va_start(ap, fmt);
	print_message(errnum, fmt, ap);
	va_end(ap);
	exit(PROG_FAIL);
}

void
die_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message(0, fmt, ap);
	va_end(ap);
	exit(PROG_USAGE);
}

/* fopen() opens a directory, and only the first read fails: report that at once. */
static FILE *
open_input(const char *name)
{
	struct stat st;
	FILE *f = fopen(name, "r");

	if (f == NULL)
		die_errno("%s", name);
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		die_errno("%s", name);
	}
	return f;
}

static void
close_input(struct prog_inputs *in)
{
	if (in->f != NULL && in->f != stdin)
		fclose(in->f);
	in->f = NULL;
}

bool
prog_next_input(struct prog_inputs *in)
{
	close_input(in);
	if (in->next >= in->argc && !(in->argc == 0 && in->next == 0))
		return false;
	in->name = in->argc == 0 ? "-" : in->argv[in->next];
	in->next++;
	if (strcmp(in->name, "-") == 0) {
		in->name = "standard input";
		in->f = stdin;
	} else {
		in->f = open_input(in->name);
	}
	return true;
}

uint64_t
prog_inputs_bytes(const struct prog_inputs *in)
{
	struct stat st;
	uint64_t bytes = 0;

	for (int i = 0; i < in->argc || i == 0; i++) {
		bool named = in->argc > 0 && strcmp(in->argv[i], "-") != 0;

		if ((named ? stat(in->argv[i], &st) : fstat(STDIN_FILENO, &st)) != 0 ||
		    !S_ISREG(st.st_mode))
			return 0;
		bytes += (uint64_t)st.st_size;
	}
	return bytes;
}

static bool
is_regular_and_same(const struct stat *x, const struct stat *y)
{
	return S_ISREG(x->st_mode) && x->st_dev == y->st_dev && x->st_ino == y->st_ino;
}

bool
prog_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return a && b && stat(a, &x) == 0 && stat(b, &y) == 0 && is_regular_and_same(&x, &y);
}

bool
prog_reads(const struct prog_inputs *in, const char *path)
{
	struct stat x, y;

	if (path == NULL || stat(path, &x) != 0)
		return false;
	for (int i = 0; i < in->argc || i == 0; i++) {
		bool standard = in->argc == 0 || strcmp(in->argv[i], "-") == 0;

		if ((standard ? fstat(STDIN_FILENO, &y) : stat(in->argv[i], &y)) == 0 &&
		    is_regular_and_same(&x, &y))
			return true;
	}
	return false;
}

void
prog_warn_line(const char *line)
{
	prog_warn("%s", line);
}

void
die_if(const char *why)
{
	if (why && *why == '\0')
		exit(PROG_FAIL);
	if (why)
		die("%s", why);
}
