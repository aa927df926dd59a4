/*
 * progress.c - a line that is redrawn after a carriage return, or written now and then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "prog.h"
#include "progress.h"
#include "seconds.h"

int progress_when = PROGRESS_AUTO;

/* Seconds between two reports: drawn; written. */
static const double draw_interval = 0.2, line_interval = 60;
static double line_written = -1;	/* when: at first, when the first work began */

/* Whether standard error is a terminal on which a line can be drawn again. */
static bool
can_redraw(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

static enum progress_form
choose_form(void)
{
	if (prog_quiet || progress_when == PROGRESS_NEVER)
		return PROGRESS_OFF;
	if (can_redraw())
		return PROGRESS_DRAWN;
	return progress_when == PROGRESS_ALWAYS ? PROGRESS_LINES : PROGRESS_OFF;
}

void
progress_start(struct progress *p, uint64_t done)
{
	p->form = choose_form();
	p->first = done;
	p->start = p->last = p->form == PROGRESS_OFF ? 0 : seconds_now();
	if (line_written < 0)
		line_written = p->start;
}

/* Columns of the terminal, or of COLUMNS if it does not know them; 0: neither does. */
static size_t
terminal_width(void)
{
	struct winsize w = { 0 };
	const char *columns = getenv("COLUMNS");
	long n = columns ? strtol(columns, NULL, 10) : 0;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	return n > 0 ? (size_t)n : 0;
}

static void
add_left(char *text, size_t size, double seconds)
{
	size_t len = strlen(text);
	long s = seconds < 1e9 ? (long)seconds : 1000000000;

	if (s >= 3600)
		snprintf(text + len, size - len, ", %ld:%02ld:%02ld left", s / 3600, s / 60 % 60,
		    s % 60);
	else
		snprintf(text + len, size - len, ", %ld:%02ld left", s / 60, s % 60);
}

/* Whether it is time for a report. */
static bool
is_due(struct progress *p, double now)
{
	if (now <= p->start)
		return false;
	if (p->form == PROGRESS_LINES) {
		if (now - line_written < line_interval)
			return false;
		line_written = now;
		return true;
	}
	if (now - p->last < draw_interval)
		return false;
	p->last = now;
	return true;
}

/* The last column stays free: some terminals wrap the line when it is written. */
static void
print_line(const struct progress *p, char *text)
{
	size_t width;

	if (p->form == PROGRESS_LINES) {
		fprintf(stderr, "%s\n", text);
		return;
	}
	width = terminal_width();
	if (width && strlen(text) > width - 1)
		text[width - 1] = '\0';
	fprintf(stderr, "\r%s\033[K", text);
	fflush(stderr);
	prog_drawn = true;
}

void
progress_show(struct progress *p, const char *label, uint64_t done, uint64_t total,
    const char *unit)
{
	char text[256];
	double now, rate;
	int n;

	if (p->form == PROGRESS_OFF || !is_due(p, now = seconds_now()))
		return;
	rate = (double)(done - p->first) / (now - p->start);
	n = snprintf(text, sizeof(text), "%s: %s: %" PRIu64, prog_name, label, done);
	if (n >= (int)sizeof(text))
		n = sizeof(text) - 1;
	if (total)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " of %" PRIu64, total);
	if (n < (int)sizeof(text))
		snprintf(text + n, sizeof(text) - (size_t)n, " %s, %.0f/s", unit, rate);
	if (total && rate > 0)
		add_left(text, sizeof(text), (double)(total - done) / rate);
	print_line(p, text);
}

void
progress_clear(struct progress *p)
{
	if (p->form == PROGRESS_DRAWN && prog_drawn)
		fputs("\r\033[K", stderr);
	prog_drawn = false;
}
