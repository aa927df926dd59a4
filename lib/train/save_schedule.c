/*
 * save_schedule.c - a number of steps, or a time with its unit.
 */
#include <errno.h>
#include <stdlib.h>

#include "save_schedule.h"
#include "seconds.h"

/* Seconds in the unit that ends the text; 1 for steps, 0 for anything else. */
static unsigned
unit_of(const char *end)
{
	static const struct { char letter; unsigned seconds; } units[] = {
		{ '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 }
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*end == units[i].letter && (*end == '\0' || end[1] == '\0'))
			return units[i].seconds;
	return 0;
}

const char *
save_schedule_read(struct save_schedule *s, const char *text)
{
	char *end;
	unsigned long long n;
	unsigned unit;

	errno = 0;
	n = strtoull(text, &end, 10);
	unit = unit_of(end);
	if (*text < '0' || *text > '9' || errno || unit == 0 || n > 1000000000000000)
		return "is not a number of steps, such as 5000, or a time, such as 30s, 10m or 2h";
	*s = (struct save_schedule){ 0 };
	if (*end)
		s->seconds = (uint64_t)n * unit;
	else
		s->steps = n;
	return NULL;
}

void
save_schedule_restart(struct save_schedule *s)
{
	s->last = seconds_now();
}

bool
save_schedule_is_due(const struct save_schedule *s, uint64_t steps)
{
	if (s->steps)
		return steps % s->steps == 0;
	return s->seconds && seconds_now() - s->last >= (double)s->seconds;
}
