/*
 * unicode.c - prints a class, or the lower-casing, of all characters as ranges
 * of hexadecimal code points: digit space word upper lower cased ignorable
 * tolower.
 */
#include <stdio.h>
#include <string.h>

#include "unicode.h"
#include "utf8.h"

static const struct {
	const char *name;
	unsigned bit;
} classes[] = {
	{ "space", CHAR_SPACE }, { "digit", CHAR_DIGIT }, { "word", CHAR_WORD },
	{ "upper", CHAR_UPPER }, { "lower", CHAR_LOWER }, { "cased", CHAR_CASED },
	{ "ignorable", CHAR_IGNORABLE }
};

static void
print_ranges(unsigned bit)
{
	uint32_t from = 0;
	bool inside = false;

	for (uint32_t c = 0; c <= UNICODE_N; c++) {
		bool now = c < UNICODE_N && (unicode_class(c) & bit);

		if (now && !inside)
			from = c;
		if (!now && inside)
			printf("%04X\t%04X\n", from, c - 1);
		inside = now;
	}
}

/* Converts each character by itself, with the function that text uses. */
static void
print_lower(void)
{
	struct buf out = { 0 };
	char text[UTF8_MAX];

	for (uint32_t c = 0; c < UNICODE_N; c++) {
		size_t len;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		len = utf8_put(text, c);
		if (!unicode_lower(&out, text, len))
			return;
		if (out.len == len && memcmp(out.p, text, len) == 0)
			continue;
		printf("%04X\t", c);
		for (const char *p = out.p; p < out.p + out.len; p += utf8_len((unsigned char)*p))
			printf("%s%04X", p > out.p ? " " : "", utf8_at(p));
		putchar('\n');
	}
	buf_free(&out);
}

int
main(int argc, char *argv[])
{
	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "tolower") == 0) {
		print_lower();
		return 0;
	}
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcmp(argv[1], classes[i].name) == 0) {
			print_ranges(classes[i].bit);
			return 0;
		}
	}
	return 2;
}
