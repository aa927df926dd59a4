/*
 * shard.c - where the parts of a text begin and end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shard.h"

/* A number from 1 to SHARDS_MAX; 0: it is not.  *end: what follows. */
static uint64_t
parse_number(const char *word, const char **end)
{
	uint64_t n = 0;

	for (*end = word; **end >= '0' && **end <= '9'; ++*end)
		if ((n = 10 * n + (uint64_t)(**end - '0')) > SHARDS_MAX)
			return 0;
	return n;
}

bool
shard_parse(struct shard *s, const char *word)
{
	const char *end;

	s->i = parse_number(word, &end);
	s->n = *end == '/' ? parse_number(end + 1, &end) : 0;
	return *end == '\0' && s->i >= 1 && s->i <= s->n;
}

/* Where part i, from 0, begins.  The division comes first, lest a product overflow. */
static uint64_t
begin_of(uint64_t i, uint64_t n, uint64_t bytes)
{
	return bytes / n * i + bytes % n * i / n;
}

const char *
shard_measure(struct shard *s, int argc, char *const argv[], struct errmsg *err)
{
	uint64_t bytes = 0;
	struct stat st;

	if (s->n == 0)
		return NULL;
	for (int k = 0; k < argc || k == 0; k++) {
		if (argc == 0 || strcmp(argv[k], "-") == 0)
			return "standard input: only a file has shards (--shard); write the text to "
			    "a file";
		if (stat(argv[k], &st) != 0)
			return errmsg_set(err, "%s: %s", argv[k], strerror(errno));
		if (!S_ISREG(st.st_mode))
			return errmsg_set(err, "%s: only a regular file has shards (--shard); write "
			    "the text to one", argv[k]);
		bytes += (uint64_t)st.st_size;
	}
	s->begin = begin_of(s->i - 1, s->n, bytes);
	/* what is wrong with an empty file at the end has to be found by some shard */
	s->end = s->i == s->n ? UINT64_MAX : begin_of(s->i, s->n, bytes);
	return NULL;
}

enum shard_place
shard_file(struct shard *s, FILE *f)
{
	struct stat st;

	if (s->n == 0)
		return SHARD_INSIDE;
	s->file = s->next;
	if (fstat(fileno(f), &st) == 0)
		s->next += (uint64_t)st.st_size;
	return s->file >= s->end ? SHARD_AFTER :
	    s->file < s->begin && s->next <= s->begin ? SHARD_BEFORE : SHARD_INSIDE;
}

enum shard_place
shard_place(const struct shard *s, uint64_t at)
{
	if (s == NULL || s->n == 0)
		return SHARD_INSIDE;
	at += s->file;
	return at < s->begin ? SHARD_BEFORE : at < s->end ? SHARD_INSIDE : SHARD_AFTER;
}

uint64_t
shard_first_byte(const struct shard *s)
{
	return s && s->begin > s->file ? s->begin - s->file : 0;
}

const char *
shard_check(const struct shard *s, const struct reader *in, struct errmsg *err)
{
	if (s->n == 0 || !reader_converts(in))
		return NULL;
	if (in->encoding == NULL)
		return "compressed data has no shards (--shard); unpack the file first";
	return errmsg_set(err, "text that is converted from %s has no shards (--shard); convert it "
	    "first, with: iconv -f %s -t UTF-8", in->encoding, in->encoding);
}
