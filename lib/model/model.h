/*
 * model.h - a model in host memory, and its file, which model(5) describes.
 *
 * The shape of a network determines its parameters.  With G gates (1 for the plain
 * RNN, 3 for GRU, 4 for LSTM), C words, H hidden units and embedding size E:
 *
 *	E	(E, C)		embeddings, if E is not 0 and V is not tied to them
 *	U	(G H, C or E)	from the word, or its embedding, to the first layer
 *	V	(C, H, N or E)	from the last layer, or the output of P, to the next word;
 *				if tied, its rows are the embeddings, too
 *	W	(G H, H)	from the previous hidden state
 *	b	(1, G H)	bias of the gates
 *	q	(1, H)		bias of the GRU's candidate, inside the reset gate
 *	c	(1, C)		bias of the output
 *				V and c of a hierarchical softmax have C - 1 rows;
 *				of an adaptive softmax those of the head (clusters.h)
 *	P	(N or E, H)	projection layer, from the last layer to V: of size N, or of
 *				size E if V is tied to the embeddings and E is not H
 *	V1	(words, width)	output of the first cluster of an adaptive softmax; c1 its bias
 *				(1, words), P1 its projection (width, columns of V); then
 *				V2, c2, P2, and so on
 *	U2	(G H, H)	from the first layer to the second; then W2, b2, q2, and so on
 *
 * A one-layer RNN without biases or embeddings has U, V and W, as in the tutorial.
 * Arrays are row-major, float or double as `real` says.
 *
 * Where nothing else is said, a function returns NULL or an error message, which lasts
 * as long as the model.
 */
#ifndef MODEL_H
#define MODEL_H

#include "clusters.h"
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
	uint32_t embed;		/* E, at most 65536; 0: no embeddings, a word selects a column of U */
	uint32_t project;	/* N, at most 65536; 0: no projection layer, or one of size E */
	bool bias;		/* b, q and c */
	bool tied;		/* V is tied to the embeddings */
	bool tree;		/* hierarchical softmax: V has a row for each inner node of a tree
				 * (huffman.h), C - 1 of them; else the softmax */
	struct clusters clusters;	/* of the adaptive softmax, if there are any */
};

enum param_kind {
	PARAM_EMBED, PARAM_IN, PARAM_OUT, PARAM_STATE, PARAM_BIAS, PARAM_STATE_BIAS,
	PARAM_OUT_BIAS, PARAM_PROJECT
};

struct model_param {
	char name[16];		/* as in the file: "U", "V", "W2" */
	enum param_kind kind;
	uint32_t layer;		/* from 0; the output's parameters have `layers` */
	uint32_t cluster;	/* from 1, of the adaptive softmax; 0: of none */
	size_t rows, cols;
	void *data;			/* (rows x cols) of shape.real */
	void *last;			/* likewise: the weights that training continues from, if data is
					 * a mean of such (hyper.average); else NULL */
	void *moment[MODEL_MOMENTS];	/* optimiser state, likewise; or NULL */
	void *row_steps;		/* (words, by model_param_words()) of shape.real: step of the
					 * latest update of each word's row, 0: none; or NULL */
};

/* The position and the settings of a training run: what `train -R` needs to resume it
 * exactly.  Names are those of the keys in the file. */
struct model_progress {
	uint64_t epoch;		/* complete epochs */
	uint64_t sentence;	/* sentences (of a stream: chunks) done in the current epoch */
	uint64_t seen;		/* sentences (chunks) done since the start */
	uint64_t steps;		/* updates since the start */
	double rate;		/* current learning rate */
	double rate0;		/* initial learning rate */
	double loss;		/* of the latest scheduled evaluation; NaN: none yet */
	double smoothed;	/* smoothed training loss; NaN: none yet */
	double best;		/* lowest validation loss so far; NaN: none yet */
	uint64_t stale;		/* evaluations since the lowest validation loss */
	uint32_t steep;		/* steps of the current stretch with a loss above the limit of
				 * divergence (loss_watch.h) */
	double train_sum;	/* -ln P of the training steps of the current epoch, or of the
				 * one before if it is not evaluated yet, with a validation set */
	uint64_t train_words;	/* their targets */
	uint64_t evaluated;	/* value of `epoch` at the latest scheduled evaluation */
	uint64_t limit;		/* train on the first `limit` sentences only; 0: all */
	uint64_t sentences;	/* sentences (chunks) in an epoch; 0: unknown */
	uint32_t data_crc;	/* CRC-32 of the training text, to detect another one */
	uint32_t valid_crc;	/* CRC-32 of the validation set; 0: none or unknown */
	uint32_t seed;
	uint32_t bptt;		/* truncation length, in steps */
	uint32_t batch;		/* batch size: sentences, or parallel streams */
	uint32_t every;		/* evaluate before every Nth epoch; 0: never */
	uint64_t epochs;	/* total number of epochs */
	struct hyperparams hyper;
};

/* Hidden states carried over to the next chunk of each stream: for each layer s(streams,
 * H), and with an LSTM then c(streams, H). */
struct model_carried {
	size_t rows, cols;	/* layers x (1, or 2 with an LSTM) x streams; H.  0: none */
	void *data;		/* (rows x cols) of shape.real */
};

struct model {
	struct model_shape shape;
	struct model_param param[MODEL_PARAMS_MAX];
	size_t nparam;
	bool has_vocab;		/* false: the file has weights only */
	struct vocab vocab;
	bool has_progress;	/* false: likewise, so there is no run to resume */
	struct model_progress progress;
	struct model_carried carried;
	struct errmsg err;
};

