/*
 * save_schedule.h - when a run is saved between evaluations: every so many steps, or after
 * so much time.
 */
#ifndef SAVE_SCHEDULE_H
#define SAVE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct save_schedule {
	uint64_t steps;		/* at multiples of this number of steps; 0: not by steps */
	uint64_t seconds;	/* between two saves; 0: not by time */
	double last;		/* seconds on the monotonic clock at the latest save */
};

/* Reads "5000" (steps), "30s", "10m" or "2h"; 0 is never.  NULL or an error message. */
const char *save_schedule_read(struct save_schedule *s, const char *text);

/* Starts to measure the time to the next save. */
void save_schedule_restart(struct save_schedule *s);

/* Whether it is time for a save when this many steps are done. */
bool save_schedule_is_due(const struct save_schedule *s, uint64_t steps);

#endif
