/*
 * byte_filter.h - a conversion of the bytes of an input while they are read, between the
 * file and the buffer of a reader: gunzip.h, unxz.h, unzstd.h, recode.h.
 */
#ifndef BYTE_FILTER_H
#define BYTE_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct byte_filter {
	/*
	 * Converts input, in[pos .. end), advancing pos, to at most *room bytes at *out,
	 * advancing both; `eof` tells that no input follows.  Writes nothing if it needs more
	 * input, or if everything is converted.  NULL, or an error message, which lasts as
	 * long as the filter: only where it has written nothing.
	 */
	const char *(*convert)(struct byte_filter *, char **out, size_t *room);
	void (*free)(struct byte_filter *);

	/* the reader's */
	struct byte_filter *below;	/* where its input comes from; NULL: the file */
	char *in;
	size_t pos, end, cap;
	bool eof;
};

#endif
