/*
 * shell_line.c - quotes words for a POSIX shell.
 *
 * Bytes that a message cannot show (control characters, malformed UTF-8) are written as
 * $'\ooo', which bash, ksh and zsh understand and POSIX has since 2024.
 */
#include <string.h>

#include "shell_line.h"
#include "utf8.h"

static bool
is_plain(const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_@%+:,./-";

	return *word && word[strspn(word, safe)] == '\0';
}

static bool
is_showable(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_check(word + i, len - i);
		if (n == 0 || (unsigned char)word[i] < ' ' || word[i] == 0x7f ||
		    ((unsigned char)word[i] == 0xc2 && (unsigned char)word[i + 1] < 0xa0))
			return false;
	}
	return true;
}

static void
add_quoted(struct errmsg *line, const char *word)
{
	const char *end;

	errmsg_add(line, "'");
	for (; (end = strchr(word, '\'')) != NULL; word = end + 1)
		errmsg_add(line, "%.*s'\\''", (int)(end - word), word);
	errmsg_add(line, "%s'", word);
}

static void
add_escaped(struct errmsg *line, const char *word)
{
	errmsg_add(line, "$'");
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;

		if (c < ' ' || c >= 0x7f || c == '\'' || c == '\\')
			errmsg_add(line, "\\%03o", c);
		else
			errmsg_add(line, "%c", c);
	}
	errmsg_add(line, "'");
}

void
shell_line_add(struct errmsg *line, const char *word)
{
	if (*line->text)
		errmsg_add(line, " ");
	if (is_plain(word))
		errmsg_add(line, "%s", word);
	else if (is_showable(word))
		add_quoted(line, word);
	else
		add_escaped(line, word);
}

void
shell_line_add_operands(struct errmsg *line, int argc, char *const argv[])
{
	bool looks_like_option = false;

	for (int i = 0; i < argc; i++)
		looks_like_option = looks_like_option || (argv[i][0] == '-' && argv[i][1]);
	if (looks_like_option)
		shell_line_add(line, "--");
	for (int i = 0; i < argc; i++)
		shell_line_add(line, argv[i]);
}
