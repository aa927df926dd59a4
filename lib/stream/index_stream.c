/*
 * index_stream.c - reads an index stream, as bytes or as text.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "header.h"
#include "index_stream.h"
#include "little_endian.h"
#include "prog.h"
#include "decimal.h"
#include "errmsg.h"
#include "utf8.h"

enum { CHUNK = 1 << 16 };	/* bytes of a frame read at a time */

static const char unfinished[] =
    "the stream ends without its last frame: the program that wrote it did not finish";
static const char mismatch[] = "checksum mismatch in the stream";
static const char surplus[] = "data after the last frame";

/* An error message about the current frame. */
static const char *
bad_frame(struct index_reader *r, const char *reason)
{
	return errmsg_set(&r->err, "frame %llu: %s", (unsigned long long)r->frames + 1, reason);
}

/* What the header says about the table, which is then read and compared. */
static const char *
read_header(struct index_reader *r, uint32_t *size, uint32_t *crc)
{
	struct header_field f[] = { { .key = "size" }, { .key = "unit" }, { .key = "width" },
		{ .key = "vocab" }, { .key = "rules", .optional = true },
		{ .key = "lines", .optional = true }, { .key = "form", .optional = true } };
	struct line_form form;
	uint64_t n, width, version;
	const char *why;

	why = header_read(&r->in, FILE_INDEX, f, 7, &version, &r->err);
	if (why != NULL || (why = header_number(&f[0], VOCAB_MAX, &n, &r->err)))
		return why;
	if ((why = header_number(&f[2], 4, &width, &r->err)) != NULL)
		return why;
	if (width != (n <= 65536 ? 2 : 4))
		return errmsg_set(&r->err, "header: width=%d does not match size=%d",
		    (int)width, (int)n);
	if ((why = header_unit(&f[1], &r->vocab.unit)) != NULL ||
	    (why = header_rules(&f[4], &r->vocab.rules, &r->err)) != NULL)
		return why;
	if (!header_crc(f[3].value, f[3].len, crc))
		return "header: vocab= is not eight hex digits";
	if (header_lines(&f[5], &form) != NULL || form.empty)
		return "header: lines= is not ids";
	if (f[6].value && !header_is(&f[6], "text"))
		return "header: form= is not text";
	*size = (uint32_t)n;
	r->width = (unsigned)width;
	r->stated = f[4].value != NULL;
	r->text = f[6].value != NULL;
	r->ids = form.ids;
	return NULL;
}

const char *
index_open(struct index_reader *r, FILE *f)
{
	uint32_t size = 0, crc = 0;
	const char *why;
	bool ended;

	*r = (struct index_reader){ .crc = 0 };
	reader_open(&r->in, f);
	if ((why = read_header(r, &size, &crc)) != NULL)
		return why;
	if ((why = vocab_read_rows(&r->vocab, &r->in, size, &ended)) != NULL)
		return errmsg_set(&r->err, "table: %s", why);
	if (!ended)
		return "the stream ends inside its table";
	if (r->vocab.size != size)
		return errmsg_set(&r->err, "header: size=%u, but the table has %u rows", size,
		    r->vocab.size);
	r->crc_vocab = vocab_crc(&r->vocab);
	if (r->crc_vocab != crc)
		return errmsg_set(&r->err, "checksum mismatch in the table: %08x, the header "
		    "says %08x", r->crc_vocab, crc);
	return NULL;
}

/* Reads len bytes of the payload, all of which must exist. */
static const char *
read_payload(struct index_reader *r, size_t len, const unsigned char **p)
{
	const char *at, *why;
	size_t got;

	if ((why = reader_bytes(&r->in, len, &at, &got)) != NULL)
		return why;
	if (got == 0 && len == 8)
		return unfinished;
	if (got < len)
		return errmsg_set(&r->err, "the stream ends inside frame %llu: the program that wrote "
		    "it did not finish", (unsigned long long)r->frames + 1);
	*p = (const unsigned char *)at;
	return NULL;
}

static const char *
check_end(struct index_reader *r, bool *more)
{
	const char *p, *why;
	size_t got;

	*more = false;
	if ((why = reader_peek(&r->in, 1, &p, &got)) != NULL)
		return why;
	return got ? surplus : NULL;
}

/* Appends n indexes, which have been read, to the frame. */
static const char *
append_indexes(struct index_reader *r, const unsigned char *p, uint32_t n)
{
	struct frame *f = &r->frame;
	uint32_t *w;

	if (!mem_grow(&f->w, &r->cap, (size_t)f->n + n, sizeof(*f->w)))
		return "out of memory";
	w = f->w + f->n;
	if (r->width == 2)
		for (uint32_t i = 0; i < n; i++)
			w[i] = get_le16(p + 2 * (size_t)i);
	else
		for (uint32_t i = 0; i < n; i++)
			w[i] = get_le32(p + 4 * (size_t)i);
	f->n += n;
	return NULL;
}

/* Makes len bytes the id of the current frame. */
static const char *
set_id(struct index_reader *r, const char *p, size_t len)
{
	r->id.len = 0;
	if (!buf_reserve(&r->id, len + 1) || !buf_put(&r->id, p, len))
		return "out of memory";
	r->frame.id = r->id.p;
	r->frame.id_len = len;
	if (utf8_valid_length(p, len) != len || memchr(p, '\t', len) || memchr(p, '\n', len))
		return bad_frame(r, "an id that is not text on one line");
	return NULL;
}

