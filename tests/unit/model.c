/*
 * model - makes, shows and copies model files.
 *
 *	model make FILE hidden words f4|f8 seed		weights, vocabulary, progress
 *	model bare FILE hidden words f4|f8 seed		weights only
 *	model show FILE			everything but the weights, and their CRC-32
 *	model values FILE array n	the first n weights of an array
 *	model copy FROM TO		load and save
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "model.h"

static int
complain(const char *path, const char *why)
{
	fprintf(stderr, "model: %s: %s\n", path, why);
	return 1;
}

static void
add_words(struct model *m)
{
	m->has_vocab = true;
	m->vocab.unit = UNIT_SENTENCE;
	for (uint32_t i = 0; i < m->shape.vocab; i++) {
		char word[20];

		snprintf(word, sizeof(word), "w%lu", (unsigned long)i);
		if (i == VOCAB_START_ROW)
			strcpy(word, VOCAB_START);
		else if (i == VOCAB_END_ROW)
			strcpy(word, VOCAB_END);
		else if (i == m->shape.vocab - 1)
			strcpy(word, VOCAB_UNKNOWN);
		if (vocab_add(&m->vocab, word, strlen(word), 1000 - i, i) != NULL)
			exit(2);
	}
}

static int
make(char *argv[], bool bare)
{
	struct model m;
	uint32_t seed = (uint32_t)strtoul(argv[4], NULL, 10);
	struct model_shape shape = {
		.cell = CELL_RNN,
		.real = strcmp(argv[3], "f8") == 0 ? REAL_F64 : REAL_F32,
		.layers = 1,
		.hidden = (uint32_t)strtoul(argv[1], NULL, 10),
		.vocab = (uint32_t)strtoul(argv[2], NULL, 10),
	};
	const char *why = model_new(&m, shape);

	if (why != NULL)
		return complain(argv[0], why);
	model_init(&m, INIT_TUTORIAL, seed);
	if (!bare) {
		add_words(&m);
		m.has_progress = true;
		m.progress = (struct model_progress){ .epoch = 3, .sentence = 17,
		    .seen = UINT64_C(1000000000000000), .rate = 0.1 / 3, .rate0 = 0.005, .loss = NAN,
		    .evaluated = 2, .limit = 0, .sentences = 79170, .data_crc = 0xbeef,
		    .seed = seed, .bptt = 4, .batch = 1, .every = 5, .smoothed = NAN,
		    .best = NAN };
	}
	why = model_save(&m, argv[0]);
	if (why != NULL)
		complain(argv[0], why);
	model_free(&m);
	return why != NULL;
}

static double
value(const struct model *m, const struct model_param *p, size_t i)
{
	const double *d = p->data;
	const float *f = p->data;

	return m->shape.real == REAL_F64 ? d[i] : (double)f[i];
}

static void
show_progress(const struct model_progress *g)
{
	printf("epoch %" PRIu64 " sentence %" PRIu64 " seen %" PRIu64 " evaluated %" PRIu64
	    " limit %" PRIu64 " sentences %" PRIu64 "\n", g->epoch, g->sentence, g->seen,
	    g->evaluated, g->limit, g->sentences);
	printf("rate %a rate0 %a loss %a\n", g->rate, g->rate0, g->loss);
	printf("crc %" PRIx32 " seed %" PRIu32 " bptt %" PRIu32 " batch %" PRIu32
	    " every %" PRIu32 "\n", g->data_crc, g->seed, g->bptt, g->batch, g->every);
}

static void
show(const struct model *m)
{
	for (size_t k = 0; k < m->nparam; k++) {
		const struct model_param *p = &m->param[k];
		size_t bytes = p->rows * p->cols * (m->shape.real == REAL_F64 ? 8 : 4);

		printf("%s %zu x %zu %s crc %08lx\n", p->name, p->rows, p->cols,
		    m->shape.real == REAL_F64 ? "float64" : "float32",
		    crc32(0, p->data, (uInt)bytes));
	}
	if (m->has_vocab) {
		size_t len;
		const char *word = vocab_word(&m->vocab, m->vocab.size - 1, &len);

		printf("vocab %s %" PRIu32 " crc %" PRIx32 " last %.*s\n",
		    vocab_unit_name(m->vocab.unit), m->vocab.size, vocab_crc(&m->vocab),
		    (int)len, word);
	}
	if (m->has_progress)
		show_progress(&m->progress);
}

static int
values(const struct model *m, const char *name, const char *n)
{
	for (size_t k = 0; k < m->nparam; k++) {
		if (strcmp(m->param[k].name, name) != 0)
			continue;
		for (size_t i = 0; i < strtoul(n, NULL, 10); i++)
			printf("%.17g\n", value(m, &m->param[k], i));
		return 0;
	}
	return 2;
}

int
main(int argc, char *argv[])
{
	struct model m;
	const char *why;
	int rc = 0;

	if (argc == 7)
		return make(argv + 2, strcmp(argv[1], "bare") == 0);
	if (argc < 3)
		return 2;
	why = model_load(&m, argv[2]);
	if (why != NULL) {
		rc = complain(argv[2], why);
	} else if (argc == 5) {
		rc = values(&m, argv[3], argv[4]);
	} else if (argc == 4) {
		why = model_save(&m, argv[3]);
		if (why != NULL)
			rc = complain(argv[3], why);
	} else {
		show(&m);
	}
	model_free(&m);
	return fclose(stdout) == 0 ? rc : 1;
}
