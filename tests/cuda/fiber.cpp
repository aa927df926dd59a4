/*
 * fiber.cpp - stacks and the switch between them, without system calls: a
 * kernel with barriers switches millions of times.  Stacks are used again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <vector>

#include "emulator.h"
#include "fiber.h"

#if !defined(__x86_64__)
#include <ucontext.h>
#endif
#ifdef EMU_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

enum { STACK = 1 << 16 };

struct fiber {
	char *stack;		/* (STACK) */
	const std::function<void()> *body;
	bool ended;
	void *fake;		/* the address sanitizer's own */
#if defined(__x86_64__)
	void *sp;
#else
	ucontext_t context;
#endif
};

static struct fiber *current;
static std::vector<struct fiber *> &idle = *new std::vector<struct fiber *>;	/* until the end */
static void *caller_fake;
[[maybe_unused]] static const void *caller_stack;
[[maybe_unused]] static size_t caller_size;

static void run_body(void);

#if defined(__x86_64__)
static void *caller_sp;

/* Saves the registers that a call keeps, and the stack; takes another. */
extern "C" void emu_switch(void **save, void *load);
asm(".text\n"
    ".globl emu_switch\n"
    ".type emu_switch, @function\n"
    "emu_switch:\n"
    "	pushq %rbp\n	pushq %rbx\n	pushq %r12\n"
    "	pushq %r13\n	pushq %r14\n	pushq %r15\n"
    "	movq %rsp, (%rdi)\n"
    "	movq %rsi, %rsp\n"
    "	popq %r15\n	popq %r14\n	popq %r13\n"
    "	popq %r12\n	popq %rbx\n	popq %rbp\n"
    "	ret\n"
    ".size emu_switch, . - emu_switch\n");

static void
prepare(struct fiber *f)
{
	void **top = (void **)(f->stack + STACK) - 2;

	*top = (void *)run_body;	/* entered by ret: the stack as after a call */
	f->sp = top - 6;
}

static void
enter(struct fiber *f)
{
	emu_switch(&caller_sp, f->sp);
}

static void
leave(struct fiber *f)
{
	emu_switch(&f->sp, caller_sp);
}
#else
static ucontext_t caller;

static void
prepare(struct fiber *f)
{
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = STACK;
	makecontext(&f->context, run_body, 0);
}

static void
enter(struct fiber *f)
{
	swapcontext(&caller, &f->context);
}

static void
leave(struct fiber *f)
{
	swapcontext(&f->context, &caller);
}
#endif

static void
arrived(void *fake, bool in_fiber)
{
#ifdef EMU_ASAN
	const void *stack;
	size_t size;

	__sanitizer_finish_switch_fiber(fake, &stack, &size);
	if (in_fiber) {
		caller_stack = stack;
		caller_size = size;
	}
#else
	(void)fake;
	(void)in_fiber;
#endif
}

static void
run_body(void)
{
	struct fiber *f = current;

	arrived(NULL, true);
	for (;;) {
		(*f->body)();
		f->ended = true;
#ifdef EMU_ASAN
		__sanitizer_start_switch_fiber(&f->fake, caller_stack, caller_size);
#endif
		leave(f);
		f = current;	/* the same stack, for another body */
		arrived(f->fake, true);
	}
}

static struct fiber *
new_fiber(void)
{
	struct fiber *f = new fiber();
	void *p = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		fputs("cuda emulator: no memory for stacks\n", stderr);
		abort();
	}
	f->stack = (char *)p;
	prepare(f);
	return f;
}

struct fiber *
fiber_start(const std::function<void()> &body)
{
	struct fiber *f;

	if (idle.empty()) {
		f = new_fiber();
	} else {
		f = idle.back();
		idle.pop_back();
	}
	f->body = &body;
	f->ended = false;
	return fiber_resume(f);
}

struct fiber *
fiber_resume(struct fiber *f)
{
	current = f;
#ifdef EMU_ASAN
	__sanitizer_start_switch_fiber(&caller_fake, f->stack, STACK);
#endif
	enter(f);
	arrived(caller_fake, false);
	if (!f->ended)
		return f;
	idle.push_back(f);
	return NULL;
}

void
fiber_wait(void)
{
	struct fiber *f = current;

#ifdef EMU_ASAN
	__sanitizer_start_switch_fiber(&f->fake, caller_stack, caller_size);
#endif
	leave(f);
	arrived(f->fake, true);
}
