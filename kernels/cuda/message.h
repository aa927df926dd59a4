/*
 * message.h - builds error messages in a fixed buffer, without stdio; what does not fit
 * is cut off.
 */
#ifndef CUDA_MESSAGE_H
#define CUDA_MESSAGE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* to(size) holds a terminated string, before and after. */
void message_set(char *to, size_t size, const char *s);
void message_add(char *to, size_t size, const char *s);
void message_number(char *to, size_t size, size_t n);

#ifdef __cplusplus
}
#endif

#endif
