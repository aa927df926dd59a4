/*
 * guillemet.c - opening and closing angle quotes.
 */
#include <string.h>

#include "guillemet.h"
#include "utf8.h"

enum { LEFT = 0xAB, RIGHT = 0xBB, SINGLE_LEFT = 0x2039, SINGLE_RIGHT = 0x203A };

/* The character of a word that is a guillemet, or 0. */
static uint32_t
char_of(struct word x)
{
	uint32_t c = x.len == 2 || x.len == 3 ? utf8_at(x.p) : 0;

	return c == LEFT || c == RIGHT || c == SINGLE_LEFT || c == SINGLE_RIGHT ? c : 0;
}

bool
guillemet_is(struct word x)
{
	return char_of(x) != 0;
}

static bool
points_left(uint32_t c)
{
	return c == LEFT || c == SINGLE_LEFT;
}

static uint32_t
partner(uint32_t c)
{
	return c == LEFT ? RIGHT : c == RIGHT ? LEFT : c == SINGLE_LEFT ? SINGLE_RIGHT : SINGLE_LEFT;
}

/* Whether a « or ‹ follows word i.  The last one answers that for every word, so it is
 * searched for once and the time stays linear. */
static bool
left_follows(struct guillemets *g, const struct vocab *v, const uint32_t *w, uint32_t n, uint32_t i)
{
	if (!g->searched) {
		g->searched = true;
		g->last_left = n;
		while (g->last_left > 0 && !points_left(char_of(sentence_word(v, w, n, g->last_left - 1))))
			g->last_left--;
	}
	return g->last_left > i + 1;
}

/* Whether a word is one of these marks. */
static bool
is_stop(struct word x, const char *stops)
{
	return x.len == 1 && *x.p && strchr(stops, *x.p) != NULL;
}

/* Where nothing is open. */
static bool
opens_first(struct guillemets *g, const struct vocab *v, const uint32_t *w, uint32_t n, uint32_t i)
{
	struct word before = sentence_word(v, w, n, (int64_t)i - 1);
	struct word next = sentence_word(v, w, n, (int64_t)i + 1);

	if (points_left(char_of(sentence_word(v, w, n, i))))
		return before.len == 0 || !(next.len == 0 || is_stop(next, ",.;:!?)"));
	if (is_stop(before, ".!?"))
		return false;
	return is_stop(before, ":") || left_follows(g, v, w, n, i);
}

bool
guillemet_opens(struct guillemets *g, const struct vocab *v, const uint32_t *w, uint32_t n,
    uint32_t i)
{
	uint32_t c = char_of(sentence_word(v, w, n, i));
	bool opens = g->open == 0 ? opens_first(g, v, w, n, i) :
	    g->open != partner(c) && (g->open != c || points_left(c));

	g->open = opens ? c : 0;
	return opens;
}