static const char *
read_id(struct index_reader *r)
{
	const unsigned char *p = NULL;
	const char *why = read_payload(r, 4, &p);
	size_t len;

	if (why)
		return why;
	len = get_le32(p);
	r->crc = (uint32_t)crc32_z(r->crc, p, 4);
	if (len > LINE_ID_MAX)
		return bad_frame(r, "an id longer than 65536 bytes");
	if ((why = read_payload(r, len, &p)) != NULL)
		return why;
	r->crc = (uint32_t)crc32_z(r->crc, p, len);
	return set_id(r, (const char *)p, len);
}

static const char *
next_binary(struct index_reader *r, bool *more)
{
	const unsigned char *p = NULL;
	const char *why;
	uint32_t left;

	if ((why = read_payload(r, 8, &p)) != NULL)
		return why;
	left = get_le32(p);
	r->frame.n = 0;
	r->frame.bytes = get_le32(p + 4);
	if (left == 0)
		return get_le32(p + 4) == r->crc ? check_end(r, more) : mismatch;
	if (left > INDEX_FRAME_MAX)
		return bad_frame(r, "longer than any frame: the stream is damaged");
	r->crc = (uint32_t)crc32_z(r->crc, p, 8);
	if (r->ids && (why = read_id(r)) != NULL)
		return why;
	while (left > 0) {
		uint32_t n = left < CHUNK / 4 ? left : CHUNK / 4;

		if ((why = read_payload(r, (size_t)n * r->width, &p)) != NULL ||
		    (why = append_indexes(r, p, n)) != NULL)
			return why;
		r->crc = (uint32_t)crc32_z(r->crc, p, (size_t)n * r->width);
		left -= n;
	}
	return NULL;
}

static const char *
text_end(struct index_reader *r, bool *more)
{
	static const char end[] = "#end crc32=";
	const struct reader *in = &r->in;
	size_t len = sizeof(end) - 1;
	uint32_t crc;

	if (in->len < len || memcmp(in->p, end, len) != 0)
		return bad_frame(r, "not a line of indexes");
	if (!in->ended)
		return "the stream ends inside its last line";
	if (!header_crc(in->p + len, in->len - len, &crc))
		return "the last line holds no checksum";
	return crc == r->crc ? check_end(r, more) : mismatch;
}

/* One index in decimal. */
static const char *
text_index(struct index_reader *r, const char *p, size_t len)
{
	uint64_t x;

	if (r->frame.n >= INDEX_FRAME_MAX)
		return bad_frame(r, "longer than any frame");
	if (!decimal_parse(p, len, UINT32_MAX, &x)) {
		char shown[ERRMSG_WORD];

		return errmsg_set(&r->err, "frame %llu: '%s' is not an index",
		    (unsigned long long)r->frames + 1, errmsg_word(shown, p, len));
	}
	if (!mem_grow(&r->frame.w, &r->cap, (size_t)r->frame.n + 1, sizeof(*r->frame.w)))
		return "out of memory";
	r->frame.w[r->frame.n++] = (uint32_t)x;
	return NULL;
}

static const char *
next_text(struct index_reader *r, bool *more)
{
	struct reader *in = &r->in;
	const char *why, *p, *end, *tab;
	bool line;

	if ((why = reader_line(in, &line)) != NULL)
		return why;
	if (!line)
		return unfinished;
	p = in->p;
	end = p + in->len;
	tab = r->ids && p < end ? memchr(p, '\t', in->len) : NULL;
	if (tab == NULL && p < end && *p == '#')
		return text_end(r, more);
	if (!in->ended)
		return errmsg_set(&r->err, "the stream ends inside frame %llu: the program that wrote "
		    "it did not finish", (unsigned long long)r->frames + 1);
	r->frame.n = 0;
	r->frame.bytes = 0;
	r->crc = (uint32_t)crc32_z(r->crc, (const Bytef *)in->p, in->len);
	r->crc = (uint32_t)crc32_z(r->crc, (const Bytef *)"\n", 1);
	if (r->ids && tab == NULL)
		return bad_frame(r, "no id and tab before its indexes");
	if (tab && (why = set_id(r, p, (size_t)(tab - p))) != NULL)
		return why;
	for (p = tab ? tab + 1 : p;;) {
		const char *space = p < end ? memchr(p, ' ', (size_t)(end - p)) : NULL;

		why = text_index(r, p, (size_t)((space ? space : end) - p));
		if (why != NULL || space == NULL)
			return why;
		p = space + 1;
	}
}

/* Every index must be a row, and the markers where the unit has them. */
static const char *
check_frame(struct index_reader *r)
{
	const struct frame *f = &r->frame;
	bool sentence = r->vocab.unit == UNIT_SENTENCE;

	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t x = f->w[i];

		if (x >= r->vocab.size)
			return errmsg_set(&r->err, "index %u in frame %llu is outside the "
			    "vocabulary of %u", x, (unsigned long long)r->frames + 1,
			    r->vocab.size);
		if (sentence && x <= VOCAB_END_ROW && i > 0 && i + 1 < f->n)
			return bad_frame(r, "a marker inside the sentence");
	}
	if (sentence && f->w[0] != VOCAB_START_ROW)
		return bad_frame(r, "does not begin with " VOCAB_START);
	if (sentence && (f->n < 2 || f->w[f->n - 1] != VOCAB_END_ROW))
		return bad_frame(r, "does not end with " VOCAB_END);
	return NULL;
}

const char *
index_next(struct index_reader *r, bool *more)
{
	const char *why;

	*more = true;
	why = r->text ? next_text(r, more) : next_binary(r, more);
	if (why != NULL || !*more)
		return why;
	if ((why = check_frame(r)) != NULL)
		return why;
	r->frames++;
	return NULL;
}

void
index_close(struct index_reader *r)
{
	reader_close(&r->in);
	vocab_free(&r->vocab);
	free(r->frame.w);
	buf_free(&r->id);
	r->frame = (struct frame){ 0 };
}
