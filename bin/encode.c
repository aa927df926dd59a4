/*
 * encode - converts the tokens of a vocabulary stream, or of a token stream and a
 * separate vocabulary, to row numbers of the table.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "index_stream.h"
#include "model.h"
#include "options.h"
#include "prog.h"
#include "progress.h"
#include "raw_word.h"
#include "vocab_chars.h"
#include "vocab_lookup.h"
#include "vocab_stream.h"

static struct {
	bool text;
	const char *rules, *vocab;
	int unit;
} o = { .unit = -1 };

static const struct opt options[] = {
	{ 't', "text", OPT_FLAG, { .flag = &o.text }, NULL, 0, 0,
	    "write decimal indexes, one sentence on each line" },
	{ 'v', "vocabulary", OPT_STR, { .s = &o.vocab }, "file", 0, 0,
	    "vocabulary (table or model) for a token stream" },
	PROGRESS_OPTION,
	{ 0, "rules", OPT_STR, { .s = &o.rules }, "rules", 0, 0,
	    "token rules of input that does not state them" },
	{ 0, "unit", OPT_WORD, { .word = &o.unit }, UNIT_NAMES, 0, 0,
	    "with -v: unit of a table that has none" },
	{ 0 }
};
static const struct command command = {
	.summary = "convert tokens to vocabulary indexes",
	.operands = "[file ...]",
	.example = "tok comments.csv | vocab -n 8000 | encode > comments.index",
	.table = options
};

static struct vocab_stated stated;
static bool vocab_in_model;

/* The index stream.  Its header is written when the first table is known. */
struct output {
	struct index_writer w;
	struct vocab_lookup rows;
	bool begun;
	bool characters;	/* the words of the table are characters */
	bool sentences;		/* unit=sentence */
	uint32_t crc;		/* of the table that the header names, */
	struct token_rules rules;	/* and its token rules */
	struct progress progress;
};

/* The UTF-8 length of the text of the current line; see index-stream(5). */
static uint32_t
text_bytes(const struct output *out, struct token_stream *t)
{
	struct token w = { .len = 0 };
	size_t n = 0;

	if (!out->characters)
		return (uint32_t)t->len + 1;
	token_stream_again(t);
	while (token_stream_word(t, &w))
		n += escape_undo(w.p, w.len) ? 1 : w.len;
	/* END stands for the newline, if no token does */
	return (uint32_t)(n + (out->sentences && escape_undo(w.p, w.len) != '\n'));
}

static void
begin_stream(struct output *out, const struct vocab *v, bool ids, const char *name)
{
	uint32_t crc = vocab_crc(v);

	if (out->begun && crc != out->crc)
		die("%s: its table is not that of the first stream; encode it by itself, or with -v", name);
	if (out->begun && !token_rules_same(&v->rules, &out->rules))
		die("%s: its token rules are not those of the first stream; --rules states them "
		    "where a header was lost", name);
	if (out->begun && ids != out->w.ids)
		die("%s: its lines have %s, those of the first stream %s; encode it by itself", name,
		    ids ? "ids" : "no ids", ids ? "have none" : "have");
	out->w.ids = ids;
	if (!out->begun)
		index_begin(&out->w, stdout, v, o.text);
	prog_check_output();
	out->begun = true;
	out->characters = vocab_is_characters(v);
	out->sentences = v->unit == UNIT_SENTENCE;
	out->crc = crc;
	out->rules = v->rules;
}

/* No progress line where the output goes to the same terminal. */
static void
begin_progress(struct progress *p)
{
	progress_start(p, 0);
	if (prog_is_terminal(STDOUT_FILENO))
		p->form = PROGRESS_OFF;
}

/* Writes the current line. */
static void
put_line(struct output *out, struct token_stream *t)
{
	out->w.id = t->id;
	out->w.id_len = t->id_len;
	index_put(&out->w, out->rows.w, out->rows.n, text_bytes(out, t));
	prog_check_output();	/* not at the end of the input */
}

static void
encode_vocab_stream(struct output *out, const char *name, FILE *f)
{
	struct vocab_stream s;
	const char *why = vocab_stream_open(&s, f, &stated);
	bool more;

	if (why != NULL)
		die("%s: %s", name, why);
	begin_stream(out, &s.vocab, s.tokens.form.ids, name);
	begin_progress(&out->progress);
	while ((why = vocab_stream_next(&s, &out->rows, &more)) == NULL && more) {
		put_line(out, &s.tokens);
		progress_show(&out->progress, "encoding", s.read, s.lines, "lines");
	}
	progress_clear(&out->progress);
	if (why != NULL)
		die("%s: %s", name, why);
	vocab_stream_close(&s);
}

/* Takes over the token rules of the text, and tells if they are not those of a table.  For
 * a model, the reader of the index stream tells. */
