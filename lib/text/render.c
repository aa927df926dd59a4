/*
 * render.c - frames as tokens or characters; detokenize.c does prose.
 */
#include <string.h>

#include "detokenize.h"
#include "lexical.h"
#include "render.h"

/* The length of the first character of p: its continuation bytes are 10xxxxxx. */
static size_t
character_length(const char *p, size_t len)
{
	size_t n = len > 0;

	while (n < len && ((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* The character that an escape represents, or 0. */
static char
unescape(const char *p, size_t len)
{
	if (len != 2 || p[0] != '\\')
		return 0;
	return p[1] == 's' ? ' ' : p[1] == 't' ? '\t' : p[1] == 'n' ? '\n' :
	    p[1] == '\\' ? '\\' : 0;
}

size_t
render_text_bytes(const char *p, size_t len)
{
	return unescape(p, len) ? 1 : len;
}

const char *
render_text(const struct vocab *v, uint32_t i, bool characters, size_t *len)
{
	const char *p = vocab_word(v, i, len);
	char c = unescape(p, *len);

	if (!characters)
		return p;
	if ((int64_t)i == v->unknown) {
		*len = 3;
		return "\xef\xbf\xbd";
	}
	if (c == 0)
		return p;
	*len = 1;
	return c == ' ' ? " " : c == '\t' ? "\t" : c == '\n' ? "\n" : "\\";
}

bool
render_is_newline(const char *p, size_t len)
{
	return unescape(p, len) == '\n';
}

bool
render_has_newline(const struct vocab *v)
{
	return vocab_find(v, "\\n", 2) >= 0;
}

bool
render_is_characters(const struct vocab *v)
{
	uint32_t known = 0;

	for (uint32_t i = v->unit == UNIT_SENTENCE ? VOCAB_END_ROW + 1 : 0; i < v->size; i++) {
		size_t len;
		const char *p = vocab_word(v, i, &len);

		if ((int64_t)i == v->unknown)
			continue;
		known++;
		if (!unescape(p, len) && (character_length(p, len) != len || (len == 1 && p[0] == '\\')))
			return false;
	}
	return known > 0;
}

static bool
put_characters(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n, bool line)
{
	for (uint32_t i = 0; i < n; i++) {
		size_t len;
		const char *p = render_text(v, w[i], true, &len);

		if (line && len == 1 && strchr("\t\n\\", *p) && *p != '\0')
			p = vocab_word(v, w[i], &len);
		if (!buf_put(out, p, len))
			return false;
	}
	return !line || buf_putc(out, '\n');
}

static bool
put_tokens(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		size_t len;
		const char *p = vocab_word(v, w[i], &len);

		if (!buf_put(out, p, len) || !buf_putc(out, i + 1 < n ? ' ' : '\n'))
			return false;
	}
	return n > 0 || buf_putc(out, '\n');
}

bool
render_frame(struct buf *out, const struct vocab *v, const struct frame *f, enum render_form form)
{
	uint32_t n = f->n, *w = f->w;

	out->len = 0;
	if (v->unit == UNIT_SENTENCE) {
		n -= 2;
		w++;
	}
	if (form == RENDER_CHARACTERS || (form == RENDER_LINE && render_is_characters(v)))
		return put_characters(out, v, w, n, form == RENDER_LINE);
	if (form == RENDER_TOKENS || form == RENDER_LINE)
		return put_tokens(out, v, w, n);
	return detokenize_put(out, v, w, n) && buf_putc(out, '\n');
}
