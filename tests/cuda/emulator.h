/*
 * emulator.h - internal to the emulator's files.
 */
#ifndef EMULATOR_H
#define EMULATOR_H

#include <cuda_runtime.h>

#include <functional>

#if defined(__SANITIZE_ADDRESS__)
#define EMU_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EMU_ASAN 1
#endif
#endif

enum { EMU_SMS = 3, EMU_SHARED_BYTES = 227 << 10, EMU_CAPABILITY = 90 };

/* The number of an environment variable, or a default. */
unsigned long emu_number(const char *name, unsigned long otherwise);

/* One line on standard error, then abort(): the kernels did what they must not. */
[[noreturn]] void emu_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Counts a call of a kind; what EMU_FAIL asks for, which then stays. */
cudaError_t emu_call(const char *kind);

/* EMU_FAIL is that word. */
bool emu_lacks(const char *what);

/*
 * The stream: what is put into it is done when somebody waits, and not before, so
 * that host memory is read as late as can be.
 */
void emu_later(const std::function<void()> &what);
void emu_do_all(void);

/* Device memory can be used, or cannot. */
void emu_open_memory(bool open);
unsigned char *emu_memory(void);
size_t emu_memory_bytes(void);		/* beyond them nothing was ever used */

#endif
