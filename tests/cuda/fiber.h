/*
 * fiber.h - threads of a device as stacks that a scheduler switches between.
 */
#ifndef FIBER_H
#define FIBER_H

#include <functional>

struct fiber;

/* Runs body on a stack of its own until it waits or returns; NULL when it has returned. */
struct fiber *fiber_start(const std::function<void()> &body);
/* Goes on after its fiber_wait(); NULL when it has returned. */
struct fiber *fiber_resume(struct fiber *f);
/* From inside a fiber: back to whoever started or resumed it. */
void fiber_wait(void);

#endif
