/*
 * cells - shows what single hidden units respond to
 *
 * The network reads a text.  Each token is shown on a background whose colour is a
 * unit's state after it, or the units are ranked by their correlation with features of
 * the text.  Memory holds one line at a time; the hidden state is carried over from
 * line to line of a stream.  Or, of all units together, how much the loss at a word
 * depends on the states before it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "correlation.h"
#include "device.h"
#include "heat_line.h"
#include "html_report.h"
#include "index_stream.h"
#include "mem.h"
#include "model.h"
#include "net.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "spool.h"
#include "state_gradient.h"
#include "unit_list.h"
#include "visible.h"
#include "vocab_chars.h"

enum { ROWS = 1024 };		/* tokens in a forward pass */
enum colour { AUTO, ALWAYS, NEVER };
enum format { TEXT, HTML, TABLE };

static struct {
	bool f64, gradient, rank;
	int colour, device, format;
	long best, lags, layer, number, threads;
	const char *units;
} o = { .best = 1, .lags = 50, .layer = -1 };

static const struct opt options[] = {
	{ 'c', "colour", OPT_WORD, { .word = &o.colour }, "auto|always|never", 0, 0,
	    "colour the text; auto: on a terminal" },
	{ 'd', "device", OPT_WORD, { .word = &o.device }, BACKEND_DEVICES, 0, 0, "device to use" },
	{ 'D', "double", OPT_FLAG, { .flag = &o.f64 }, NULL, 0, 0, "double precision" },
	{ 'f', "format", OPT_WORD, { .word = &o.format }, "text|html|table", 0, 0,
	    "output format" },
	{ 'j', "threads", OPT_INT, { .i = &o.threads }, "n", 0, 1024,
	    "threads; 0: one per processor" },
	{ 'k', "best", OPT_INT, { .i = &o.best }, "n", 1, UNIT_LIST_END,
	    "with -r: units listed for each feature" },
	{ 'l', "layer", OPT_INT, { .i = &o.layer }, "n", -1, 1024, "layer, from 0; -1: the last" },
	{ 'n', "number", OPT_INT, { .i = &o.number }, "n", 0, 1e15,
	    "read only the first n tokens; 0: all" },
	{ 'r', "rank", OPT_FLAG, { .flag = &o.rank }, NULL, 0, 0,
	    "rank units by correlation with text features" },
	{ 'u', "units", OPT_STR, { .s = &o.units }, "list", 0, 0,
	    "such as 3,17,40-45; default 0, with -r all" },
	{ 0, "gradient", OPT_FLAG, { .flag = &o.gradient }, NULL, 0, 0,
	    "list norms of the gradient by earlier states" },
	{ 0, "lags", OPT_INT, { .i = &o.lags }, "n", 0, 100000, "with --gradient: words back, at most" },
	PROGRESS_OPTION,
	{ 0 }
};
static const struct command command = {
	.summary = "show what individual hidden units of a model respond to",
	.operands = "model [index-stream ...]",
	.example = "tok comments.csv | encode -v model.npz | cells -u 3,17 model.npz",
	.table = options
};

struct run {
	struct model model;
	struct net net;
	struct index_reader in;		/* the current stream */
	bool characters;		/* its tokens are characters */
	struct unit_list list;
	const long *unit;		/* (nunit) the units of -u */
	size_t nunit;
	struct net_state state;		/* hidden state, carried over */
	void *s;			/* (ROWS, h) states of the layer */
	double *x;			/* (nunit) the units' states after a token */
	enum heat_line_depth depth;
	struct heat_line line;		/* the current line */
	struct buf out;
	struct spool *body;		/* (nunit) text of each unit for -f html */
	struct text_features features;
	struct correlation correlation;
	struct correlation_rank *rank;	/* (FEATURES, nunit) for -r */
	struct state_gradient gradient;
	bool begun;			/* its sequence has begun */
	uint64_t tokens;		/* read so far; with --gradient: predicted */
	bool ended;			/* the last one was a line end */
	struct progress progress;
};

/* Whether correlations with features are needed. */
static bool
correlates(void)
{
	return o.rank || o.format == HTML;
}

