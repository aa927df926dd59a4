/*
 * word_list.c - words from lines, and a table of them.
 */
#include <string.h>

#include "file_kind.h"
#include "utf8.h"
#include "word_list.h"

static const char *
bad_line(struct vocab *v, const struct reader *in, const char *reason)
{
	char shown[ERRMSG_WORD];

	return errmsg_set(&v->err, "line %llu: '%s' %s; each line is to be one word",
	    (unsigned long long)in->number, errmsg_word(shown, in->p, in->len), reason);
}

static const char *
add_line(struct vocab *v, const struct reader *in)
{
	const char *p = in->p;
	size_t len = in->len;

	if (len == 0)
		return bad_line(v, in, "is empty");
	if (memchr(p, ' ', len) || memchr(p, '\t', len))
		return bad_line(v, in, "contains a space or a tab");
	if (utf8_valid_length(p, len) != len)
		return bad_line(v, in, "is not valid UTF-8");
	if (vocab_is_marker(p, len) || vocab_find(v, p, len) >= 0)
		return NULL;
	return vocab_add(v, p, len, 0, VOCAB_NO_FIRST);
}

const char *
word_list_read(struct vocab *v, FILE *f)
{
	struct reader in;
	enum file_kind found;
	const char *why;
	bool more;

	reader_open(&in, f);
	in.crlf = true;
	why = file_kind_begin(&in, FILE_TEXT, &found, &v->err);
	while (why == NULL && (why = reader_line(&in, &more)) == NULL && more)
		why = add_line(v, &in);
	if (why == NULL && in.number == 0)
		why = "empty input where a list of words was expected";
	if (why && why != v->err.text)
		why = errmsg_set(&v->err, "%s", why);
	reader_close(&in);
	return why;
}

const char *
word_list_table(struct vocab *v, const struct vocab *words)
{
	const char *why = NULL;

	if (v->unit == UNIT_SENTENCE &&
	    (why = vocab_add(v, VOCAB_START, strlen(VOCAB_START), 0, VOCAB_NO_FIRST)) == NULL)
		why = vocab_add(v, VOCAB_END, strlen(VOCAB_END), 0, VOCAB_NO_FIRST);
	for (uint32_t i = 0; i < words->size && why == NULL; i++) {
		size_t len;
		const char *word = vocab_word(words, i, &len);

		why = vocab_add(v, word, len, 0, VOCAB_NO_FIRST);
	}
	return why ? why : vocab_add(v, VOCAB_UNKNOWN, strlen(VOCAB_UNKNOWN), 0, VOCAB_NO_FIRST);
}