/* The output layer that the parameters are for: SOFTMAX_FULL, SOFTMAX_TREE or
 * SOFTMAX_ADAPTIVE. */
static inline enum softmax
model_shape_softmax(const struct model_shape *s)
{
	return s->tree ? SOFTMAX_TREE : s->clusters.n ? SOFTMAX_ADAPTIVE : SOFTMAX_FULL;
}

/* Rows (or columns, or elements) of the parameter that belong to a word, or a node of the
 * output's tree, each; 0: it has none.  Of a cluster's it is 1: they are updated
 * together. */
size_t model_param_words(const struct model_shape *s, const struct model_param *p);

/* What the arrays of the model's file hold: numbers of the network, and their bytes; and
 * bytes of the state of training, moments, counts of updates and carried states. */
struct model_sizes {
	uint64_t parameters, parameter_bytes, state_bytes;
};
struct model_sizes model_sizes(const struct model *m);

/* Whether training updates only the rows that a step touched (backend.h, lazy updates). */
bool model_is_lazy(const struct model *m);

/* Whether the weights are a mean of those that training passed through. */
bool model_is_mean(const struct model *m);

/* Whether the step of each row's latest update is kept: lazy ones, by a rule that depends on their
 * number. */
bool model_counts_rows(const struct model *m);

/* Columns of V: E if tied, else N with a projection layer, else H. */
uint32_t model_output_width(const struct model_shape *s);

/* Sets up a model of this shape, its parameters zero.  model_free() is due after success
 * and failure. */
const char *model_new(struct model *m, struct model_shape shape);

/* The two halves of model_new(): the list of parameters, whose data is NULL; and their
 * memory, one block that begins at param[0].data. */
const char *model_plan(struct model *m, struct model_shape shape);
const char *model_alloc(struct model *m);

/* Allocates the state of the optimiser that m->progress names, zero: its moments for every
 * parameter, and row_steps where model_counts_rows(); and `last`, a copy of the weights, where
 * they are averaged.  Frees what there was. */
const char *model_alloc_optimiser(struct model *m);

/* Value of `rows` in struct model_carried for this many streams, at most 1e6. */
size_t model_carried_rows(const struct model *m, size_t streams);

/* Allocates m->carried for this many streams, zero; frees what it held. */
const char *model_alloc_carried(struct model *m, size_t streams);

/*
 * Initial weights, drawn row by row with NumPy's RandomState(seed), in double whatever
 * `real` is.  The bias of an LSTM's forget gate is then set to 1.
 *
 *	tutorial  uniform in +-sqrt(1/columns), in the order of the list above;
 *		  biases are 0
 *	normal	  normal with deviation 0.01, layer by layer and then the output;
 *		  biases are 0 (min-char-rnn: Wxh, Whh, Why)
 *	uniform	  uniform in +-0.08, layer by layer and then the output, biases
 *		  included (char-rnn)
 */
enum init { INIT_TUTORIAL, INIT_NORMAL, INIT_UNIFORM };
#define INIT_NAMES "tutorial|normal|uniform"
void model_init(struct model *m, enum init init, uint32_t seed);

/* Sets c, if there is one, to ln of the relative counts in the vocabulary: the probabilities
 * of words without context; of an adaptive softmax, the biases of all its parts, to the
 * same effect.  A count of 0 is taken as 1. */
void model_init_output_bias(struct model *m);

/*
 * Reads a model file.  Fails, naming the array where there is one, when npz.h does;
 * when an array is missing, unknown, or of the wrong shape or type; when a weight is not
 * finite; when the vocabulary has another size than the weights; and when the config has
 * an invalid line or a newer version.  model_free() is due after success.
 */
const char *model_load(struct model *m, const char *path);

/*
 * Reads the config, and checks that the arrays that it asks for are there, with their types
 * and shapes; but reads no weights, no optimiser state and no words, so the cost does not
 * depend on the size of the model.  The data of m's parameters is NULL, its vocabulary
 * without words.  A file without a config is read as far as that has to be known.
 */
const char *model_load_heads(struct model *m, const char *path);

/* Reads the config and the vocabulary, but no weights.  The result can be freed with
 * model_free(), or the vocabulary taken from m->vocab. */
const char *model_load_vocab(struct model *m, const char *path);

/* Whether all weights, moments and carried states are finite; after divergence they are
 * not. */
bool model_is_finite(const struct model *m);

/* Writes the model file, or leaves an older one there untouched.  Fails when npz_write()
 * does, or when model_load() would refuse the result. */
const char *model_save(struct model *m, const char *path);

/* Converts the parameters to this type.  If it differs from the current type, moments and
 * carried states are discarded. */
const char *model_set_real(struct model *m, enum real_type real);

/* Fails unless a stream with the vocabulary v can be read by this model: with the same
 * vocabulary, or one of the same size if the model has none. */
const char *model_check_vocab(struct model *m, const struct vocab *v);

/* NULL, or a message: the model has no vocabulary, so only the size of v could be compared. */
const char *model_unchecked(struct model *m, const struct vocab *v);

/* NULL, or a message: the token rules of the vocabulary v are not the model's, so the text
 * was cut otherwise than the one that it was trained on.  NULL also without a vocabulary. */
const char *model_check_rules(struct model *m, const struct vocab *v);

/* Fails unless a stream that `other`, whose name is given, can read is one for m, too: the
 * same vocabulary, cut from text by the same rules, as far as the models have them. */
const char *model_check_alike(struct model *m, const struct model *other, const char *name);

/* Whether a text of this unit is one sequence to the model: it is a stream, and the model
 * was not trained line by line. */
bool model_joins(const struct model *m, enum unit unit);

void model_free(struct model *m);

#endif