static void
check_options(void)
{
	if (o.gradient)
		options_reject("c f k r u", "cannot be combined with --gradient, which lists all units "
		    "of a layer as one; drop it");
	if (!o.gradient && options_given_name("lags"))
		die_usage("--lags: the reach of --gradient; add --gradient");
	if (o.rank && options_given('f'))
		die_usage("-f: -r has one format, lines; drop -f or -r");
	if (!o.rank && options_given('k'))
		die_usage("-k: the number of units that -r lists; add -r");
	if (options_given('c') && (o.rank || o.format != TEXT))
		die_usage("-c: only -f text without -r is coloured; drop -c");
}

static void
read_units(struct run *run)
{
	long h = (long)run->model.shape.hidden;
	const char *why = NULL;

	if (o.units || !o.rank)
		why = unit_list_read(&run->list, o.units ? o.units : "0");
	for (long u = 0; o.units == NULL && o.rank && u < h; u++)
		if (!unit_list_add(&run->list, u))
			die("out of memory");
	if (why)
		die_usage("-u: %s", why);
	for (size_t i = 0; i < run->list.n; i++)
		if (run->list.unit[i] >= h)
			die("-u: no unit %ld; the layer has units 0 to %ld", run->list.unit[i], h - 1);
	run->unit = run->list.unit;
	run->nunit = run->list.n;
}

static void
pick_layer(const struct model *m, const char *path)
{
	if (o.layer >= (long)m->shape.layers)
		die("-l: no layer %ld; %s has layers 0 to %" PRIu32, o.layer, path,
		    m->shape.layers - 1);
	if (o.layer < 0 && !o.gradient)
		o.layer = (long)m->shape.layers - 1;
}

/* Allocates what showing or ranking units takes. */
static void
begin_units(struct run *run)
{
	size_t h = run->model.shape.hidden, reals;
	const char *why = NULL;

	read_units(run);
	run->depth = o.colour == NEVER ? HEAT_LINE_MARKS :
	    heat_line_colours(o.colour == ALWAYS, prog_is_terminal(STDOUT_FILENO));
	run->line.units = run->nunit;
	run->s = mem_mul(ROWS, h, &reals) ? mem_zeros(reals, run->net.size) : NULL;
	run->x = mem_zeros(run->nunit, sizeof(*run->x));
	run->rank = mem_zeros(o.rank ? FEATURES * run->nunit : 0, sizeof(*run->rank));
	run->body = mem_zeros(run->nunit, sizeof(*run->body));
	if (run->s == NULL || run->x == NULL || run->body == NULL ||
	    run->rank == NULL || (why = correlation_init(&run->correlation, run->nunit)) != NULL ||
	    (why = net_state_new(&run->state, &run->net, 1)) != NULL)
		die("out of memory");
	for (size_t i = 0; i < run->nunit; i++)
		spool_init(&run->body[i]);
}

static void
begin_run(struct run *run)
{
	const char *why = NULL;

	if (o.gradient)
		why = state_gradient_new(&run->gradient, &run->net, (int)o.lags + 1);
	else
		begin_units(run);
	if (why)
		die("%s", why);
	progress_start(&run->progress, 0);
	if (prog_is_terminal(STDOUT_FILENO))
		run->progress.form = PROGRESS_OFF;
}

/* Prints the current line for one unit as coloured text. */
static void
print_line(struct run *run, size_t i)
{
	char label[32] = "";
	size_t columns = 0;

	if (run->nunit > 1)
		columns = (size_t)snprintf(label, sizeof(label), "%5ld ", run->unit[i]);
	if (!buf_put(&run->out, label, columns) ||
	    !heat_line_terminal(&run->line, i, run->depth, columns, &run->out))
		die("out of memory");
	fwrite(run->out.p, 1, run->out.len, stdout);
}

static void
end_line(struct run *run)
{
	const char *why = NULL;

	for (size_t i = 0; run->line.n > 0 && i < run->nunit; i++) {
		run->out.len = 0;
		if (o.format == TEXT) {
			print_line(run, i);
			continue;
		}
		if (!heat_line_html(&run->line, i, &run->out))
			why = "out of memory";
		else
			why = spool_put(&run->body[i], run->out.p, run->out.len);
		if (why)
			die("%s", why);
	}
	heat_line_clear(&run->line);
	prog_check_output();
}

