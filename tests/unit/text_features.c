/*
 * text_features.c - prints the values of one feature for the tokens of standard input,
 * separated by single spaces.
 *
 *	text_features chars|words NAME
 *
 * Words are separated by spaces, and each line is a sentence.
 */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "text_features.h"
#include "utf8.h"

static int
find_feature(const char *name)
{
	for (int i = 0; i < FEATURES; i++)
		if (strcmp(name, feature_names[i]) == 0)
			return i;
	return -1;
}

static void
print_value(double x, size_t n)
{
	printf("%s%g", n ? " " : "", x);
}

static void
read_chars(const char *p, size_t len, int feature)
{
	struct text_features t;
	const char *end = p + len;

	text_features_begin(&t, true);
	for (size_t n = 0; p < end; n++) {
		size_t bytes = utf8_len((unsigned char)*p);

		text_features_read(&t, p, bytes, false);
		print_value(t.value[feature], n);
		p += bytes;
	}
	putchar('\n');
}

static void
read_words(char *text, int feature)
{
	struct text_features t;
	char *line = text, *next;

	text_features_begin(&t, false);
	for (; (next = strchr(line, '\n')) != NULL; line = next + 1) {
		size_t n = 0;

		*next = '\0';
		for (char *word = strtok(line, " "); word; word = strtok(NULL, " "), n++) {
			text_features_read(&t, word, strlen(word), true);
			print_value(t.value[feature], n);
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
	int feature = argc == 3 ? find_feature(argv[2]) : -1;

	if (feature < 0)
		return 2;
	if (strcmp(argv[1], "words") == 0)
		read_words(text, feature);
	else
		read_chars(text, len, feature);
	return 0;
}
