/*
 * index_stream_write.c - writes an index stream, as bytes or as text.
 */
#include <string.h>
#include <zlib.h>

#include "index_stream.h"
#include "line_form.h"
#include "little_endian.h"

enum { BLOCK = 4096, DIGITS = 11 };	/* the longest index in decimal and a space */

/* Payload that is not yet written. */
struct payload {
	unsigned char p[BLOCK];
	size_t len;
};

void
index_begin(struct index_writer *w, FILE *f, const struct vocab *v, bool text)
{
	char rules[TOKEN_RULES_FIELD], lines[LINE_FORM_FIELD];
	struct line_form form = { .ids = w->ids };

	w->f = f;
	w->text = text;
	w->width = v->size <= 65536 ? 2 : 4;
	fprintf(f, "#index 1 size=%u unit=%s width=%u vocab=%08x%s%s%s\n", v->size,
	    vocab_unit_name(v->unit), w->width, vocab_crc(v),
	    token_rules_field(&v->rules, rules), line_form_field(&form, lines),
	    w->text ? " form=text" : "");
	vocab_write(v, f);
	fputc('\n', f);
}

static void
flush_payload(struct index_writer *w, struct payload *b)
{
	w->crc = (uint32_t)crc32_z(w->crc, b->p, b->len);
	fwrite(b->p, 1, b->len, w->f);
	b->len = 0;
}

/* Writes the id in pieces that go through the block. */
static void
put_id(struct index_writer *w, struct payload *b)
{
	for (size_t i = 0; i < w->id_len; i++) {
		if (b->len == sizeof(b->p))
			flush_payload(w, b);
		b->p[b->len++] = (unsigned char)w->id[i];
	}
}

static void
put_binary(struct index_writer *w, const uint32_t *index, uint32_t n, uint32_t bytes)
{
	struct payload b = { .len = 8 };

	put_le32(b.p, n);
	put_le32(b.p + 4, bytes);
	if (w->ids) {
		put_le32(b.p + 8, (uint32_t)w->id_len);
		b.len = 12;
		put_id(w, &b);
	}
	for (uint32_t i = 0; i < n; i++) {
		if (b.len + w->width > sizeof(b.p))
			flush_payload(w, &b);
		if (w->width == 2)
			put_le16(b.p + b.len, index[i]);
		else
			put_le32(b.p + b.len, index[i]);
		b.len += w->width;
	}
	flush_payload(w, &b);
}

static void
put_decimal(struct payload *b, uint32_t x)
{
	unsigned char digit[DIGITS], *p = digit + sizeof(digit);
	size_t len;

	do
		*--p = (unsigned char)('0' + x % 10);
	while ((x /= 10) != 0);
	len = (size_t)(digit + sizeof(digit) - p);
	memcpy(b->p + b->len, p, len);
	b->len += len;
}

static void
put_text(struct index_writer *w, const uint32_t *index, uint32_t n)
{
	struct payload b = { .len = 0 };

	if (w->ids) {
		put_id(w, &b);
		if (b.len == sizeof(b.p))
			flush_payload(w, &b);
		b.p[b.len++] = '\t';
	}
	for (uint32_t i = 0; i < n; i++) {
		if (b.len + DIGITS > sizeof(b.p))
			flush_payload(w, &b);
		put_decimal(&b, index[i]);
		b.p[b.len++] = i + 1 < n ? ' ' : '\n';
	}
	flush_payload(w, &b);
}

void
index_put(struct index_writer *w, const uint32_t *index, uint32_t n, uint32_t bytes)
{
	if (w->text)
		put_text(w, index, n);
	else
		put_binary(w, index, n, bytes);
}

void
index_end(struct index_writer *w)
{
	unsigned char last[8] = { 0 };

	if (w->text) {
		fprintf(w->f, "#end crc32=%08x\n", w->crc);
		return;
	}
	put_le32(last + 4, w->crc);
	fwrite(last, 1, sizeof(last), w->f);
}
