/*
 * replay.c - runs a fuzz target over every file named, and every file in each
 * folder named, so that a saved corpus is tested without a fuzzer.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static _Noreturn void
fail(const char *name)
{
	fprintf(stderr, "replay: %s: %s\n", name, strerror(errno));
	exit(1);
}

static void
replay_file(const char *name)
{
	FILE *f = fopen(name, "rb");
	uint8_t *data;
	long len;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (len = ftell(f)) < 0)
		fail(name);
	rewind(f);
	/* exactly as long as the input, so that reading past it is seen */
	data = malloc(len ? (size_t)len : 1);
	if (data == NULL || fread(data, 1, (size_t)len, f) != (size_t)len)
		fail(name);
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)len);
	free(data);
}

/* Gives the number of files. */
static unsigned long
replay(const char *name)
{
	struct stat st;
	struct dirent *e;
	unsigned long n = 0;
	char path[4096];
	DIR *d;

	if (stat(name, &st) != 0)
		fail(name);
	if (!S_ISDIR(st.st_mode)) {
		replay_file(name);
		return 1;
	}
	d = opendir(name);
	if (d == NULL)
		fail(name);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", name, e->d_name) >=
		    sizeof(path)) {
			errno = ENAMETOOLONG;
			fail(name);
		}
		n += replay(path);
	}
	closedir(d);
	return n;
}

int
main(int argc, char *argv[])
{
	unsigned long n = 0;

	for (int i = 1; i < argc; i++)
		n += replay(argv[i]);
	printf("%lu inputs\n", n);
	return n == 0;
}
