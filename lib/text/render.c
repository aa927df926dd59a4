/*
 * render.c - frames as tokens or characters; detokenize.c and rejoin.c do prose.
 */
#include <string.h>

#include "detokenize.h"
#include "rejoin.h"
#include "render.h"
#include "vocab_chars.h"

static bool
put_characters(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n, bool line)
{
	for (uint32_t i = 0; i < n; i++) {
		size_t len;
		const char *p = vocab_text(v, w[i], true, &len);

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

static bool
put_prose(struct buf *out, const struct vocab *v, const uint32_t *w, uint32_t n)
{
	switch (v->rules.words) {
	case WORDS_UNICODE:
		return rejoin_unicode(out, v, w, n);
	case WORDS_SPACE:
		return rejoin_pieces(out, v, w, n);
	default:
		return detokenize_put(out, v, w, n);
	}
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
	if (form == RENDER_CHARACTERS || (form == RENDER_LINE && vocab_is_characters(v)))
		return put_characters(out, v, w, n, form == RENDER_LINE);
	if (form == RENDER_TOKENS || form == RENDER_LINE)
		return put_tokens(out, v, w, n);
	return put_prose(out, v, w, n) && buf_putc(out, '\n');
}