static void
print_row(struct run *run, uint32_t word)
{
	size_t len;
	const char *p = vocab_word(&run->in.vocab, word, &len);

	visible_put(p, len, stdout);
	for (size_t i = 0; i < run->nunit; i++)
		printf("\t%.6f", run->x[i]);
	putchar('\n');
}

/* Processes a token and s(h), the state after it. */
static void
add_token(struct run *run, uint32_t word, const void *s)
{
	size_t len;
	const char *p = vocab_text(&run->in.vocab, word, run->characters, &len);

	for (size_t i = 0; i < run->nunit; i++)
		run->x[i] = run->net.size == sizeof(float) ?
		    (double)((const float *)s)[run->unit[i]] : ((const double *)s)[run->unit[i]];
	if (correlates()) {
		text_features_read(&run->features, p, len, !run->characters);
		correlation_add(&run->correlation, run->features.value, run->x);
	}
	run->tokens++;
	run->ended = run->characters && len == 1 && *p == '\n';
	if (o.rank)
		return;
	if (o.format == TABLE) {
		print_row(run, word);
		return;
	}
	if ((!run->characters && run->line.n > 0 && !heat_line_add(&run->line, " ", 1, NULL)) ||
	    !heat_line_add(&run->line, p, len, run->x))
		die("out of memory");
	if (run->ended)
		end_line(run);
}

/* Whether the tokens of -n are read. */
static bool
is_done(const struct run *run)
{
	return o.number > 0 && run->tokens >= (uint64_t)o.number;
}

/* Reads n tokens, starting from the current hidden state. */
static const char *
read_tokens(struct run *run, const uint32_t *w, uint32_t n)
{
	size_t row = run->model.shape.hidden * run->net.size;
	bool sentence = run->in.vocab.unit == UNIT_SENTENCE;
	const char *why = NULL;

	for (uint32_t at = 0, some; at < n && why == NULL && !is_done(run); at += some) {
		int start[] = { 0, 0 };
		struct batch b = { 1, 0, start, w + at, w + at };

		some = n - at < ROWS ? n - at : ROWS;
		b.t = start[1] = (int)some;
		why = net_states(&run->net, &b, &run->state, (int)o.layer, run->s);
		for (uint32_t r = 0; r < some && why == NULL && !is_done(run); r++)
			if (!sentence || b.x[r] != VOCAB_START_ROW)
				add_token(run, b.x[r], (const char *)run->s + r * row);
	}
	return why;
}

/* Reads a frame for --gradient; of a sequence's first word there is no loss. */
static const char *
read_gradient(struct run *run, const struct frame *f)
{
	uint64_t given = !run->begun, left = (uint64_t)o.number - run->tokens + given;
	size_t n = o.number > 0 && left < f->n ? (size_t)left : f->n;
	const char *why = state_gradient_add(&run->gradient, f->w, n);

	run->tokens += n - given;
	run->begun = model_joins(&run->model, run->in.vocab.unit);
	return why || run->begun ? why : state_gradient_end(&run->gradient);
}

/* Reads a frame, without the END of a sentence. */
static void
read_units_frame(struct run *run, const struct frame *f)
{
	bool sentence = run->in.vocab.unit == UNIT_SENTENCE;
	const char *why;

	run->ended = false;
	if (!model_joins(&run->model, run->in.vocab.unit))
		net_state_reset(&run->state);
	if ((why = read_tokens(run, f->w, f->n - sentence)) != NULL)
		die("device %s: %s", run->net.k->name, why);
	if (run->ended)
		return;
	end_line(run);
	if (correlates())
		text_features_line(&run->features);
}

static void
read_frame(struct run *run, const struct frame *f)
{
	const char *why;

	if (!o.gradient)
		read_units_frame(run, f);
	else if ((why = read_gradient(run, f)) != NULL)
		die("device %s: %s", run->net.k->name, why);
}

/* Ends the sequence of a stream. */
static void
end_stream(struct run *run)
{
	const char *why = o.gradient ? state_gradient_end(&run->gradient) : NULL;

	if (why)
		die("device %s: %s", run->net.k->name, why);
	run->begun = false;
	progress_clear(&run->progress);
	index_close(&run->in);
}

