/*
 * csv_records.c - reads CSV and prints it, escaped, with tabs between.
 *
 *	csv_records < FILE	what comes after the header: the number of records, and
 *				the first column of each, or !IndexError
 *	csv_records [-d CHAR] [-q CHAR] [-e CHAR] FILE...
 *				for each file: its name, then a line for each record, with
 *				all of its fields in brackets; the options set the dialect
 */
#include <inttypes.h>
#include <stdio.h>

#include "csv_records.h"

static struct csv_dialect dialect;

static void
put_text(struct buf *out, const char *p, size_t len)
{
	char text[8];

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

static void
print_all_fields(const struct csv_records *c, struct buf *out)
{
	const char *field;
	size_t len;

	out->len = 0;
	for (size_t i = 0; (field = csv_records_field(c, i, &len)) != NULL; i++) {
		buf_put(out, i > 0 ? "\t[" : "[", 1 + (i > 0));
		put_text(out, field, len);
		buf_putc(out, ']');
	}
	printf("%.*s\n", (int)out->len, out->p ? out->p : "");
}

static const char *
print_file(const char *name, struct buf *out)
{
	struct csv_records c;
	FILE *f = fopen(name, "rb");
	const char *why;
	bool more = true;

	if (f == NULL)
		return "cannot be opened";
	puts(name);
	why = csv_records_open(&c, f, &dialect);
	while (why == NULL && (why = csv_records_next(&c, CSV_RECORDS_ALL, &more)) == NULL && more)
		print_all_fields(&c, out);
	csv_records_close(&c);
	fclose(f);
	return why;
}

static const char *
print_first_column(struct buf *out)
{
	struct csv_records c;
	const char *why = csv_records_open(&c, stdin, NULL), *field;
	uint64_t n = 0;
	size_t len;
	bool more = true;

	if (why == NULL)
		why = csv_records_next(&c, 0, &more);
	if (!more)
		puts("!StopIteration");
	while (why == NULL && more && (why = csv_records_next(&c, 0, &more)) == NULL && more) {
		n++;
		buf_putc(out, '\t');
		field = csv_records_field(&c, 0, &len);
		if (field)
			put_text(out, field, len);
		else
			buf_put(out, "!IndexError", 11);
	}
	if (c.record > 0)
		printf("%" PRIu64 "%.*s\n", n, (int)out->len, out->p ? out->p : "");
	csv_records_close(&c);
	return why;
}

int
main(int argc, char *argv[])
{
	struct buf out = { 0 };
	const char *value[3] = { NULL }, *why = argc == 1 ? print_first_column(&out) : NULL;
	struct errmsg err;
	int first = 1;

	for (; argc > first + 2 && argv[first][0] == '-'; first += 2)
		value[argv[first][1] == 'd' ? 0 : argv[first][1] == 'q' ? 1 : 2] = argv[first + 1];
	if (why == NULL)
		why = csv_dialect_parse(&dialect, value[0], value[1], value[2], &err);
	for (int i = first; i < argc && why == NULL; i++)
		why = print_file(argv[i], &out);
	if (why)
		puts(why);
	buf_free(&out);
	return why != NULL;
}
