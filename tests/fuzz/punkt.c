/*
 * punkt.c - fuzz target for Punkt tables read from a folder, and a text split by them;
 * and for the text that sample starts with, by a table of words.
 *
 *	bytes 0 to 3	lengths of the four files of a Punkt table
 *	the rest	the files, then the text; the first file is also a table of words
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prompt.h"
#include "tokenize.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { FILES = 4 };
static const char *const names[FILES] = {
	"abbrev_types.txt", "collocations.tab", "sent_starters.txt", "ortho_context.tab"
};
static char folder[200];

struct part {
	const uint8_t *p;
	size_t len;
};

static void
want(bool truth)
{
	if (!truth)
		abort();
}

static void
check_message(const char *why)
{
	want(why == NULL || (*why != '\0' && strchr(why, '\n') == NULL));
}

static void
remove_folder(void)
{
	char path[300];

	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void
make_folder(void)
{
	const char *dir = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/punkt.XXXXXX", dir ? dir : "/tmp");
	want(mkdtemp(folder) != NULL);
	atexit(remove_folder);
}

static void
put_file(const char *name, struct part x)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	want(f != NULL && fwrite(x.p, 1, x.len, f) == x.len && fclose(f) == 0);
}

/* Tokens are not empty and are separated by single spaces and newlines. */
static void
split_text(const struct punkt *table, struct part text, unsigned fold)
{
	struct tokenizer c = { .table = table, .rules.lower = fold % 3 };
	struct buf clean = { 0 };
	uint64_t bad = 0;
	char *out = NULL, before = '\n';
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);

	want(f != NULL && utf8_clean(&clean, (const char *)text.p, text.len, &bad));
	want(tokenize_write(&c, clean.len ? clean.p : "", clean.len, f) && fclose(f) == 0);
	for (size_t i = 0; i < n; before = out[i++])
		want((out[i] != ' ' && out[i] != '\n') || (before != ' ' && before != '\n'));
	want(before == '\n');
	free(out);
	buf_free(&clean);
	tokenize_free(&c);
}

static void
read_prompt(struct part table, struct part text, bool unknown)
{
	struct vocab v = { .unknown = -1 };
	struct prompt p = { .n = 0 };
	char *s = malloc(text.len + 1);
	const char *why;

	want(s != NULL);
	memcpy(s, text.p, text.len);
	s[text.len] = '\0';
	if (vocab_parse(&v, (const char *)table.p, table.len) == NULL) {
		why = prompt_read(&p, &v, s, unknown);
		check_message(why);
		for (size_t i = 0; why == NULL && i < p.n; i++)
			want(p.w[i] < v.size);
		want(prompt_token(&v, s) < (int64_t)v.size);
		prompt_free(&p);
	}
	vocab_free(&v);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct part part[FILES + 1];
	struct punkt table = { .n = 0 };
	const uint8_t *p = data + FILES, *end = data + len;
	const char *why;

	if (len < FILES)
		return 0;
	if (folder[0] == '\0')
		make_folder();
	for (int i = 0; i <= FILES; i++) {
		size_t left = (size_t)(end - p), n = i < FILES && data[i] < left ? data[i] : left;

		part[i] = (struct part){ p, n };
		p += n;
		if (i < FILES)
			put_file(names[i], part[i]);
	}
	why = punkt_load(&table, folder);
	check_message(why);
	if (why == NULL)
		split_text(&table, part[FILES], data[0]);
	punkt_free(&table);
	read_prompt(part[0], part[FILES], data[1] & 1);
	return 0;
}
