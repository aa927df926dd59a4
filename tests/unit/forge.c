/*
 * forge - writes an .npz that no honest program would write.
 *
 *	forge OUT [[-OPTION VALUE]... NAME HEAD DATA]...
 *
 * A member NAME (as the zip has it) with the text HEAD as its .npy head, none
 * if HEAD is empty; then DATA: "@FILE", "=TEXT" or a number of zero bytes.
 * Options are for the next member only:
 *
 *	-c N	claim N bytes in place of the true size
 *	-k N	claim N bytes in the zip in place of the true size
 *	-m N	claim the compression method N
 *	-e 1	claim encryption
 *	-v N	.npy version N
 *	-z 1	deflate
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { MEMBERS = 16, LOCAL = 30, CENTRAL = 46, LAST = 22, ROOM = 1 << 20 };

struct member {
	const char *name;
	unsigned char *data;		/* as it will stand in the zip */
	size_t len;
	unsigned long crc, size, packed, method, flags, at;
};

struct options {
	long claim, packed, method, encrypted, version, deflate;
};

static unsigned char *
put(unsigned char *p, unsigned long v, int bytes)
{
	while (bytes-- > 0) {
		*p++ = v & 0xff;
		v >>= 8;
	}
	return p;
}

static void
need(const void *p)
{
	if (p == NULL) {
		perror("forge");
		exit(2);
	}
}

static size_t
put_head(unsigned char *to, const char *head, long version)
{
	size_t n = strlen(head);
	unsigned char *p = to;

	if (n == 0)
		return 0;
	memcpy(p, "\x93NUMPY", 6);
	p = put(p + 6, (unsigned long)version, 2);
	p = put(p, n, version == 1 ? 2 : 4);
	memcpy(p, head, n);
	return (size_t)(p - to) + n;
}

/* The capacity that a member needs for this data: of a large number, more than ROOM. */
static size_t
capacity(const char *data)
{
	return ROOM + (*data == '=' || *data == '@' ? 0 : strtoul(data, NULL, 10));
}

static size_t
put_data(unsigned char *to, const char *data)
{
	FILE *f;
	size_t n;

	if (*data == '=') {
		n = strlen(data + 1);
		memcpy(to, data + 1, n);
		return n;
	}
	if (*data != '@')
		return strtoul(data, NULL, 10);
	f = fopen(data + 1, "rb");
	need(f);
	n = fread(to, 1, ROOM / 2, f);
	fclose(f);
	return n;
}

static void
squeeze(struct member *m)
{
	uLong most = compressBound(m->len) + 64;
	unsigned char *out = malloc(most);
	z_stream s = { .next_in = m->data, .avail_in = (uInt)m->len, .next_out = out,
	    .avail_out = (uInt)most };

	need(out);
	deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
	deflate(&s, Z_FINISH);
	deflateEnd(&s);
	free(m->data);
	m->data = out;
	m->len = s.total_out;
}

static void
make(struct member *m, char *argv[], const struct options *o)
{
	m->name = argv[0];
	m->data = calloc(1, capacity(argv[2]));
	need(m->data);
	m->len = put_head(m->data, argv[1], o->version);
	m->len += put_data(m->data + m->len, argv[2]);
	m->crc = crc32(0, m->data, (uInt)m->len);
	m->size = o->claim >= 0 ? (unsigned long)o->claim : m->len;
	if (o->deflate)
		squeeze(m);
	m->packed = o->packed >= 0 ? (unsigned long)o->packed : m->len;
	m->method = o->method >= 0 ? (unsigned long)o->method : o->deflate ? 8 : 0;
	m->flags = o->encrypted ? 1 : 0;
}

/* What the local and the central entry have in common. */
static unsigned char *
put_entry(unsigned char *p, const struct member *m)
{
	p = put(p, 20, 2);
	p = put(p, m->flags, 2);
	p = put(p, m->method, 2);
	p = put(p, 0x21ul << 16, 4);
	p = put(p, m->crc, 4);
	p = put(p, m->packed, 4);
	p = put(p, m->size, 4);
	p = put(p, strlen(m->name), 2);
	return put(p, 0, 2);
}

static void
write_zip(FILE *f, struct member *m, int n)
{
	unsigned char b[CENTRAL] = { 0 };
	unsigned long start;

	for (int i = 0; i < n; i++) {
		m[i].at = (unsigned long)ftell(f);
		put_entry(put(b, 0x04034b50, 4), &m[i]);
		fwrite(b, 1, LOCAL, f);
		fputs(m[i].name, f);
		fwrite(m[i].data, 1, m[i].len, f);
	}
	start = (unsigned long)ftell(f);
	for (int i = 0; i < n; i++) {
		memset(b, 0, sizeof(b));
		put_entry(put(put(b, 0x02014b50, 4), 20, 2), &m[i]);
		put(b + CENTRAL - 4, m[i].at, 4);
		fwrite(b, 1, CENTRAL, f);
		fputs(m[i].name, f);
	}
	memset(b, 0, sizeof(b));
	put(put(put(b, 0x06054b50, 4), 0, 4), (unsigned long)n | (unsigned long)n << 16, 4);
	put(put(b + 12, (unsigned long)ftell(f) - start, 4), start, 4);
	fwrite(b, 1, LAST, f);
}

static void
set(struct options *o, char letter, long v)
{
	switch (letter) {
	case 'c': o->claim = v; break;
	case 'k': o->packed = v; break;
	case 'm': o->method = v; break;
	case 'e': o->encrypted = v; break;
	case 'v': o->version = v; break;
	case 'z': o->deflate = v; break;
	default: exit(2);
	}
}

int
main(int argc, char *argv[])
{
	const struct options none = { -1, -1, -1, 0, 1, 0 };
	struct options o = none;
	struct member m[MEMBERS];
	int n = 0, i = 2;
	FILE *f = argc > 1 ? fopen(argv[1], "wb") : NULL;

	need(f);
	while (i < argc) {
		if (argv[i][0] == '-' && i + 1 < argc) {
			set(&o, argv[i][1], strtol(argv[i + 1], NULL, 10));
			i += 2;
		} else if (n < MEMBERS && i + 2 < argc) {
			make(&m[n++], argv + i, &o);
			o = none;
			i += 3;
		} else {
			return 2;
		}
	}
	write_zip(f, m, n);
	while (n > 0)
		free(m[--n].data);
	return fclose(f) == 0 ? 0 : 1;
}
