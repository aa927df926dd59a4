/*
 * coherence.h - what a block sees of the others' writes, with EMU_STRICT=1.
 *
 * A GPU's blocks share memory only through fences: what one wrote is visible to another
 * after the writer's fence or release, then a fence or an acquiring load of the reader, and
 * even then only to __ldcg(), since the caches of multiprocessors are not coherent.  Here the blocks of a cooperative
 * launch, which run in turn, find NaN bytes wherever that does not hold.
 */
#ifndef COHERENCE_H
#define COHERENCE_H

#include <stddef.h>

/* A cooperative launch of so many blocks begins; it uses bytes of memory. */
void coherence_begin(unsigned char *memory, size_t bytes, size_t blocks);
/* Block number b runs from now on. */
void coherence_enter(size_t b);
/* All that was written is visible again. */
void coherence_end(void);

#endif
