/*
 * normalise.c - utf8proc, behind a quick look at each character.
 *
 * A character is inert if it is its own normal form and combines with none before it.  A
 * text of inert characters is in normal form.  What the characters are is kept in a table,
 * filled in blocks as in unicode.c.
 */
#include <stdlib.h>
#include <utf8proc.h>

#include "normalise.h"
#include "unicode.h"
#include "utf8.h"

/* Characters of combining class 0 that compose with the one before: NFC_Quick_Check=Maybe. */
static const uint32_t composing[][2] = {
	{ 0x09BE, 0x09BE }, { 0x09D7, 0x09D7 }, { 0x0B3E, 0x0B3E }, { 0x0B56, 0x0B57 },
	{ 0x0BBE, 0x0BBE }, { 0x0BD7, 0x0BD7 }, { 0x0CC2, 0x0CC2 }, { 0x0CD5, 0x0CD6 },
	{ 0x0D3E, 0x0D3E }, { 0x0D57, 0x0D57 }, { 0x0DCF, 0x0DCF }, { 0x0DDF, 0x0DDF },
	{ 0x102E, 0x102E }, { 0x1161, 0x1175 }, { 0x11A8, 0x11C2 }, { 0x1B35, 0x1B35 },
	{ 0x11127, 0x11127 }, { 0x1133E, 0x1133E }, { 0x11357, 0x11357 }, { 0x114B0, 0x114B0 },
	{ 0x114BA, 0x114BA }, { 0x114BD, 0x114BD }, { 0x115AF, 0x115AF }, { 0x11930, 0x11930 }
};

enum { KNOWN = 4 };	/* a bit above those of the forms, which are 1 << (form - 1) */
static unsigned char inert_forms[UNICODE_N];

static utf8proc_option_t
form_options(enum normal_form form)
{
	return (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
	    (form == FORM_NFKC ? UTF8PROC_COMPAT : 0));
}

static bool
is_composing(uint32_t c)
{
	for (size_t i = 0; i < sizeof(composing) / sizeof(composing[0]); i++)
		if (c >= composing[i][0] && c <= composing[i][1])
			return true;
	return false;
}

/* Whether c alone is its own normal form. */
static bool
is_own_form(uint32_t c, enum normal_form form)
{
	utf8proc_int32_t out[32];
	utf8proc_ssize_t n;
	char text[UTF8_MAX];
	size_t len = utf8_put(text, c);

	n = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, out, 32,
	    form_options(form));
	if (n < 1 || n > 32)
		return false;
	n = utf8proc_normalize_utf32(out, n, form_options(form));
	return n == 1 && out[0] == (utf8proc_int32_t)c;
}

static void
look_up(uint32_t c)
{
	unsigned char forms = KNOWN;

	if (utf8proc_get_property((utf8proc_int32_t)c)->combining_class == 0 && !is_composing(c)) {
		forms |= is_own_form(c, FORM_NFC);
		forms |= (unsigned char)(is_own_form(c, FORM_NFKC) << 1);
	}
	inert_forms[c] = forms;
}

bool
normalise_is_done(const char *p, size_t len, enum normal_form form)
{
	const char *end = p + len;
	unsigned bit = 1u << (form - 1);

	while (p < end) {
		uint32_t c;

		p += utf8_ascii(p, (size_t)(end - p));
		if (p == end)
			break;
		c = utf8_at(p);
		if (!(inert_forms[c] & KNOWN))
			look_up(c);
		if (!(inert_forms[c] & bit))
			return false;
		p += utf8_len((unsigned char)*p);
	}
	return true;
}

bool
normalise(struct buf *out, struct buf *work, const char *p, size_t len, enum normal_form form)
{
	utf8proc_option_t options = form_options(form);
	utf8proc_ssize_t n, cap;

	out->len = work->len = 0;
	if (len == 0)
		return true;
	for (size_t chars = len;; chars = (size_t)n) {
		if (chars > SIZE_MAX / sizeof(utf8proc_int32_t) - 1 ||
		    !buf_reserve(work, (chars + 1) * sizeof(utf8proc_int32_t)))
			return false;
		cap = (utf8proc_ssize_t)chars;
		n = utf8proc_decompose((const utf8proc_uint8_t *)p, (utf8proc_ssize_t)len,
		    (utf8proc_int32_t *)(void *)work->p, cap, options);
		if (n < 0)
			return false;
		if (n <= cap)
			break;
	}
	n = utf8proc_reencode((utf8proc_int32_t *)(void *)work->p, n, options);
	return n >= 0 && buf_put(out, work->p, (size_t)n);
}
