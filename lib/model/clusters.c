/*
 * clusters.c - see clusters.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "clusters.h"

enum { HEAD_FRACTION = 8, HEAD_MOST = 2000 };

struct clusters
clusters_default(uint32_t v)
{
	static const uint32_t later[] = { 10000, 40000, 160000 };
	struct clusters c = { .n = 1, .cut = { v / HEAD_FRACTION }, .reduction = CLUSTERS_REDUCTION };

	if (c.cut[0] < 1 || c.cut[0] > HEAD_MOST)
		c.cut[0] = c.cut[0] ? HEAD_MOST : 1;
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (later[i] <= v / 2)
			c.cut[c.n++] = later[i];
	return c;
}

/* A number at *s, in digits without leading zeros, and past it; 0: there is none. */
static uint32_t
read_cut(const char **s)
{
	uint64_t x = 0;

	if (**s == '0')
		return 0;
	for (; **s >= '0' && **s <= '9'; ++*s)
		if ((x = x * 10 + (uint64_t)(**s - '0')) > UINT32_MAX)
			return 0;
	return (uint32_t)x;
}

bool
clusters_parse(struct clusters *c, const char *text)
{
	uint32_t last = 0, cut;

	for (c->n = 0; c->n < CLUSTERS_MAX; text++) {
		if ((cut = read_cut(&text)) <= last)
			return false;
		c->cut[c->n++] = last = cut;
		if (*text != ',')
			return *text == '\0';
	}
	return false;
}

const char *
clusters_text(const struct clusters *c, char out[CLUSTERS_TEXT])
{
	int len = 0;

	out[0] = '\0';
	for (uint32_t i = 0; i < c->n && len < CLUSTERS_TEXT; i++)
		len += snprintf(out + len, CLUSTERS_TEXT - (size_t)len, "%s%lu", i ? "," : "",
		    (unsigned long)c->cut[i]);
	return out;
}

const char *
clusters_check(const struct clusters *c, uint32_t v)
{
	if (c->n == 0)
		return c->reduction ? "a reduction of the clusters' rows needs cut-offs" : NULL;
	if (c->cut[c->n - 1] >= v)
		return "the last cut-off must be below the number of words";
	if (c->reduction < 1 || c->reduction > CLUSTERS_REDUCTION_MAX)
		return "the reduction of the clusters' rows must be between 1 and 1000";
	return NULL;
}

uint32_t
clusters_first(const struct clusters *c, uint32_t i)
{
	return i ? c->cut[i - 1] : 0;
}

uint32_t
clusters_end(const struct clusters *c, uint32_t i, uint32_t v)
{
	return i < c->n ? c->cut[i] : v;
}

uint32_t
clusters_rows(const struct clusters *c, uint32_t i, uint32_t v)
{
	return clusters_end(c, i, v) - clusters_first(c, i) + (i ? 0 : c->n);
}

uint32_t
clusters_width(const struct clusters *c, uint32_t i, uint32_t input)
{
	for (; i > 0 && input > 0; i--)
		input /= c->reduction;
	return input ? input : 1;
}
