/*
 * colormap.c - interpolates between the colours of the ends and the middle.
 */
#include <math.h>

#include "colormap.h"

const struct rgb colormap_ink = { 17, 17, 17 };

int
colormap_level(double x)
{
	if (!(x == x))
		return COLORMAP_ZERO;
	x = x < -1 ? -1 : x > 1 ? 1 : x;
	return COLORMAP_ZERO + (int)lround(x * COLORMAP_ZERO);
}

static uint8_t
interpolate(uint8_t from, uint8_t to, double fraction)
{
	return (uint8_t)lround(from + (to - from) * fraction);
}

struct rgb
colormap_colour(int level)
{
	static const struct rgb zero = { 247, 247, 247 }, above = { 96, 168, 232 },
	    below = { 240, 146, 50 };
	const struct rgb *end = level < COLORMAP_ZERO ? &below : &above;
	double fraction = fabs((double)level - COLORMAP_ZERO) / COLORMAP_ZERO;

	return (struct rgb){ interpolate(zero.r, end->r, fraction), interpolate(zero.g, end->g, fraction),
		interpolate(zero.b, end->b, fraction) };
}

/* Colours 16 to 231 form a 6x6x6 cube; 232 to 255 are greys. */
static struct rgb
fixed_colour(int i)
{
	static const uint8_t step[] = { 0, 95, 135, 175, 215, 255 };
	uint8_t grey = (uint8_t)(8 + 10 * (i - 232));

	if (i >= 232)
		return (struct rgb){ grey, grey, grey };
	i -= 16;
	return (struct rgb){ step[i / 36], step[i / 6 % 6], step[i % 6] };
}

int
colormap_256(struct rgb c)
{
	int best = 16, least = -1;

	for (int i = 16; i < 256; i++) {
		struct rgb f = fixed_colour(i);
		int r = c.r - f.r, g = c.g - f.g, b = c.b - f.b, far = r * r + g * g + b * b;

		if (least < 0 || far < least) {
			least = far;
			best = i;
		}
	}
	return best;
}

char
colormap_mark(int level)
{
	double x = (double)(level - COLORMAP_ZERO) / COLORMAP_ZERO;

	return x <= -0.75 ? '=' : x <= -0.25 ? '-' : x < 0.25 ? ' ' : x < 0.75 ? '+' : '#';
}