static const char *
set_rules(struct vocab *v, const struct token_stream *t, const char *name)
{
	char text[TOKEN_RULES_TEXT], table[TOKEN_RULES_TEXT];

	if (token_rules_same(&v->rules, &t->rules))
		return NULL;
	if (!vocab_in_model)
		prog_warn("%s: its token rules are %s, those of %s are %s; --rules states them where "
		    "a header was lost", name, token_rules_text(&t->rules, text), o.vocab,
		    token_rules_text(&v->rules, table));
	v->rules = t->rules;
	return vocab_check_characters(v);
}

/* Reports a token stream that seems to be none, or that of another text. */
static void
report_tokens(const struct raw_count *c, bool characters, const char *name)
{
	if (c->tokens >= 10 && c->unknown == c->tokens && c->raw == 0)
		prog_note("%s: none of the %" PRIu64 " tokens is in the vocabulary; is it that of "
		    "another text?", name, c->tokens);
	else if (!characters && raw_count_is_raw(c))
		prog_note("%s: %" PRIu64 " of %" PRIu64 " tokens are not in the vocabulary, %" PRIu64
		    " of them only because of capitals or punctuation: is `%stok` missing from "
		    "the pipe?", name, c->unknown, c->tokens, c->raw, prog_prefix);
}

static void
encode_tokens(struct output *out, struct vocab *v, const char *name, FILE *f)
{
	struct token_stream t;
	const char *why;
	bool more, ended = true;
	struct raw_count count = { .tokens = 0 };

	token_stream_open(&t, f);
	t.stated = &stated;
	begin_progress(&out->progress);
	if ((why = token_stream_begin(&t)) == NULL && (why = set_rules(v, &t, name)) == NULL)
		begin_stream(out, v, t.form.ids, name);
	while (why == NULL && (why = token_stream_line(&t, &more)) == NULL && more) {
		ended = t.in.ended;
		if ((why = vocab_lookup_of(&out->rows, v, &t)) != NULL)
			break;
		if (t.in.number <= RAW_LINES)
			raw_count_line(&count, v, &t);
		put_line(out, &t);
		progress_show(&out->progress, "encoding", t.in.number, 0, "lines");
	}
	progress_clear(&out->progress);
	if (why != NULL)
		die("%s: %s", name, why);
	report_tokens(&count, out->characters, name);
	buf_free(&count.low);
	if (!ended)
		prog_warn("%s: the last line ends without a newline; "
		    "was the writer cut off?", name);
	token_stream_close(&t);
}

/* The table in a model file. */
static const char *
vocab_of_model(struct vocab *v, const char *path)
{
	static struct model m;
	const char *why = model_load_vocab(&m, path);

	vocab_in_model = true;
	*v = m.vocab;
	return why;
}

/* Reads the vocabulary of -v; a model starts with the magic bytes of a zip. */
static void
read_vocab(struct vocab *v, char *path)
{
	struct prog_inputs file = { .argc = 1, .argv = &path };
	struct reader in;
	const char *p, *why;
	size_t got;

	if (strcmp(path, "-") == 0)
		die_usage("-v: needs a file, because standard input holds the tokens");
	prog_next_input(&file);
	reader_open(&in, file.f);
	if ((why = reader_peek(&in, 4, &p, &got)) == NULL)
		why = got == 4 && memcmp(p, "PK\3\4", 4) == 0 ?
		    vocab_of_model(v, path) : vocab_table_read(v, &in, VOCAB_MAX, &stated);
	if (why != NULL)
		die("%s: %s", path, why);
	reader_close(&in);
	prog_next_input(&file);
}

int
main(int argc, char *argv[])
{
	struct output out = { .begun = false };
	struct vocab v = { .size = 0 };
	struct prog_inputs in = { .argc = 0 };
	struct errmsg err;
	const char *why;
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	if ((why = vocab_state(&stated, o.unit, o.rules, &err)) != NULL)
		die_usage("%s", why);
	if (o.unit >= 0 && o.vocab == NULL)
		die_usage("--unit: only the table of -v can lack its unit; drop it");
	if (!o.text && prog_is_terminal(STDOUT_FILENO))
		die_usage("standard output is a terminal, and an index stream is binary; pipe it to "
		    "`%strain`, send it to a file, or give -t for its text form", prog_prefix);
	in.argc = argc - i;
	in.argv = argv + i;
	if (o.vocab)
		read_vocab(&v, (char *)o.vocab);
	while (prog_next_input(&in)) {
		if (o.vocab)
			encode_tokens(&out, &v, in.name, in.f);
		else
			encode_vocab_stream(&out, in.name, in.f);
	}
	index_end(&out.w);
	vocab_free(&v);
	vocab_lookup_free(&out.rows);
	return prog_finish();
}
