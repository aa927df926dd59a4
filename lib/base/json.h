/*
 * json.h - text as a JSON string (RFC 8259).
 */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>

/* Writes len bytes with quotes around them: quotation marks, backslashes and control
 * characters escaped, U+FFFD for each byte of malformed UTF-8.  Write errors are left in
 * ferror(f). */
void json_put_string(const char *p, size_t len, FILE *f);

#endif
