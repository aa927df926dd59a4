/*
 * models.c - fuzz target for whole models whose checksums are right: a small model in
 * which the input replaces one array, is added as another, or follows the configuration.
 * npz.c reads any bytes as a file, but hardly ever gets past a CRC-32.
 *
 *	byte 0		what to do: see enum
 *	byte 1		which array; its type and shape where the bytes are data
 *	the rest	the bytes
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "model.h"
#include "npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { WHOLE_MEMBER = 1, ADD_MEMBER = 2, ADD_CONFIG = 4, DEFLATED = 8 };
enum { LOCAL = 30, CENTRAL = 46, LAST = 22, CAPACITY = 1 << 17, MEMBERS = 6, CONFIG = 4 };

static const float weights[8] = { 0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f, 0.7f, -0.8f };
static const char config[] = "version=1\nunit=sentence\ncell=rnn\nlayers=1\nhidden=2\nvocab=4\n"
    "type=float32\nepoch=0\nsentence=0\nseen=0\nrate=0.005\nrate0=0.005\nloss=none\nevaluated=0\n"
    "limit=0\nsentences=1\ndata_crc=00000000\nseed=10\nbptt=4\nbatch=1\nevery=5\nepochs=1\n";
static const char vocab[] = "SENTENCE_START\t1\nSENTENCE_END\t1\na\t1\nUNKNOWN_TOKEN\t0\n";
static const char *const added[] = { "carry", "b", "c", "q", "E", "P", "U.1", "W.2", "U2", "W2" };

static const struct npz_array base[MEMBERS - 1] = {
	{ .name = "U", .type = NPZ_F4, .ndim = 2, .shape = { 2, 4 }, .n = 8 },
	{ .name = "V", .type = NPZ_F4, .ndim = 2, .shape = { 4, 2 }, .n = 8 },
	{ .name = "W", .type = NPZ_F4, .ndim = 2, .shape = { 2, 2 }, .n = 4 },
	{ .name = "vocab", .type = NPZ_U1, .ndim = 1, .shape = { sizeof(vocab) - 1 },
	  .n = sizeof(vocab) - 1 },
	{ .name = "config", .type = NPZ_U1, .ndim = 1, .shape = { sizeof(config) - 1 },
	  .n = sizeof(config) - 1 }
};

/* A zip in the making: its members, and their entries in the directory. */
static struct {
	unsigned char p[CAPACITY], directory[1 << 12];
	size_t len, dlen;
	unsigned n;
} zip;

static char path[200];

static void
want(int truth)
{
	if (!truth)
		abort();
}

static unsigned char *
put(unsigned char *p, unsigned long v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		*p++ = v & 0xff;
	return p;
}

/* What the local and the central entry have in common. */
static unsigned char *
put_entry(unsigned char *p, const char *name, unsigned long crc, size_t packed, size_t len)
{
	p = put(put(p, 20, 4), packed == len ? 0 : 8, 2);
	p = put(put(p, 0x21ul << 16, 4), crc, 4);
	p = put(put(p, packed, 4), len, 4);
	return put(put(p, strlen(name), 2), 0, 2);
}

/* Deflates p, if that makes it shorter, else copies it. */
static size_t
pack(unsigned char *to, const unsigned char *p, size_t len, int deflated)
{
	z_stream s = { .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)len, .next_out = to,
	    .avail_out = (uInt)len };
	int end;

	if (deflated) {
		want(deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
		end = deflate(&s, Z_FINISH);
		deflateEnd(&s);
		if (end == Z_STREAM_END && s.total_out < len)
			return s.total_out;
	}
	memcpy(to, p, len);
	return len;
}

static void
add_member(const char *array, const unsigned char *p, size_t len, int deflated)
{
	unsigned long crc = crc32(0, p, (uInt)len);
	size_t packed, nlen;
	unsigned char *d = zip.directory + zip.dlen;
	char name[80];

	snprintf(name, sizeof(name), "%s.npy", array);
	nlen = strlen(name);
	packed = pack(zip.p + zip.len + LOCAL + nlen, p, len, deflated);
	memset(d, 0, CENTRAL);
	put_entry(put(put(d, 0x02014b50, 4), 20, 2), name, crc, packed, len);
	put(d + CENTRAL - 4, zip.len, 4);
	memcpy(d + CENTRAL, name, nlen);
	zip.dlen += CENTRAL + nlen;
	put_entry(put(zip.p + zip.len, 0x04034b50, 4), name, crc, packed, len);
	memcpy(zip.p + zip.len + LOCAL, name, nlen);
	zip.len += LOCAL + nlen + packed;
	zip.n++;
}

