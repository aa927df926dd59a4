/*
 * csv_header.h - the columns that the header of a CSV file names, and what is wrong
 * where one is not there.
 */
#ifndef CSV_HEADER_H
#define CSV_HEADER_H

#include "csv_records.h"
#include "errmsg.h"

/*
 * Both take a reader whose current record is the header, all of its columns kept, and
 * return NULL or a message that is stored in err.
 */

/* Sets *column to the number of the only column of that name, from 0. */
const char *csv_header_find(const struct csv_records *c, const char *name, size_t *column,
    struct errmsg *err);

/* Recognises a header of one column that contains another delimiter. */
const char *csv_header_delimiter(const struct csv_records *c, struct errmsg *err);

#endif
