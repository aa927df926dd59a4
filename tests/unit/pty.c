/*
 * pty - runs a command whose standard output is a terminal, and copies what it writes
 *
 *	pty COMMAND [ARGUMENT...]	exits with the command's status
 *
 * The terminal is in raw mode, so that bytes arrive as they were written.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void
fail(const char *what)
{
	perror(what);
	exit(99);
}

/* Opens both ends of a terminal. */
static void
open_terminal(int *master, int *slave)
{
	struct termios t;
	const char *name;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0)
		fail("pty");
	name = ptsname(*master);
	*slave = name ? open(name, O_RDWR | O_NOCTTY) : -1;
	if (*slave < 0 || tcgetattr(*slave, &t) != 0)
		fail("pty");
	t.c_oflag &= ~(tcflag_t)OPOST;
	if (tcsetattr(*slave, TCSANOW, &t) != 0)
		fail("pty");
}

/* Copies until the last writer closed the terminal, which Linux reports as EIO. */
static void
copy_output(int master)
{
	char block[4096];
	ssize_t n;

	while ((n = read(master, block, sizeof(block))) != 0) {
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			fwrite(block, 1, (size_t)n, stdout);
			fflush(stdout);
		}
	}
}

int
main(int argc, char *argv[])
{
	int master, slave, status;
	pid_t child;

	if (argc < 2)
		return 99;
	open_terminal(&master, &slave);
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		dup2(slave, STDOUT_FILENO);
		close(slave);
		close(master);
		execvp(argv[1], argv + 1);
		fail(argv[1]);
	}
	close(slave);
	copy_output(master);
	if (waitpid(child, &status, 0) != child)
		fail("waitpid");
	fflush(stdout);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}
