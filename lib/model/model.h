/*
 * model.h - a network in host memory, and its file; model(5) describes that.
 *
 * Which parameters a network has follows from its shape.  With G gates (1 for
 * the plain cell, 3 for GRU, 4 for LSTM), layer l from 1 and E an embedding size:
 *
 *	E	(E, C)		the words' embeddings, if there are any
 *	U	(G H, C or E)	from the word, or its embedding, to layer 1
 *	V	(C, H, N or E)	from the last layer, or P's output, to the next word;
 *				if tied, the words' embeddings, too
 *	W	(G H, H)	from the state before
 *	b	(1, G H)	biases, as are:
 *	q	(1, H)		of GRU's candidate, inside the reset gate
 *	c	(1, C)		of the words
 *	P	(N or E, H)	projection layer, from the last layer to V: N if asked for; E
 *				if V is tied to the embeddings and E is not H
 *	U2	(G H, H)	from layer 1 to layer 2, then W2, b2, q2, and so on
 *
 * A one-layer RNN without biases or embeddings has U, V and W, as the tutorial
 * has.  Arrays are row-major, float or double as `real` says.
 */
#ifndef MODEL_H
#define MODEL_H

#include "errmsg.h"
#include "hyperparams.h"
#include "npz.h"
#include "rng.h"
#include "vocab.h"


enum { MODEL_LAYERS_MAX = 12, MODEL_PARAMS_MAX = 64, MODEL_MOMENTS = 2 };

struct model_shape {
	enum cell cell;
	enum real_type real;
	uint32_t layers;	/* 1 .. MODEL_LAYERS_MAX */
	uint32_t hidden;	/* H, 1 .. 65536 */
	uint32_t vocab;		/* C, 2 .. VOCAB_MAX */
	uint32_t embed;		/* E, at most 65536; 0: a word is a column of U */
	uint32_t project;	/* N, at most 65536; 0: no projection layer, or a tied one */
	bool bias;		/* b, q and c */
	bool tied;		/* V serves for the embeddings, too */
};

enum param_kind {
	PARAM_EMBED, PARAM_IN, PARAM_OUT, PARAM_STATE, PARAM_BIAS, PARAM_STATE_BIAS,
	PARAM_OUT_BIAS, PARAM_PROJECT
};

struct model_param {
	char name[16];		/* as in the file: "U", "V", "W2" */
	enum param_kind kind;
	uint32_t layer;		/* from 0; `layers` for those of the output */
	size_t rows, cols;
	void *data;			/* (rows x cols) of shape.real */
	void *moment[MODEL_MOMENTS];	/* the optimiser's, likewise; NULL: it has none */
};

/* Where training stands: what `train -R` needs to go on exactly. */
struct model_progress {
	uint64_t epoch;		/* whole epochs done */
	uint64_t sentence;	/* sentences (of a stream: chunks) of the current epoch done */
	uint64_t seen;		/* sentences (chunks) seen since the start */
	uint64_t steps;		/* updates done since the start */
	double rate;		/* the learning rate now */
	double rate0;		/* as it was asked for */
	double loss;		/* at the latest scheduled evaluation; NaN: none yet */
	double smoothed;	/* the smoothed loss of a step; NaN: none yet */
	double best;		/* the lowest validation loss so far; NaN: none yet */
	uint64_t stale;		/* evaluations since then */
	uint64_t evaluated;	/* epoch of that evaluation */
	uint64_t limit;		/* only the first so many sentences; 0: all (-n) */
	uint64_t sentences;	/* in the training data, 0: not known; to notice other data */
	uint32_t data_crc;	/* CRC-32 of the training frames, likewise */
	uint32_t valid_crc;	/* of the frames held out; 0: none, or not known */
	uint32_t seed;
	uint32_t bptt;
	uint32_t batch;		/* sentences a step, or parallel streams */
	uint32_t every;		/* evaluate before every Nth epoch; 0: never */
	uint64_t epochs;	/* to be done in all, as it was asked for */
	struct hyperparams hyper;
};

/* Hidden states that go on into the next chunk of a stream. */
struct model_carry {
	size_t rows, cols;	/* rows: layers x (1, or LSTM's 2) x streams; 0: none; cols: H */
	void *data;		/* of shape.real */
};

struct model {
	struct model_shape shape;
	struct model_param param[MODEL_PARAMS_MAX];
	size_t nparam;
	bool has_vocab;		/* false: a published file with weights only */
	struct vocab vocab;
	bool has_progress;	/* false: likewise */
	struct model_progress progress;
	struct model_carry carry;
	struct errmsg err;
};

/* Columns of V: E if tied, N with a projection layer, else H. */
uint32_t model_output_width(const struct model_shape *s);

/* Parameters of zeros in this shape.  NULL or a phrase.  model_free() after. */
const char *model_new(struct model *m, struct model_shape shape);

/* Its two halves: the list of parameters, whose data is NULL, and then their
 * memory, as one block that begins at param[0].data. */
const char *model_plan(struct model *m, struct model_shape shape);
const char *model_alloc(struct model *m);

/* Room for so many moments of every parameter, zeros; those there were are
 * freed.  NULL or a phrase. */
const char *model_moments(struct model *m, int n);

/* Rows of the carried states of so many streams, at most 1e6. */
size_t model_carry_rows(const struct model *m, size_t streams);

/* Room for carried states of so many streams, zeros.  NULL or a phrase. */
const char *model_carries(struct model *m, size_t streams);

/*
 * The parameters' first values, row by row from RandomState(seed), drawn in
 * double whatever `real` is.  An LSTM's forget gate begins with a bias of 1.
 *
 *	tutorial  uniform in +-sqrt(1/columns), in the order of the list above;
 *		  biases are 0
 *	normal	  0.01 times a normal number, layer by layer and then the output;
 *		  biases are 0 (min-char-rnn: Wxh, Whh, Why)
 *	uniform	  in +-0.08, likewise, and the biases, too (char-rnn)
 */
enum init { INIT_TUTORIAL, INIT_NORMAL, INIT_UNIFORM };
#define INIT_NAMES "tutorial|normal|uniform"
void model_init(struct model *m, enum init init, uint32_t seed);

/*
 * NULL, or a phrase naming the array: what npz_read() says, a missing array,
 * a wrong shape or type, weights that are not finite, a vocabulary of another
 * size than the weights, a config line that makes no sense, a newer version.
 */
const char *model_load(struct model *m, const char *path);

/* Whether weights, moments and carried states are: those of a run that diverged are not. */
bool model_is_finite(const struct model *m);

/* NULL, or a phrase: what npz_write() says, weights or a loss that model_load()
 * would refuse, a vocabulary of another size than the weights. */
const char *model_save(struct model *m, const char *path);

/* Turns every parameter into this type; moments and carried states are dropped
 * if that changes anything.  NULL or "out of memory". */
const char *model_set_real(struct model *m, enum real_type real);

/* NULL, or a phrase: a stream with the table v is not in this model's words.  A
 * model without a vocabulary takes any table of its size. */
const char *model_check_vocab(struct model *m, const struct vocab *v);

/* Whether a text's frames are one sequence to the model: they are of a stream, and
 * it did not learn streams line by line. */
bool model_joins(const struct model *m, enum unit unit);

void model_free(struct model *m);

#endif
