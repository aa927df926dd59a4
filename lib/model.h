/*
 * model.h - a network in host memory, and its file; model(5) describes that.
 *
 * A one-layer RNN without bias has U (H x C), V (C x H), W (H x H), as the
 * tutorial has.  Arrays are row-major, float or double as `real` says.
 */
#ifndef MODEL_H
#define MODEL_H

#include "npz.h"
#include "rng.h"
#include "vocab.h"

enum cell { CELL_RNN };				/* the seam for GRU and LSTM */
enum real { REAL_F32, REAL_F64 };		/* the type of every parameter */

enum { MODEL_PARAMS_MAX = 64 };

struct model_shape {
	enum cell cell;
	enum real real;
	uint32_t layers;	/* 1 today */
	uint32_t hidden;	/* H, 1 .. 65536 */
	uint32_t vocab;		/* C, 2 .. VOCAB_MAX */
};

struct model_param {
	const char *name;	/* as in the file: "U", "V", "W" */
	size_t rows, cols;
	void *data;		/* (rows x cols) of shape.real */
};

/* Where training stands: what `train -R` needs to go on exactly. */
struct model_progress {
	uint64_t epoch;		/* whole epochs done */
	uint64_t sentence;	/* sentences of the current epoch done */
	uint64_t seen;		/* sentences seen since the start */
	double rate;		/* the learning rate now */
	double rate0;		/* as it was asked for */
	double loss;		/* at the latest scheduled evaluation; NaN: none yet */
	uint64_t evaluated;	/* epoch of that evaluation */
	uint64_t limit;		/* only the first so many sentences; 0: all (-n) */
	uint64_t sentences;	/* in the training data, 0: not known; to notice other data */
	uint32_t data_crc;	/* CRC-32 of the training frames, likewise */
	uint32_t seed;
	uint32_t bptt;
	uint32_t batch;		/* sentences a step */
	uint32_t every;		/* evaluate before every Nth epoch; 0: never */
	uint64_t epochs;	/* to be done in all, as it was asked for */
};

struct model {
	struct model_shape shape;
	struct model_param param[MODEL_PARAMS_MAX];
	size_t nparam;
	bool has_vocab;		/* false: a published file with weights only */
	struct vocab vocab;
	bool has_progress;	/* false: likewise */
	struct model_progress progress;
	char err[240];
};

/* Parameters of zeros in this shape.  NULL or a phrase.  model_free() after. */
const char *model_new(struct model *m, struct model_shape shape);

/* Its two halves: the list of parameters, whose data is NULL, and then their
 * memory, as one block that begins at param[0].data. */
const char *model_plan(struct model *m, struct model_shape shape);
const char *model_alloc(struct model *m);

/* The tutorial's start: U in +-sqrt(1/C), then V and W in +-sqrt(1/H), row by
 * row from RandomState(seed); drawn in double whatever `real` is. */
void model_init(struct model *m, uint32_t seed);

/*
 * NULL, or a phrase naming the array: what npz_read() says, a missing array,
 * a wrong shape or type, weights that are not finite, a vocabulary of another
 * size than the weights, a config line that makes no sense, a newer version.
 */
const char *model_load(struct model *m, const char *path);

/* NULL, or a phrase: what npz_write() says, weights or a loss that model_load()
 * would refuse, a vocabulary of another size than the weights. */
const char *model_save(struct model *m, const char *path);

/* Turns every parameter into this type.  NULL or "out of memory". */
const char *model_set_real(struct model *m, enum real real);

/* NULL, or a phrase: a stream with the table v is not in this model's words.  A
 * model without a vocabulary takes any table of its size. */
const char *model_check_vocab(struct model *m, const struct vocab *v);

void model_free(struct model *m);

#endif