/* Adds an array with these bytes of data, and a header that fits its shape. */
static void
add_array(struct npz_array a, const void *p, size_t len, int deflated)
{
	static unsigned char member[1 << 14];
	char head[NPY_OUT_MAX];
	size_t n = npy_format(&a, head);

	want(n + len <= sizeof(member));
	memcpy(member, head, n);
	memcpy(member + n, p, len);
	add_member(a.name, member, n + len, deflated);
}

/* The array that the second byte describes, of len bytes. */
static struct npz_array
described(const char *name, unsigned how, size_t len)
{
	static const size_t shape[][2] = { { 2, 4 }, { 4, 2 }, { 2, 2 }, { 1, 2 }, { 1, 4 } };
	struct npz_array a = { .type = (enum npz_type)(how % 5), .ndim = how & 128 ? 1 : 2 };

	strcpy(a.name, name);
	memcpy(a.shape, shape[how / 5 % 5], sizeof(shape[0]));
	if (a.ndim == 1)
		a.shape[0] = len / npz_type_size(a.type);
	return a;
}

static const void *
base_data(int i)
{
	return i == CONFIG ? (const void *)config : i == CONFIG - 1 ? (const void *)vocab : weights;
}

/* Adds array i of the model, changed as the input says. */
static void
add_base(int i, unsigned what, unsigned which, const uint8_t *p, size_t len)
{
	struct npz_array a = base[i];

	if (i == CONFIG && what & ADD_CONFIG) {
		char *text = malloc(sizeof(config) + len);

		want(text != NULL);
		memcpy(text, config, sizeof(config) - 1);
		memcpy(text + sizeof(config) - 1, p, len);
		a.shape[0] = a.n = sizeof(config) - 1 + len;
		add_array(a, text, a.n, what & DEFLATED);
		free(text);
	} else if (what & (ADD_CONFIG | ADD_MEMBER) || which % 5 != (unsigned)i) {
		add_array(a, base_data(i), a.n * npz_type_size(a.type), what & DEFLATED);
	} else if (what & WHOLE_MEMBER) {
		add_member(a.name, p, len, what & DEFLATED);
	} else if (a.type == NPZ_U1) {
		a.shape[0] = len;
		add_array(a, p, len, what & DEFLATED);
	} else {
		add_array(described(a.name, which / 5, len), p, len, what & DEFLATED);
	}
}

static void
remove_file(void)
{
	unlink(path);
}

static void
write_zip(void)
{
	unsigned char last[LAST] = { 0 };
	const char *dir = getenv("TMPDIR");
	FILE *f;

	if (path[0] == '\0') {
		snprintf(path, sizeof(path), "%s/models.XXXXXX", dir ? dir : "/tmp");
		close(mkstemp(path));
		atexit(remove_file);
	}
	put(put(put(last, 0x06054b50, 4), 0, 4), zip.n | (unsigned long)zip.n << 16, 4);
	put(put(last + 12, zip.dlen, 4), zip.len, 4);
	f = fopen(path, "wb");
	want(f != NULL);
	fwrite(zip.p, 1, zip.len, f);
	fwrite(zip.directory, 1, zip.dlen, f);
	fwrite(last, 1, LAST, f);
	want(fclose(f) == 0);
}

/* An error message is one line of visible characters; what loads is saved and loads again. */
static void
load(void)
{
	struct model m;
	const char *why = model_load(&m, path);

	for (const char *p = why; p != NULL && *p; p++)
		want((unsigned char)*p >= ' ' && *p != 127);
	want(why == NULL || *why != '\0');
	if (why == NULL) {
		want(model_save(&m, path) == NULL);
		model_free(&m);
		want(model_load(&m, path) == NULL);
	}
	model_free(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned what, which;

	if (len < 2 || len > 4096)
		return 0;
	what = data[0];
	which = data[1];
	zip.len = zip.dlen = zip.n = 0;
	for (int i = 0; i < MEMBERS - 1; i++)
		add_base(i, what, which, data + 2, len - 2);
	if (what & ADD_MEMBER)
		add_array(described(added[which % 10], which / 10, len - 2), data + 2, len - 2,
		    what & DEFLATED);
	write_zip();
	load();
	return 0;
}
