/*
 * atomic - writes standard input to FILE as an atomic_file.
 *
 *	atomic FILE	prints the temporary file's name and its descriptor's, reads to the
 *			end, commits
 */
#include <unistd.h>

#include "atomic_file.h"
#include "must.h"

int
main(int argc, char *argv[])
{
	struct atomic_file a;
	struct errmsg err;
	int c;

	if (argc != 2)
		return 2;
	must(atomic_file_open(&a, argv[1], &err));
	printf("%s /proc/%ld/fd/%d\n", a.tmp ? a.tmp : "none", (long)getpid(), fileno(a.f));
	fflush(stdout);
	while ((c = getchar()) != EOF)
		putc(c, a.f);
	fflush(a.f);
	must(atomic_file_commit(&a));
	return 0;
}