static void
read_stream(struct run *run, const char *path, const struct prog_inputs *in)
{
	struct index_reader *r = &run->in;
	const char *why = index_open(r, in->f);
	bool more;

	if (why)
		die("%s: %s", in->name, why);
	if ((why = model_check_vocab(&run->model, &r->vocab)) != NULL)
		die("%s: %s: %s", path, in->name, why);
	if (in->next == 1)
		device_note_model(&run->model, &r->vocab, path);
	if ((why = model_check_rules(&run->model, &r->vocab)) != NULL)
		prog_warn("%s: %s", in->name, why);
	run->characters = vocab_is_characters(&r->vocab);
	net_state_reset(&run->state);
	text_features_begin(&run->features, run->characters && vocab_has_newline(&r->vocab));
	while (!is_done(run) && (why = index_next(r, &more)) == NULL && more) {
		read_frame(run, &r->frame);
		progress_show(&run->progress, "reading", run->tokens, 0, "tokens");
	}
	if (why)
		die("%s: %s", in->name, why);
	end_stream(run);
}

static void
print_norms(const struct run *run)
{
	const struct state_gradient *g = &run->gradient;
	int first = o.layer < 0 ? 0 : (int)o.layer;
	int last = o.layer < 0 ? (int)run->model.shape.layers - 1 : first;

	if (run->tokens == 0)
		die("the text has no word to predict; give a longer one");
	for (int l = first; l <= last; l++)
		for (int k = 0; k < g->lags && g->words[k]; k++) {
			size_t at = (size_t)l * (size_t)g->lags + (size_t)k;

			printf("%d\t%d\t%.6g\t%.6g\t%" PRIu64 "\n", l, k,
			    g->norm[at] / (double)g->words[k],
			    g->norm0[at] > 0 ? g->norm[at] / g->norm0[at] : NAN, g->words[k]);
		}
}

static void
print_ranks(const struct run *run)
{
	size_t n = correlation_rank_units(&run->correlation, (size_t)o.best, run->rank);

	for (size_t i = 0; i < n; i++) {
		const struct correlation_rank *p = &run->rank[i];

		printf("%.4f\t%ld\t%s\t%.4f\n", p->r, run->unit[p->unit], feature_names[p->feature],
		    run->correlation.x[p->feature]);
	}
}

static void
write_report(struct run *run)
{
	struct html_report p = {
		.f = stdout, .characters = run->characters, .layer = (int)o.layer,
		.layers = (int)run->model.shape.layers, .hidden = (int)run->model.shape.hidden,
		.unit = run->unit, .nunit = run->nunit, .correlation = &run->correlation
	};
	const char *why;

	html_report_begin(&p);
	for (size_t i = 0; i < run->nunit; i++) {
		html_report_unit_begin(&p, i);
		if ((why = spool_copy(&run->body[i], stdout)) != NULL)
			die("%s", why);
		html_report_unit_end(&p);
	}
	html_report_end(&p);
}

static void
release(struct run *run)
{
	for (size_t i = 0; i < run->nunit; i++)
		spool_free(&run->body[i]);
	correlation_free(&run->correlation);
	heat_line_free(&run->line);
	buf_free(&run->out);
	model_free(&run->model);
	free(run->body);
	unit_list_free(&run->list);
	free(run->s);
	free(run->x);
	free(run->rank);
}

int
main(int argc, char *argv[])
{
	static struct run run;
	struct prog_inputs in = { 0 };
	struct backend *k;
	const char *path;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	check_options();
	if (i == argc)
		die_usage("no model given; usage: %s [options] model [index-stream ...]", prog_name);
	path = argv[i++];
	device_load(&run.model, path, o.f64 || o.gradient);
	pick_layer(&run.model, path);
	k = device_net(&run.net, &run.model, o.device, o.threads,
	    (struct device_batch){ 1, 20 });
	begin_run(&run);
	in.argc = argc - i;
	in.argv = argv + i;
	while (!is_done(&run) && prog_next_input(&in))
		read_stream(&run, path, &in);
	if (o.gradient)
		print_norms(&run);
	else if (o.rank)
		print_ranks(&run);
	else if (o.format == HTML)
		write_report(&run);
	state_gradient_free(&run.gradient);
	net_state_free(&run.state);
	net_free(&run.net);
	k->close(k);
	release(&run);
	return prog_finish();
}
