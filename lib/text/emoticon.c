/*
 * emoticon.c - a list, and eyes, nose and mouth.  What is too often something else is
 * left out: 8) ends a list, and a colon before an opening bracket begins one.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "emoticon.h"

static const char *const faces[] = {
	"<3", "</3", "^_^", "^^", "^-^", "-_-", ">_<", ">.<", "T_T", "o_o", "u_u", "x_x", ";_;",
	"\\o/", "(^_^)", "(^^)", "(-_-)", "xD", "D:", "(:", "(;", "(-:", "(-;", "(=",
	"\xC2\xAF\\_(\xE3\x83\x84)_/\xC2\xAF", NULL
};

static bool
is_alnum(const char *p, const char *end)
{
	return p < end && (isalnum((unsigned char)*p) || (unsigned char)*p >= 0x80);
}

static bool
is_one_of(const char *p, const char *end, const char *set)
{
	return p < end && *p != '\0' && strchr(set, *p);
}

static size_t
face_at(const char *p, const char *end)
{
	size_t longest = 0;

	for (const char *const *f = faces; *f; f++) {
		size_t n = strlen(*f);

		if (n > longest && (size_t)(end - p) >= n && strncasecmp(p, *f, n) == 0)
			longest = n;
	}
	return longest && !is_alnum(p + longest, end) ? longest : 0;
}

/* Eyes, perhaps a nose, and a mouth, which may be repeated. */
static size_t
eyes_at(const char *p, bool after_word, const char *end)
{
	const char *mouth = p + is_one_of(p, end, "<>"), *q;

	if (!is_one_of(mouth, end, ":;="))
		return 0;
	mouth++;
	mouth += is_one_of(mouth, end, "-*'^") ||
	    (is_one_of(mouth, end, "oO") && is_one_of(mouth + 1, end, "()"));
	if (!is_one_of(mouth, end, p[0] == '=' ? "()[]dDpP/\\|" : "()[]dDpPoO/\\|}{@3*xXsScC$#"))
		return 0;
	for (q = mouth + 1; q < end && *q == *mouth; q++)
		;
	if (*mouth == ')' && *p != '=')
		return (size_t)(q - p);
	return is_alnum(q, end) || (after_word && *mouth != '(') ? 0 : (size_t)(q - p);
}

size_t
emoticon_at(const char *p, const char *start, const char *end)
{
	bool after_word = p > start && is_alnum(p - 1, end);
	size_t n = eyes_at(p, after_word, end);

	/* :: is C++, ;; is C */
	if (n && p > start && is_one_of(p - 1, end, ":;="))
		return 0;
	return n || after_word ? n : face_at(p, end);
}
