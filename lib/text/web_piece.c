/*
 * web_piece.c - a matcher for each kind of piece.  Each looks at a bounded number of bytes
 * or at the whole piece that it finds, so that the time is linear.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "emoticon.h"
#include "unicode.h"
#include "utf8.h"
#include "web_piece.h"
#include "word_break.h"

enum { LOCAL_MOST = 64, HOST_MOST = 253 };	/* bytes of a mail address's parts */

/* Bytes of which every piece has one; `WWW` where only "www." has it. */
enum { SIGN = 1, WWW = 2 };
static const unsigned char trigger[256] = {
	['@'] = SIGN, ['#'] = SIGN, [':'] = SIGN, [';'] = SIGN, ['='] = SIGN, ['<'] = SIGN,
	['>'] = SIGN, ['^'] = SIGN, ['_'] = SIGN, ['\\'] = SIGN, ['/'] = SIGN, ['('] = SIGN,
	['w'] = WWW, ['W'] = WWW, ['x'] = WWW, ['X'] = WWW,
	[0xC2] = SIGN, [0xE2] = SIGN, [0xE3] = SIGN, [0xEF] = SIGN, [0xF0] = SIGN
};

static bool
starts_with(const char *p, const char *end, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(end - p) >= n && strncasecmp(p, s, n) == 0;
}

bool
web_piece_is_likely(const char *p, const char *end)
{
	unsigned seen = 0;

	for (const char *q = p; q < end; q++)
		seen |= trigger[(unsigned char)*q];
	if (seen & SIGN)
		return true;
	if (!(seen & WWW))
		return false;
	for (; p < end; p++)
		if (starts_with(p, end, "www.") || starts_with(p, end, "xd"))
			return true;
	return false;
}

static bool
is_alnum(const char *p, const char *end)
{
	return p < end && (unsigned char)*p < 0x80 && isalnum((unsigned char)*p);
}

/* Whether a letter, digit, underline or combining character is at p. */
static bool
word_at(const char *p, const char *end)
{
	uint32_t c;

	if (p == end)
		return false;
	c = utf8_at(p);
	return (unicode_class(c) & CHAR_WORD) || (c >= 0x80 &&
	    (word_break_class(c) & WORD_BREAK) == EX);
}

/* The end of the URL's characters from p on: no quotes, brackets <> or punctuation
 * beyond ASCII, nor letters of scripts that have no spaces. */
static const char *
skip_url(const char *p, const char *end)
{
	for (; p < end; p += utf8_len((unsigned char)*p)) {
		uint32_t c = utf8_at(p);

		if (c < 0x80 ? c <= ' ' || strchr("<>\"`{}|\\^\x7f", (int)c) != NULL :
		    !word_at(p, end) || word_break_is_unspaced(c))
			break;
	}
	return p;
}

/* Without the punctuation at its end; a closing bracket belongs to the URL if it has the
 * opening one. */
static const char *
trim_url(const char *start, const char *p)
{
	int open = 0;

	for (const char *q = start; q < p; q++)
		open += (*q == '(') - (*q == ')');
	while (p > start && p[-1] != '\0' && strchr(".,;:!?'*_~)]", p[-1])) {
		if (p[-1] == ')' && open++ >= 0)
			break;
		p--;
	}
	return p;
}

/* The end of a host name with at least one dot and a last label of letters; NULL if there is
 * none at p. */
static const char *
host_end(const char *p, const char *end)
{
	const char *label = p, *start = p, *good = NULL;

	if (end - p > HOST_MOST)
		end = p + HOST_MOST;
	while (p < end && (is_alnum(p, end) || *p == '-')) {
		while (p < end && (is_alnum(p, end) || *p == '-'))
			p++;
		if (label > start && p - label >= 2 && isalpha((unsigned char)*label) &&
		    isalpha((unsigned char)p[-1]))
			good = p;
		if (p == end || *p != '.')
			break;
		label = ++p;
	}
	return good;
}

static size_t
url_at(const char *p, const char *end)
{
	static const char *const schemes[] = { "http://", "https://", "ftp://", "www.", NULL };
	const char *host, *last;

	for (const char *const *s = schemes; *s; s++) {
		if (!starts_with(p, end, *s))
			continue;
		last = trim_url(p, skip_url(p, end));
		return (size_t)(last - p) > strlen(*s) ? (size_t)(last - p) : 0;
	}
	host = is_alnum(p, end) ? host_end(p, end) : NULL;
	if (host == NULL || host == end || *host != '/')
		return 0;
	return (size_t)(trim_url(p, skip_url(host, end)) - p);
}

static size_t
mail_at(const char *p, const char *end)
{
	const char *q = p, *host;

	while (q < end && q - p < LOCAL_MOST && (is_alnum(q, end) || (*q && strchr("._%+-", *q))))
		q++;
	if (q == p || q == end || *q != '@' || (host = host_end(q + 1, end)) == NULL)
		return 0;
	return (size_t)(host - p);
}

/* @name, or @name@host */
static size_t
mention_at(const char *p, const char *end)
{
	const char *q = p + 1, *host;

	while (q < end && (is_alnum(q, end) || *q == '_'))
		q++;
	if (q == p + 1)
		return 0;
	host = q < end && *q == '@' ? host_end(q + 1, end) : NULL;
	return (size_t)((host ? host : q) - p);
}

/* # and word characters, not all of them digits; sign is the length of the # */
static size_t
hashtag_at(const char *p, size_t sign, const char *end)
{
	const char *q = p + sign;
	bool letter = false;

	for (; word_at(q, end); q += utf8_len((unsigned char)*q))
		letter |= !(unicode_class(utf8_at(q)) & CHAR_DIGIT);
	return letter ? (size_t)(q - p) : 0;
}

/* A digit, # or * with the enclosing key cap, U+20E3. */
static size_t
key_cap_at(const char *p, const char *end)
{
	const char *q = p + 1;

	if (!((*p >= '0' && *p <= '9') || *p == '#' || *p == '*'))
		return 0;
	if (starts_with(q, end, "\xEF\xB8\x8F"))
		q += 3;
	return starts_with(q, end, "\xE2\x83\xA3") ? (size_t)(q + 3 - p) : 0;
}

/* A picture with what is joined to it, or the two letters of a flag. */
static size_t
emoji_at(const char *p, const char *end)
{
	unsigned k = word_break_class(utf8_at(p)), value = k & WORD_BREAK;
	size_t n;

	if (value != RI && (!(k & WORD_BREAK_PICTURE) || value != OTHER))
		return 0;
	n = (size_t)(word_break_next(p, end) - p);
	/* (c) and (R) are text unless a variation selector follows */
	return (unsigned char)*p == 0xC2 && n == 2 ? 0 : n;
}

static size_t
sign_piece_at(const char *p, const char *end)
{
	if (*p == '@')
		return mention_at(p, end);
	if (*p == '#')
		return hashtag_at(p, 1, end);
	return starts_with(p, end, "\xEF\xBC\x83") ? hashtag_at(p, 3, end) : 0;
}

size_t
web_piece_at(const char *p, const char *start, const char *end)
{
	bool after_word = p > start && word_at(utf8_before(p), end);
	size_t n = 0;

	if ((unsigned char)*p >= 0x80 && (n = emoji_at(p, end)) > 0)
		return n;
	if (!after_word && (n = key_cap_at(p, end)) == 0 && (n = sign_piece_at(p, end)) == 0 &&
	    (n = url_at(p, end)) == 0)
		n = mail_at(p, end);
	return n ? n : emoticon_at(p, start, end);
}
