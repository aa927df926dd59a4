/*
 * bf16: numbers round to the nearest bfloat16, ties to the even one; every bfloat16 stays itself.
 */
#include <math.h>
#include <stdio.h>

#include "bf16.h"

static int failures;

static void
expect(float x, uint16_t want)
{
	uint16_t got = bf16_round(x);

	if (got == want)
		return;
	printf("not ok %.9g: %04x instead of %04x\n", (double)x, (unsigned)got, (unsigned)want);
	failures++;
}

/* A finite bfloat16, and between it and the next one away from zero. */
static void
check_gap(uint16_t low)
{
	float a = bf16_float(low), b = bf16_float((uint16_t)(low + 1)), middle = a + (b - a) / 2;

	expect(a, low);
	if (isinf(b))
		return;
	expect(middle, low & 1 ? (uint16_t)(low + 1) : low);
	expect(nextafterf(middle, a), low);
	expect(nextafterf(middle, b), (uint16_t)(low + 1));
}

int
main(void)
{
	for (unsigned sign = 0; sign <= 0x8000; sign += 0x8000)
		for (unsigned i = 0; i < 0x7f80; i++)
			check_gap((uint16_t)(sign + i));
	expect(INFINITY, 0x7f80);
	expect(-INFINITY, 0xff80);
	expect(nextafterf(INFINITY, 0), 0x7f80);
	failures += !isnan(bf16_float(bf16_round(NAN))) + !isnan(bf16_float(bf16_round(-NAN)));
	printf("%d failures\n", failures);
	return failures != 0;
}
