/*
 * info - says what is inside a model
 *
 * Of each file: the network, its sizes, and the training so far, from the configuration
 * and the headers of the arrays; weights are not read.  Or, with --words, its vocabulary; with
 * --nearest, the words whose embeddings are nearest to those of given words.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device.h"
#include "json.h"
#include "mem.h"
#include "model.h"
#include "model_config.h"
#include "nearest.h"
#include "options.h"
#include "prog.h"
#include "visible.h"

static struct {
	bool json, words;
	long number;
	const char *nearest;
} o = { .number = 10 };

static const struct opt options[] = {
	{ 'j', "json", OPT_FLAG, { .flag = &o.json }, NULL, 0, 0,
	    "write a JSON object for each model" },
	{ 'n', "number", OPT_INT, { .i = &o.number }, "n", 1, VOCAB_MAX,
	    "with --nearest: neighbours of each word" },
	{ 0, "nearest", OPT_STR, { .s = &o.nearest }, "words", 0, 0,
	    "list the nearest words to these, such as a,b" },
	{ 0, "words", OPT_FLAG, { .flag = &o.words }, NULL, 0, 0, "list the words of the vocabulary" },
	{ 0 }
};
static const struct command command = {
	.summary = "say what is inside a model",
	.operands = "file ...",
	.example = "info model.npz",
	.table = options
};

/* The list of keys and values of a model: lines, or a JSON object. */
struct list {
	bool begun;
};

static void
put_value(void *arg, const char *key, enum config_kind kind, const char *value)
{
	struct list *list = arg;

	if (!o.json) {
		printf("%s\t%s\n", key, kind == CONFIG_NONE ? "none" : value);
		return;
	}
	fputs(list->begun ? "," : "{", stdout);
	list->begun = true;
	json_put_string(key, strlen(key), stdout);
	putchar(':');
	if (kind == CONFIG_TEXT)
		json_put_string(value, strlen(value), stdout);
	else
		fputs(kind == CONFIG_NONE ? "null" : value, stdout);
}

static void
put_text(struct list *list, const char *key, const char *value)
{
	put_value(list, key, CONFIG_TEXT, value);
}

static void
put_count(struct list *list, const char *key, uint64_t n)
{
	char value[32];

	snprintf(value, sizeof(value), "%" PRIu64, n);
	put_value(list, key, CONFIG_NUMBER, value);
}

static void
put_perplexity(struct list *list, const char *key, double loss)
{
	char value[64];

	snprintf(value, sizeof(value), loss > 30 ? "%.6g" : "%.4f", exp(loss));
	put_value(list, key, isfinite(exp(loss)) ? CONFIG_NUMBER : CONFIG_NONE, value);
}

/* The name as one line of text; JSON escapes it itself. */
static void
put_file(struct list *list, const char *path)
{
	char shown[ERRMSG_MAX];
	struct stat st;

	put_text(list, "file", o.json ? path : visible_copy(shown, sizeof(shown), path, strlen(path)));
	if (stat(path, &st) != 0)
		die_errno("%s", path);
	put_count(list, "file_bytes", (uint64_t)st.st_size);
}

static void
put_sizes(struct list *list, const struct model *m)
{
	struct model_sizes s = model_sizes(m);

	put_count(list, "parameters", s.parameters);
	put_count(list, "parameter_bytes", s.parameter_bytes);
	put_count(list, "optimiser_bytes", s.state_bytes);
}

/* How the output layer is trained, in the words of train's --softmax. */
static const char *
output_of(const struct model *m)
{
	if (m->shape.tree)
		return "tree";
	if (m->shape.clusters.n > 0)
		return "adaptive";
	return m->has_progress && m->progress.hyper.softmax == SOFTMAX_SAMPLED ? "sampled" : "full";
}

/* The text of the losses. */
static const char *
evaluated_on(const struct model_progress *p)
{
	if (isnan(p->loss))
		return "none";
	return p->hyper.valid > 0 || p->valid_crc ? "validation" : "training";
}

