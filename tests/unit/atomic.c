/*
 * atomic - writes standard input to FILE as an atomic_file.
 *
 *	atomic FILE	prints the temporary file's name, reads to the end, commits
 */
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
	printf("%s\n", a.tmp ? a.tmp : "");
	fflush(stdout);
	while ((c = getchar()) != EOF)
		putc(c, a.f);
	fflush(a.f);
	must(atomic_file_commit(&a));
	return 0;
}
