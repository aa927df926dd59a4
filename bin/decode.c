/*
 * decode - turns an index stream into text
 *
 * A frame of characters may end inside a line: what follows it decides whether a newline
 * is written.
 */
#include <unistd.h>

#include "index_stream.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "render.h"
#include "visible.h"
#include "vocab_chars.h"
#include "vocab_table.h"

static struct {
	bool prose;
	const char *rules;
} o;

static const struct opt options[] = {
	{ 'd', "detokenize", OPT_FLAG, { .flag = &o.prose }, NULL, 0, 0,
	    "write prose: rejoin punctuation, add capitals" },
	PROGRESS_OPTION,
	{ 0, "rules", OPT_STR, { .s = &o.rules }, "rules", 0, 0,
	    "token rules of streams that do not state them" },
	{ 0 }
};
static const struct command command = {
	.summary = "convert vocabulary indexes back to text",
	.operands = "[file ...]",
	.example = "sample -n 5 model.npz | decode -d",
	.table = options
};

static struct vocab_stated stated;
static bool inside_line;	/* the text so far does not end in a newline */

/* No progress on a terminal that shows the text. */
static void
begin_progress(struct progress *p)
{
	progress_start(p, 0);
	if (prog_is_terminal(STDOUT_FILENO))
		p->form = PROGRESS_OFF;
}

static void
decode_stream(struct index_reader *r, const char *name)
{
	enum render_form form = vocab_is_characters(&r->vocab) ? RENDER_CHARACTERS :
	    o.prose ? RENDER_PROSE : RENDER_TOKENS;
	struct buf text = { .len = 0 };
	struct progress progress;
	const char *why;
	bool more;

	begin_progress(&progress);
	while ((why = index_next(r, &more)) == NULL && more) {
		progress_show(&progress, "decoding", r->frames, 0, "lines");
		if (!render_frame(&text, &r->vocab, &r->frame, form))
			die("out of memory");
		if (inside_line)
			putchar('\n');
		if (r->ids) {
			visible_put(r->frame.id, r->frame.id_len, stdout);
			putchar('\t');
		}
		inside_line = text.len == 0 || text.p[text.len - 1] != '\n';
		visible_put(text.p, text.len, stdout);
		prog_check_output();
	}
	progress_clear(&progress);
	if (inside_line && (!vocab_has_newline(&r->vocab) || prog_is_terminal(STDOUT_FILENO))) {
		putchar('\n');
		inside_line = false;
	}
	if (why != NULL)
		die("%s: %s", name, why);
	buf_free(&text);
}

/* Opens a stream, whose token rules are its own or, if it has none, those of --rules. */
static void
open_stream(struct index_reader *r, const struct prog_inputs *in)
{
	const char *why = index_open(r, in->f);

	if (why == NULL)
		why = vocab_stated_rules(&stated, r->stated, &r->vocab.rules, &r->err);
	if (why == NULL)
		why = vocab_check_characters(&r->vocab);
	if (why != NULL)
		die("%s: %s", in->name, why);
	if (!r->stated && !stated.has_rules && vocab_seems_characters(&r->vocab))
		prog_note("%s: states no token rules, so its tokens are taken for words; if they are "
		    "characters: --rules characters", in->name);
}

int
main(int argc, char *argv[])
{
	struct prog_inputs in = { .argc = 0 };
	struct index_reader r;
	uint32_t crc = 0;
	struct token_rules rules = { 0 };
	bool first = true;
	struct errmsg err;
	const char *why;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	if ((why = vocab_state(&stated, -1, o.rules, &err)) != NULL)
		die_usage("%s", why);
	in.argc = argc - i;
	in.argv = argv + i;
	for (; prog_next_input(&in); first = false) {
		open_stream(&r, &in);
		if (!first && r.crc_vocab != crc)
			die("%s: not the vocabulary of the first stream; decode it by itself", in.name);
		if (!first && !token_rules_same(&r.vocab.rules, &rules))
			die("%s: its token rules are not those of the first stream; decode it by itself",
			    in.name);
		crc = r.crc_vocab;
		rules = r.vocab.rules;
		decode_stream(&r, in.name);
		index_close(&r);
	}
	return prog_finish();
}
