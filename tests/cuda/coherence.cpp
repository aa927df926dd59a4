/*
 * coherence.cpp - see coherence.h.
 *
 * Memory is compared word by word with what the running block found, whenever another block
 * is to run or a fence is reached: words that differ were written by this block.  Of most of
 * the memory no word is ever written in a launch, so both go page by page.
 */
#include <cuda_runtime.h>
#include <string.h>

#include <algorithm>
#include <vector>

#include "coherence.h"

typedef uint32_t word;

static const word POISON = 0xffffffff;
enum { PAGE = 1024 };	/* words */

/* A word's last writer; its value for whoever may see it. */
struct written {
	word value;
	int block;		/* -1: as before the launch, or changed by atomics: the same for all */
	unsigned long fenced;	/* the number of the fence that published it; 0: none yet */
};

static word *memory;
static std::vector<word> found;		/* by the running block */
static std::vector<written> words;
static std::vector<char> shared;	/* pages: a block has written there */
static std::vector<unsigned long> last_fence;	/* of each block */
static unsigned long fences;
static int now = -1;			/* the running block; -1: none */

static size_t
page_end(size_t page)
{
	return std::min(words.size(), (page + 1) * PAGE);
}

/* What the running block wrote to a page since it was asked last. */
static void
collect_page(size_t page)
{
	size_t first = page * PAGE, n = page_end(page) - first;

	if (memcmp(memory + first, found.data() + first, n * sizeof(word)) == 0)
		return;
	shared[page] = 1;
	for (size_t i = first; i < first + n; i++)
		if (memory[i] != found[i]) {
			words[i] = { memory[i], now, 0 };
			found[i] = memory[i];
		}
}

static void
collect_writes(void)
{
	for (size_t page = 0; now >= 0 && page < shared.size(); page++)
		collect_page(page);
}

/* what(i, word) for each word of the pages that were written. */
template <typename F>
static void
for_shared(F what)
{
	for (size_t page = 0; page < shared.size(); page++)
		for (size_t i = page * PAGE; shared[page] && i < page_end(page); i++)
			what(i, words[i]);
}

void
coherence_begin(unsigned char *p, size_t bytes, size_t blocks)
{
	memory = (word *)p;
	found.assign(memory, memory + bytes / sizeof(word));
	words.clear();
	for (word value : found)
		words.push_back({ value, -1, 0 });
	shared.assign((words.size() + PAGE - 1) / PAGE, 0);
	last_fence.assign(blocks, 0);
	fences = 0;
	now = -1;
}

void
coherence_enter(size_t b)
{
	if (memory == NULL || now == (int)b)
		return;
	collect_writes();
	now = (int)b;
	for_shared([](size_t i, written &w) {
		if (w.block >= 0)
			memory[i] = found[i] = w.block == now ? w.value : POISON;
	});
}

void
coherence_end(void)
{
	collect_writes();
	if (memory)
		for_shared([](size_t i, written &w) { memory[i] = w.value; });
	memory = NULL;
	now = -1;
}

/* Publishes what the running block wrote, as fence number n. */
static void
publish(unsigned long n)
{
	collect_writes();
	for_shared([n](size_t, written &w) {
		if (w.block == now && w.fenced == 0)
			w.fenced = n;
	});
}

void
emu_fence(void)
{
	if (memory == NULL)
		return;
	publish(++fences);
	last_fence[(size_t)now] = fences;
}

static bool
is_visible(const written &w)
{
	return w.block < 0 || w.block == now || (w.fenced && w.fenced <= last_fence[(size_t)now]);
}

void
emu_load(void *to, const void *from, size_t bytes)
{
	size_t at = memory ? (size_t)((const word *)from - memory) : 0;

	memcpy(to, from, bytes);
	for (size_t i = 0; memory && i < bytes / sizeof(word); i++) {
		bool own = memory[at + i] != found[at + i];	/* written since the last look */

		if (!own)
			memcpy((word *)to + i, is_visible(words[at + i]) ? &words[at + i].value : &POISON,
			    sizeof(word));
	}
}

unsigned
emu_add(unsigned *p, unsigned n)
{
	size_t at = memory ? (size_t)((word *)p - memory) : 0;
	unsigned was = *p;

	*p += n;
	if (memory) {
		words[at] = { *p, -1, 0 };
		found[at] = *p;
	}
	return was;
}

void
emu_release(unsigned *p, unsigned n)
{
	if (memory)
		publish(++fences);
	emu_add(p, n);
}

unsigned
emu_acquire(const unsigned *p)
{
	if (memory)
		last_fence[(size_t)now] = ++fences;
	return *(const volatile unsigned *)p;
}
