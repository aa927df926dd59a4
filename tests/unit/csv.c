/*
 * csv.c - reads CSV on standard input and prints, after the header, the number
 * of records and the first column of each, escaped, with tabs between.
 */
#include <inttypes.h>
#include <stdio.h>

#include "csv.h"

static void
print_field(struct buf *out, const char *p, size_t len)
{
	char text[8];

	buf_putc(out, '\t');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];
		int n = c == '\n' ? snprintf(text, sizeof(text), "\\n") :
		    c == '\r' ? snprintf(text, sizeof(text), "\\r") :
		    c == '\t' ? snprintf(text, sizeof(text), "\\t") :
		    c == '\\' ? snprintf(text, sizeof(text), "\\\\") :
		    c < 0x20 ? snprintf(text, sizeof(text), "\\x%02x", c) :
		    snprintf(text, sizeof(text), "%c", c);

		buf_put(out, text, (size_t)n);
	}
}

int
main(void)
{
	struct csv c;
	struct buf out = { 0 };
	const char *why = csv_open(&c, stdin), *field;
	uint64_t n = 0;
	size_t len;
	bool more;

	if (why == NULL)
		why = csv_next(&c, 0, &more);
	if (why == NULL && !more) {
		puts("!StopIteration");
		csv_close(&c);
		return 0;
	}
	while (why == NULL && (why = csv_next(&c, 0, &more)) == NULL && more) {
		n++;
		field = csv_field(&c, 0, &len);
		if (field)
			print_field(&out, field, len);
		else
			print_field(&out, "!IndexError", 11);
	}
	if (why)
		puts(why);
	printf("%" PRIu64 "%.*s\n", n, (int)out.len, out.p ? out.p : "");
	csv_close(&c);
	buf_free(&out);
	return why != NULL;
}
