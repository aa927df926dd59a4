/*
 * file_kind.c - first bytes, and what to do about them.
 */
#include <string.h>

#include "file_kind.h"
#include "gunzip.h"
#include "prog.h"
#include "recode.h"
#include "unxz.h"
#include "unzstd.h"
#include "utf8.h"

enum {
	FIRST = 4,		/* bytes waited for, enough for most kinds */
	WIDE = 16,		/* and if one of these is zero */
	LOOKED_AT = 4096,	/* bytes in which zeros are counted */
	ZIP_NAME = 30,		/* offset of the name of a zip's first member */
	ARRAY_NAME = 68,	/* bytes of an array's name with .npy, at most */
	TAR_MAGIC = 257		/* offset of "ustar" in the first member's head */
};

static const char *const magic[] = {
	[FILE_TOKENS] = "#tokens ", [FILE_TABLE] = "#table ", [FILE_VOCAB] = "#vocab ",
	[FILE_INDEX] = "#index "
};

static const struct start {
	enum file_kind kind;
	size_t len;
	const char *bytes;
} starts[] = {
	{ FILE_TOKENS, 8, "#tokens " },
	{ FILE_TABLE, 7, "#table " },
	{ FILE_VOCAB, 7, "#vocab " },
	{ FILE_INDEX, 7, "#index " },
	{ FILE_GZIP, 2, "\x1f\x8b" },
	{ FILE_XZ, 4, "\xfd" "7zX" },
	{ FILE_ZSTD, 4, "\x28\xb5\x2f\xfd" },
	{ FILE_BZIP2, 3, "BZh" },	/* and more, see is_bzip2() */
	{ FILE_ZIP, 4, "PK\x03\x04" },
	{ FILE_ZIP, 4, "PK\x05\x06" },	/* an empty one */
	{ FILE_PDF, 5, "%PDF-" },
	{ FILE_IMAGE, 4, "\x89PNG" },
	{ FILE_IMAGE, 3, "\xff\xd8\xff" },	/* JPEG */
	{ FILE_PROGRAM, 4, "\x7f" "ELF" },
	{ FILE_DATABASE, 16, "SQLite format 3" },	/* and the NUL */
	{ FILE_OFFICE, 4, "\xd0\xcf\x11\xe0" },
	{ FILE_UTF32, 4, "\xff\xfe\0\0" },
	{ FILE_UTF32, 4, "\0\0\xfe\xff" },
	{ FILE_UTF16, 2, "\xff\xfe" },
	{ FILE_UTF16, 2, "\xfe\xff" },
};
enum { NSTARTS = sizeof(starts) / sizeof(starts[0]), LONGEST = 16 };

/* What a kind is called, and how to make text of it. */
static const struct {
	const char *name, *remedy;
} known[FILE_KINDS] = {
	[FILE_TEXT] = { "text", NULL },
	[FILE_TOKENS] = { "a token stream", NULL },
	[FILE_TABLE] = { "a vocabulary table", NULL },
	[FILE_VOCAB] = { "a vocabulary stream", NULL },
	[FILE_INDEX] = { "an index stream", NULL },
	[FILE_GZIP] = { "gzip data", "unpack it with: zcat" },
	[FILE_XZ] = { "xz data", "unpack it with: xzcat" },
	[FILE_ZSTD] = { "zstd data", "unpack it with: zstdcat" },
	[FILE_BZIP2] = { "bzip2 data", "unpack it with: bzcat" },
	[FILE_ZIP] = { "a zip file", "unpack it with: unzip -p; a spreadsheet has to be saved as CSV" },
	[FILE_NPZ] = { "a model or other .npz file", "is it in the wrong place on the "
	    "command line?" },
	[FILE_PDF] = { "a PDF", "take its text with: pdftotext" },
	[FILE_TAR] = { "a tar archive", "take a file out of it with: tar -xOf" },
	[FILE_IMAGE] = { "an image", "is it the right file?" },
	[FILE_PROGRAM] = { "a compiled program or library", "is it the right file?" },
	[FILE_DATABASE] = { "an SQLite database", "write a table of it with: sqlite3 -csv" },
	[FILE_OFFICE] = { "a document or spreadsheet of an old Office", "save it as text or CSV" },
	[FILE_UTF16] = { "UTF-16", "convert it with: iconv -f UTF-16 -t UTF-8" },
	[FILE_UTF16LE] = { "UTF-16", "convert it with: iconv -f UTF-16LE -t UTF-8" },
	[FILE_UTF16BE] = { "UTF-16", "convert it with: iconv -f UTF-16BE -t UTF-8" },
	[FILE_UTF32] = { "UTF-32", "convert it with: iconv -f UTF-32 -t UTF-8" },
	[FILE_UTF32LE] = { "UTF-32", "convert it with: iconv -f UTF-32LE -t UTF-8" },
	[FILE_UTF32BE] = { "UTF-32", "convert it with: iconv -f UTF-32BE -t UTF-8" },
};

const char *
file_kind_magic(enum file_kind kind)
{
	return magic[kind];
}

