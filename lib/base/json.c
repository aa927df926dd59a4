/*
 * json.c - escapes the characters that a JSON string cannot hold.
 */
#include "json.h"
#include "utf8.h"

void
json_put_string(const char *p, size_t len, FILE *f)
{
	char replacement[UTF8_MAX];
	size_t bytes = utf8_put(replacement, UTF8_REPLACEMENT);

	putc('"', f);
	for (size_t at = 0, some; at < len; at += some) {
		unsigned char c = (unsigned char)p[at];
		size_t good = utf8_check(p + at, len - at);

		some = good ? good : 1;
		if (c < 0x20)
			fprintf(f, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else
			fwrite(good ? p + at : replacement, 1, good ? good : bytes, f);
	}
	putc('"', f);
}