static void
describe(const char *path)
{
	static struct model m;
	struct list list = { false };

	device_load_heads(&m, path);
	put_file(&list, path);
	put_sizes(&list, &m);
	put_text(&list, "output", output_of(&m));
	put_text(&list, "resumable", m.has_progress ? "yes" : "no");
	if (m.has_progress) {
		put_text(&list, "evaluated_on", evaluated_on(&m.progress));
		put_perplexity(&list, "perplexity", m.progress.loss);
		put_perplexity(&list, "best_perplexity", m.progress.best);
	}
	config_list(&m, put_value, &list);
	if (o.json)
		puts("}");
	prog_check_output();
	model_free(&m);
}

/* The word's row in the vocabulary. */
static uint32_t
find_word(const struct model *m, const char *path, const char *word, size_t len)
{
	int64_t row = vocab_find(&m->vocab, word, len);
	char shown[ERRMSG_WORD];

	if (row < 0)
		die("--nearest: '%s' is not in the vocabulary of %s", errmsg_word(shown, word, len), path);
	return (uint32_t)row;
}

static void
print_word(const struct model *m, uint32_t row)
{
	size_t len;
	const char *p = vocab_word(&m->vocab, row, &len);

	visible_put(p, len, stdout);
}

static void
print_nearest(const struct model *m, uint32_t word, struct neighbour *list)
{
	const char *why = nearest_words(m, word, list);

	if (why)
		die("%s", why);
	for (uint32_t i = 0; i < m->shape.vocab - 1 && i < (uint32_t)o.number; i++) {
		print_word(m, word);
		putchar('\t');
		print_word(m, list[i].word);
		printf("\t%.4f\n", list[i].cosine);
	}
	prog_check_output();
}

/* Finds the word that --nearest is, or the words that it lists, and prints the neighbours of
 * each unless list is NULL. */
static void
each_word(const struct model *m, const char *path, struct neighbour *list)
{
	bool is_one = vocab_find(&m->vocab, o.nearest, strlen(o.nearest)) >= 0;
	const char *p = o.nearest;

	for (size_t len; p; p = p[len] ? p + len + 1 : NULL) {
		uint32_t word;

		len = is_one ? strlen(p) : strcspn(p, ",");
		word = find_word(m, path, p, len);
		if (list)
			print_nearest(m, word, list);
	}
}

static void
load_with_words(struct model *m, const char *path)
{
	device_load(m, path, false);
	if (!m->has_vocab)
		die("%s: a model without a vocabulary, so it has no words", path);
}

static void
list_nearest(const char *path)
{
	static struct model m;
	struct neighbour *list;

	load_with_words(&m, path);
	list = mem_zeros(m.shape.vocab, sizeof(*list));
	if (list == NULL)
		die("out of memory");
	visible_on(stdout);
	each_word(&m, path, NULL);	/* no output if a word is not there */
	each_word(&m, path, list);
	free(list);
	model_free(&m);
}

/* Lists what vocab --keep reads. */
static void
list_words(const char *path)
{
	static struct model m;

	load_with_words(&m, path);
	visible_on(stdout);
	for (uint32_t i = 0; i < m.vocab.size; i++) {
		print_word(&m, i);
		putchar('\n');
	}
	prog_check_output();
	model_free(&m);
}

int
main(int argc, char *argv[])
{
	int i;

	prog_init(argv[0]);
	i = options_parse(argc, argv, &command);
	if (o.nearest)
		options_reject("j words", "cannot be combined with --nearest, which writes lines; drop it");
	else if (options_given('n'))
		die_usage("-n: the number of words that --nearest lists; add --nearest");
	if (o.words)
		options_reject("j", "cannot be combined with --words, which writes a list; drop it");
	if (i == argc)
		die_usage("no model given; usage: %s [options] file ...", prog_name);
	if ((o.nearest || o.words) && argc - i > 1)
		die_usage("--%s: takes one model; run it once for each", o.words ? "words" : "nearest");
	for (; i < argc; i++)
		(o.nearest ? list_nearest : o.words ? list_words : describe)(argv[i]);
	return prog_finish();
}
