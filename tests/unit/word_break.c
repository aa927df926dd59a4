/*
 * word_break.c - reads Unicode's WordBreakTest.txt on standard input and prints the cases
 * whose boundaries differ, and their number: "1823 cases, 0 wrong".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "word_break.h"

#define BREAK "\xC3\xB7"	/* the division sign */

/* A case: its text, and a byte before each character and at the end, 1 for a boundary. */
struct test {
	char text[256];
	size_t len;
	unsigned char boundary[256];
};

static void
read_test(struct test *t, char *line)
{
	t->len = 0;
	memset(t->boundary, 0, sizeof(t->boundary));
	for (char *p = strtok(line, " \n"); p; p = strtok(NULL, " \n")) {
		if (strcmp(p, BREAK) == 0)
			t->boundary[t->len] = 1;
		else if ((unsigned char)*p < 0x80)
			t->len += utf8_put(t->text + t->len, (uint32_t)strtoul(p, NULL, 16));
	}
}

static bool
is_right(const struct test *t)
{
	unsigned char found[256] = { 1 };

	for (const char *p = t->text, *end = p + t->len; p < end;) {
		p = word_break_next(p, end);
		found[p - t->text] = 1;
	}
	return memcmp(found, t->boundary, sizeof(found)) == 0;
}

int
main(void)
{
	char line[1024];
	struct test t;
	int n = 0, wrong = 0;

	while (fgets(line, sizeof(line), stdin)) {
		char copy[sizeof(line)];

		if (*line == '#' || *line == '\n')
			continue;
		strcpy(copy, line);
		read_test(&t, copy);
		n++;
		if (!is_right(&t)) {
			wrong++;
			printf("%s", line);
		}
	}
	printf("%d cases, %d wrong\n", n, wrong);
	return 0;
}
