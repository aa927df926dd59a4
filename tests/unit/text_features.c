/*
 * text_features - what lib/inspect/text_features.c says of each token of standard input: a line of the
 * values of the trait named, one space apart.
 *
 *	traits chars|words NAME
 *
 * Of words, tokens stand between spaces and a line is a sentence.
 */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "text_features.h"
#include "utf8.h"

static int
find(const char *name)
{
	for (int i = 0; i < TRAITS; i++)
		if (strcmp(name, feature_names[i]) == 0)
			return i;
	return -1;
}

static void
print(double x, size_t n)
{
	printf("%s%g", n ? " " : "", x);
}

static void
read_chars(const char *p, size_t len, int trait)
{
	struct text_features t;
	const char *end = p + len;

	text_features_begin(&t, true);
	for (size_t n = 0; p < end; n++) {
		size_t bytes = utf8_len((unsigned char)*p);

		text_features_read(&t, p, bytes, false);
		print(t.value[trait], n);
		p += bytes;
	}
	putchar('\n');
}

static void
read_words(char *text, int trait)
{
	struct text_features t;
	char *line = text, *next;

	text_features_begin(&t, false);
	for (; (next = strchr(line, '\n')) != NULL; line = next + 1) {
		size_t n = 0;

		*next = '\0';
		for (char *word = strtok(line, " "); word; word = strtok(NULL, " "), n++) {
			text_features_read(&t, word, strlen(word), true);
			print(t.value[trait], n);
		}
		text_features_line(&t);
		putchar('\n');
	}
}

int
main(int argc, char *argv[])
{
	static char text[1 << 20];
	size_t len = fread(text, 1, sizeof(text) - 1, stdin);
	int trait = argc == 3 ? find(argv[2]) : -1;

	if (trait < 0)
		return 2;
	if (strcmp(argv[1], "words") == 0)
		read_words(text, trait);
	else
		read_chars(text, len, trait);
	return 0;
}
