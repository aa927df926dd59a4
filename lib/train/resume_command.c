/*
 * resume_command.c - see resume_command.h.
 */
#include <inttypes.h>
#include <string.h>

#include "resume_command.h"
#include "shell_line.h"

static bool
reads_standard_input(const struct resume_command *c)
{
	for (int i = 0; i < c->argc; i++)
		if (strcmp(c->argv[i], "-") == 0)
			return true;
	return c->argc == 0;
}

static void
add_option(struct errmsg *line, const char *option, const char *value)
{
	if (value == NULL)
		return;
	shell_line_add(line, option);
	shell_line_add(line, value);
}

const char *
resume_command(const struct resume_command *c, const char *option, uint64_t n,
    struct errmsg *line)
{
	struct errmsg command = { "" };
	char threads[32], ratio[32], value[32];

	snprintf(threads, sizeof(threads), "%ld", c->threads);
	snprintf(ratio, sizeof(ratio), "%.15g", c->max_loss_ratio);
	snprintf(value, sizeof(value), "%" PRIu64, n);
	shell_line_add(&command, c->program);
	add_option(&command, "-R", c->model);
	add_option(&command, "-v", c->valid);
	add_option(&command, "-d", c->device);
	add_option(&command, "--precision", c->precision);
	add_option(&command, "-j", c->threads < 0 ? NULL : threads);
	add_option(&command, "--max-loss-ratio", c->max_loss_ratio < 0 ? NULL : ratio);
	add_option(&command, "--save-every", c->save_every);
	if (option)
		add_option(&command, option, value);
	shell_line_add_operands(&command, c->argc, c->argv);
	return errmsg_set(line, "%s%s", reads_standard_input(c) ?
	    "with the same text on standard input: " : "", command.text);
}

const char *
resume_command_beyond(const struct resume_command *c, const struct model_progress *p,
    uint64_t max_steps, struct errmsg *line)
{
	switch (run_report_reason(p, max_steps)) {
	case RUN_PATIENCE:
		return resume_command(c, "-P", 2 * p->hyper.patience, line);
	case RUN_EPOCHS:
		return resume_command(c, "-e", p->epoch ? 2 * p->epoch : 1, line);
	default:
		return resume_command(c, NULL, 0, line);
	}
}
