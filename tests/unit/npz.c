/*
 * npz - writes and reads arrays, and damages files to see what reading says.
 *
 *	npz write FILE	arrays of every type and number of dimensions
 *	npz show FILE	a line an array: name, type, shape, all its values
 *	npz cut FILE	no beginning of the file may be read
 *	npz flip FILE	a changed byte is an error, or changes nothing
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "npy.h"
#include "npz.h"

static struct {
	unsigned char *p;
	size_t len;
} file;

static void
print_value(const struct npz_array *a, size_t i)
{
	switch (a->type) {
	case NPZ_F4: printf(" %.9g", (double)((float *)a->data)[i]); break;
	case NPZ_F8: printf(" %.17g", ((double *)a->data)[i]); break;
	case NPZ_U1: printf(" %u", ((uint8_t *)a->data)[i]); break;
	case NPZ_U4: printf(" %" PRIu32, ((uint32_t *)a->data)[i]); break;
	case NPZ_I8: printf(" %" PRId64, ((int64_t *)a->data)[i]); break;
	}
}

static int
show(const char *path)
{
	struct npz z;
	const char *why = npz_read(&z, path);

	if (why != NULL) {
		fprintf(stderr, "npz: %s: %s\n", path, why);
		return 1;
	}
	for (size_t k = 0; k < z.narray; k++) {
		const struct npz_array *a = &z.array[k];

		printf("%s %s (", a->name, npy_type_name(a->type));
		for (int d = 0; d < a->ndim; d++)
			printf("%s%zu", d ? "," : "", a->shape[d]);
		printf(")");
		for (size_t i = 0; i < a->n; i++)
			print_value(a, i);
		printf("\n");
	}
	npz_free(&z);
	return 0;
}

static int
write_all(const char *path)
{
	float f[] = { 0.1f, -1, 3e38f, 1e-45f, 5, 6 };
	double d[24];
	uint8_t b[] = "bytes";
	uint32_t u[] = { 0, 4294967295u };
	int64_t l[] = { INT64_MIN, -1, INT64_MAX };
	struct errmsg err;
	struct npz_array a[] = {
		{ .name = "f", .type = NPZ_F4, .ndim = 2, .shape = { 2, 3 }, .n = 6, .data = f },
		{ .name = "d", .type = NPZ_F8, .ndim = 4, .shape = { 1, 2, 3, 4 }, .n = 24, .data = d },
		{ .name = "b", .type = NPZ_U1, .ndim = 1, .shape = { 5 }, .n = 5, .data = b },
		{ .name = "u", .type = NPZ_U4, .ndim = 2, .shape = { 2, 1 }, .n = 2, .data = u },
		{ .name = "l", .type = NPZ_I8, .ndim = 3, .shape = { 3, 1, 1 }, .n = 3, .data = l },
		{ .name = "scalar", .type = NPZ_F8, .ndim = 0, .shape = { 0 }, .n = 1, .data = d + 1 },
		{ .name = "empty", .type = NPZ_F4, .ndim = 2, .shape = { 0, 3 }, .n = 0, .data = NULL },
	};
	const char *why;

	for (int i = 0; i < 24; i++)
		d[i] = i / 7.0;
	why = npz_write(path, a, sizeof(a) / sizeof(a[0]), &err);
	if (why != NULL)
		fprintf(stderr, "npz: %s: %s\n", path, why);
	return why != NULL;
}

/* A sum over everything that was read: names, types, shapes, values. */
static uint64_t
sum(uint64_t h, const void *p, size_t len)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < len; i++)
		h = (h ^ b[i]) * UINT64_C(1099511628211);
	return h;
}

static uint64_t
sum_all(const struct npz *z)
{
	uint64_t h = 1;

	for (size_t k = 0; k < z->narray; k++) {
		const struct npz_array *a = &z->array[k];

		h = sum(h, a->name, strlen(a->name) + 1);
		h = sum(h, &a->type, sizeof(a->type));
		h = sum(h, a->shape, (size_t)a->ndim * sizeof(a->shape[0]));
		h = sum(h, a->data, a->n * npz_type_size(a->type));
	}
	return h;
}

static void
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	int c;

	if (f == NULL)
		exit(2);
	while ((c = getc(f)) != EOF) {
		file.p = realloc(file.p, file.len + 1);
		file.p[file.len++] = (unsigned char)c;
	}
	fclose(f);
}

/* Writes the first len bytes beside path and reads them as arrays and as a
 * model; false if they are no arrays. */
static bool
read_bytes(const char *path, size_t len, uint64_t *h)
{
	char name[1000];
	struct npz z;
	struct model m;
	const char *why;
	FILE *f;

	snprintf(name, sizeof(name), "%s.damaged", path);
	f = fopen(name, "wb");
	if (f == NULL || fwrite(file.p, 1, len, f) != len || fclose(f) != 0)
		exit(2);
	why = npz_read(&z, name);
	if (why == NULL) {
		*h = sum_all(&z);
		npz_free(&z);
	} else if (*why == '\0' || strchr(why, '\n') != NULL) {
		fprintf(stderr, "npz: no phrase: '%s'\n", why);
		exit(1);
	}
	if (model_load(&m, name) == NULL) {
		if (why != NULL)
			exit(1);
		model_free(&m);
	}
	remove(name);
	return why == NULL;
}

static int
cut(const char *path)
{
	uint64_t h;
	size_t wrong = 0;

	for (size_t len = 0; len < file.len; len++) {
		if (read_bytes(path, len, &h)) {
			fprintf(stderr, "npz: the first %zu bytes are read\n", len);
			wrong++;
		}
	}
	printf("%zu beginnings, %zu of them read\n", file.len, wrong);
	return wrong > 0;
}

static int
flip(const char *path)
{
	static const unsigned char masks[] = { 0x01, 0x02, 0x08, 0x20, 0x80, 0xff };
	uint64_t good, h;
	size_t refused = 0, same = 0, wrong = 0;

	if (!read_bytes(path, file.len, &good))
		return 2;
	for (size_t i = 0; i < file.len; i++) {
		for (size_t k = 0; k < sizeof(masks); k++) {
			file.p[i] ^= masks[k];
			if (!read_bytes(path, file.len, &h)) {
				refused++;
			} else if (h == good) {
				same++;
			} else {
				fprintf(stderr, "npz: byte %zu ^ %#x is not noticed\n", i,
				    masks[k]);
				wrong++;
			}
			file.p[i] ^= masks[k];
		}
	}
	printf("%zu flips: %s refused, %s harmless, %zu unnoticed\n",
	    refused + same + wrong, refused > same ? "most" : "few",
	    same > 0 ? "some" : "none", wrong);
	return wrong > 0;
}

int
main(int argc, char *argv[])
{
	int rc = 2;

	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "show") == 0) {
		rc = show(argv[2]);
	} else if (strcmp(argv[1], "write") == 0) {
		rc = write_all(argv[2]);
	} else {
		slurp(argv[2]);
		rc = strcmp(argv[1], "cut") == 0 ? cut(argv[2]) : flip(argv[2]);
		free(file.p);
	}
	return fclose(stdout) == 0 ? rc : 1;
}
