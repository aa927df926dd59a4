/*
 * npz.c - fuzz target for model files.  Data with a zip's magic is read from a file,
 * as arrays and as a model; the parts that a checksum protects there, a .npy header
 * and a config, are also parsed directly.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "model_config.h"
#include "npy.h"
#include "npz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char path[200];

static void
remove_file(void)
{
	unlink(path);
}

static void
put_file(const uint8_t *data, size_t len)
{
	const char *dir = getenv("TMPDIR");
	FILE *f;

	if (path[0] == '\0') {
		snprintf(path, sizeof(path), "%s/npz.XXXXXX", dir ? dir : "/tmp");
		close(mkstemp(path));
		atexit(remove_file);
	}
	f = fopen(path, "wb");
	if (f == NULL || fwrite(data, 1, len, f) != len || fclose(f) != 0)
		abort();
}

/* An error message is one line and not empty. */
static void
check_message(const char *why)
{
	if (why != NULL && (*why == '\0' || strchr(why, '\n') != NULL))
		abort();
}

static void
read_zip(const uint8_t *data, size_t len)
{
	struct npz z;
	struct model m;
	const char *why;

	put_file(data, len);
	why = npz_read(&z, path);
	check_message(why);
	if (why == NULL)
		npz_free(&z);
	why = model_load(&m, path);
	check_message(why);
	/* what loads can be saved and loads again */
	if (why == NULL && (model_save(&m, path) != NULL || (model_free(&m),
	    model_load(&m, path)) != NULL))
		abort();
	model_free(&m);
}

static void
parse_head(const uint8_t *data, size_t len)
{
	struct npz_array a = { .n = 0 };
	bool fortran;
	char out[NPY_OUT_MAX];
	struct errmsg err;
	size_t head, again;

	if (npy_length(data, len, &head) != NULL || head > len)
		return;
	if (npy_parse(data, head, &a, &fortran, &err) != NULL)
		return;
	/* what was understood is said again in NumPy's words, and understood */
	again = npy_format(&a, out);
	if (npy_length((unsigned char *)out, again, &head) != NULL || head != again ||
	    npy_parse((unsigned char *)out, head, &a, &fortran, &err) != NULL)
		abort();
}

static void
parse_config(const uint8_t *data, size_t len)
{
	struct model m = { .nparam = 0 };
	struct buf text = { 0 };
	const char *why = config_parse(&m, (const char *)data, len);

	check_message(why);
	if (why == NULL && (config_format(&m, &text) != NULL ||
	    config_parse(&m, text.p, text.len) != NULL))
		abort();
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > 2 && memcmp(data, "PK", 2) == 0) {
		read_zip(data, len);
	} else {
		/* at their exact length, so that a byte too far is seen */
		uint8_t *copy = malloc(len ? len : 1);

		if (copy == NULL)
			abort();
		if (len)
			memcpy(copy, data, len);
		parse_head(copy, len);
		parse_config(copy, len);
		free(copy);
	}
	return 0;
}
