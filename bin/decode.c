/*
 * decode - turns an index stream into text.
 */
#include "detok.h"
#include "index.h"
#include "opt.h"
#include "prog.h"

static struct {
	bool prose;
} o;

static const struct opt options[] = {
	{ 'd', "detokenize", OPT_FLAG, { .flag = &o.prose }, NULL, 0, 0,
	    "write sentences as a person would" },
	{ 0 }
};

static void
decode(struct index_reader *r, const char *name)
{
	enum detok_form form = detok_is_characters(&r->vocab) ? DETOK_CHARACTERS :
	    o.prose ? DETOK_PROSE : DETOK_TOKENS;
	struct buf text = { .len = 0 };
	const char *why;
	bool more;

	while ((why = index_next(r, &more)) == NULL && more) {
		if (!detok_frame(&text, &r->vocab, &r->frame, form))
			die("out of memory");
		fwrite(text.p, 1, text.len, stdout);
	}
	if (why != NULL)
		die("%s: %s", name, why);
	buf_free(&text);
}

int
main(int argc, char *argv[])
{
	struct prog_inputs in = { .argc = 0 };
	struct index_reader r;
	uint32_t crc = 0;
	bool first = true;
	const char *why;
	int i;

	prog_init(argv[0]);
	i = opt_parse(argc, argv, options, "[FILE ...]");
	in.argc = argc - i;
	in.argv = argv + i;
	for (; prog_next_input(&in); first = false) {
		if ((why = index_open(&r, in.f)) != NULL)
			die("%s: %s", in.name, why);
		if (!first && r.crc_vocab != crc)
			die("%s: its table is not that of the first stream", in.name);
		crc = r.crc_vocab;
		decode(&r, in.name);
		index_close(&r);
	}
	return prog_finish();
}