const char *
file_kind_name(enum file_kind kind)
{
	return known[kind].name;
}

/* A text may begin with BZh9, but not with the head of a block or of the end after it. */
static bool
is_bzip2(const char *p, size_t len)
{
	return len >= 10 && p[3] >= '1' && p[3] <= '9' &&
	    (memcmp(p + 4, "1AY&SY", 6) == 0 || memcmp(p + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* A zip whose first member is an array. */
static bool
is_npz(const char *p, size_t len)
{
	size_t name = len > ZIP_NAME ? (unsigned char)p[26] + 256 * (size_t)(unsigned char)p[27] : 0;

	return name >= 4 && len - ZIP_NAME >= name && memcmp(p + ZIP_NAME + name - 4, ".npy", 4) == 0;
}

/* A name, filled up with zeros, and more, before the magic number. */
static bool
is_tar(const char *p, size_t len)
{
	return len >= TAR_MAGIC + 5 && memcmp(p + TAR_MAGIC, "ustar", 5) == 0 &&
	    memchr(p, 0, TAR_MAGIC) != NULL;
}

/* Whether most units of `width` bytes have zeros where ASCII has them in this encoding, whose
 * low byte is at `low`, and none has a zero there. */
static bool
is_wide(const char *p, size_t len, size_t width, size_t low)
{
	size_t units = len / width, narrow = 0;

	for (size_t i = 0; i < units; i++) {
		size_t zeros = 0;

		for (size_t k = 0; k < width; k++)
			zeros += p[i * width + k] == 0;
		if (p[i * width + low] == 0 && zeros == width)
			return false;
		narrow += p[i * width + low] != 0 && zeros == width - 1;
	}
	return units >= 2 && narrow * 4 >= units * 3;
}

static enum file_kind
wide_kind(const char *p, size_t len)
{
	if (len > LOOKED_AT)
		len = LOOKED_AT;
	return is_wide(p, len, 4, 0) ? FILE_UTF32LE : is_wide(p, len, 4, 3) ? FILE_UTF32BE :
	    is_wide(p, len, 2, 0) ? FILE_UTF16LE : is_wide(p, len, 2, 1) ? FILE_UTF16BE : FILE_TEXT;
}

enum file_kind
file_kind_of(const char *p, size_t len)
{
	for (int i = 0; i < NSTARTS; i++) {
		const struct start *s = &starts[i];

		if (len < s->len || memcmp(p, s->bytes, s->len) != 0 ||
		    (s->kind == FILE_BZIP2 && !is_bzip2(p, len)))
			continue;
		return s->kind == FILE_ZIP && is_npz(p, len) ? FILE_NPZ : s->kind;
	}
	return is_tar(p, len) ? FILE_TAR : wide_kind(p, len);
}

/* Whether these bytes can become the start of a kind once there are more. */
static bool
is_undecided(const char *p, size_t len)
{
	for (int i = 0; i < NSTARTS; i++) {
		size_t n = starts[i].len < len ? starts[i].len : len;

		if (memcmp(p, starts[i].bytes, n) == 0)
			return true;
	}
	return false;
}

/* A text may begin with the first word of a header, but hardly with more of it. */
static bool
is_header(const char *p, size_t len)
{
	static const char *const second[] = {
		[FILE_TOKENS] = " rules=", [FILE_TABLE] = " unit=", [FILE_VOCAB] = " size=",
		[FILE_INDEX] = " size="
	};
	enum file_kind kind = file_kind_of(p, len);
	size_t at = strlen(magic[kind]) + 1, n = strlen(second[kind]);

	if (kind == FILE_TOKENS && len >= at + n && memcmp(p + at, " lines=", n) == 0)
		return true;
	return len >= at + n && memcmp(p + at, second[kind], n) == 0;
}

/* What to do about a stream of this suite where another, or text, was expected. */
static const char *
wrong_stream(enum file_kind found, enum file_kind want, struct errmsg *err)
{
	static const char *const maker[] = { [FILE_TEXT] = "", [FILE_TOKENS] = "tok",
		[FILE_TABLE] = "vocab", [FILE_VOCAB] = "vocab", [FILE_INDEX] = "encode" };
	const char *found_name = known[found].name, *want_name = known[want].name;

	if (want == FILE_TABLE)
		return errmsg_set(err, "%s where %s was expected; make one with: %svocab -t", found_name,
		    want_name, prog_prefix);
	if (found == FILE_TABLE)
		return errmsg_set(err, "%s where %s was expected; a table goes with -v of %sencode",
		    found_name, want_name, prog_prefix);
	if (found > want)
		return errmsg_set(err, "%s where %s was expected; is there %s `%s%s` too many in the "
		    "pipe?", found_name, want_name, found == FILE_INDEX ? "an" : "a", prog_prefix,
		    maker[found]);
	return errmsg_set(err, "%s where %s was expected; is `%s%s` missing from the pipe?",
	    found_name, want_name, prog_prefix,
	    want == FILE_INDEX && found == FILE_TOKENS ? "vocab" : maker[want]);
}

/* What is unpacked while it is read; the last row ends the table. */
static const struct unpacker {
	enum file_kind kind;
	struct byte_filter *(*make)(void);
} unpackers[] = {
	{ FILE_GZIP, gunzip_new },
#ifdef HAVE_LZMA
	{ FILE_XZ, unxz_new },
#endif
#ifdef HAVE_ZSTD
	{ FILE_ZSTD, unzstd_new },
#endif
	{ FILE_TEXT, NULL }
};

/* Unpacks the input if it is of such a kind; p(len) are its first bytes. */
static const char *
unpack(struct reader *in, const char *p, size_t len, bool *unpacked)
{
	const struct unpacker *u = unpackers;
	enum file_kind kind = file_kind_of(p, len);
	struct byte_filter *f;

	while (u->make && u->kind != kind)
		u++;
	*unpacked = u->make != NULL;
	if (!*unpacked)
		return NULL;
	if ((f = u->make()) == NULL)
		return "out of memory";
	reader_convert(in, f);
	return NULL;
}

/* Converts the text that follows to UTF-8. */
static const char *
recode(struct reader *in, const char *encoding, struct errmsg *err)
{
	struct byte_filter *f = recode_new(encoding);

	if (f == NULL)
		return errmsg_set(err, "iconv(3) does not convert %s, or memory ran out", encoding);
	reader_convert(in, f);
	return NULL;
}

/* The encodings that a byte order mark announces. */
static const struct mark {
	const char *bytes;
	size_t len;
	const char *encoding;	/* NULL: UTF-8, which needs no conversion */
} marks[] = {
	{ UTF8_BOM, 3, NULL },
	{ "\xff\xfe\0\0", 4, "UTF-32LE" },	/* before UTF-16LE, whose mark it begins with */
	{ "\0\0\xfe\xff", 4, "UTF-32BE" },
	{ "\xff\xfe", 2, "UTF-16LE" },
	{ "\xfe\xff", 2, "UTF-16BE" },
};
enum { NMARKS = sizeof(marks) / sizeof(marks[0]), LONGEST_MARK = 4 };

static const struct mark *
find_mark(const char *p, size_t len)
{
	for (int i = 0; i < NMARKS; i++)
		if (len >= marks[i].len && memcmp(p, marks[i].bytes, marks[i].len) == 0)
			return &marks[i];
	return NULL;
}

/* Lets what can be converted, compressed data and other encodings, pass as the UTF-8 that is in
 * it, and skips byte order marks. */
static const char *
convert_input(struct reader *in, struct errmsg *err)
{
	const struct mark *mark;
	const char *p, *why;
	size_t got;
	bool unpacked = false;

	why = reader_peek_line(in, LONGEST_MARK, &p, &got);
	if (why == NULL && in->f != NULL)
		why = unpack(in, p, got, &unpacked);
	if (why == NULL && unpacked)
		why = reader_peek_line(in, LONGEST_MARK, &p, &got);
	if (why)
		return why;
	mark = find_mark(p, got);
	if (mark)
		in->pos += mark->len;
	if (mark)
		in->encoding = mark->encoding;
	return in->f && got && in->encoding ? recode(in, in->encoding, err) : NULL;
}

/* What to do about a file that cannot be converted. */
static const char *
not_text(enum file_kind found, enum file_kind want, struct errmsg *err)
{
	static const char *const encoding[FILE_KINDS] = { [FILE_UTF16LE] = "UTF-16LE",
		[FILE_UTF16BE] = "UTF-16BE", [FILE_UTF32LE] = "UTF-32LE",
		[FILE_UTF32BE] = "UTF-32BE" };
	bool named = want == FILE_TEXT && encoding[found];

	return errmsg_set(err, "%s where %s was expected; %s%s%s", known[found].name,
	    known[want].name, known[found].remedy, named ? ", or give --encoding " : "",
	    named ? encoding[found] : "");
}

/* The bytes at the start, as many as tell the kind or are there. */
static const char *
look(struct reader *in, const char **p, size_t *len)
{
	const char *why = reader_peek_line(in, FIRST, p, len);

	if (why == NULL && memchr(*p, 0, *len) != NULL)
		why = reader_peek(in, WIDE, p, len);
	else if (why == NULL && is_undecided(*p, *len))
		why = reader_peek(in, **p == 'P' ? ZIP_NAME + ARRAY_NAME : LONGEST, p, len);
	if (why == NULL && *len > 0)
		*len = in->end - in->pos;
	return why;
}

const char *
file_kind_begin(struct reader *in, enum file_kind want, enum file_kind *found,
    struct errmsg *err)
{
	const char *p, *why = convert_input(in, err);
	size_t len;

	*found = FILE_TEXT;
	if (why != NULL || (why = look(in, &p, &len)) != NULL)
		return why;
	*found = file_kind_of(p, len);
	if (*found == FILE_TEXT || *found == want)
		return NULL;
	if (*found > FILE_INDEX)
		return not_text(*found, want, err);
	if (want == FILE_TEXT && !is_header(p, len)) {
		*found = FILE_TEXT;
		return NULL;
	}
	return wrong_stream(*found, want, err);
}
