/*
 * model_arrays.h - which arrays a model file has besides the parameters, for reading and
 * writing it; see model(5).
 */
#ifndef MODEL_ARRAYS_H
#define MODEL_ARRAYS_H

#include "model.h"
#include "npz.h"

enum npz_type model_npz_type(enum real_type r);

/* The array of moment k, named after its parameter: "W.1", "W.2". */
void model_moment_name(const struct model_param *p, int k, char name[NPZ_NAME]);

/* A parameter's counts of updates for each word: "V.steps". */
void model_row_steps_name(const struct model_param *p, char name[NPZ_NAME]);

/* The weights that training continues from, where the parameter is a mean: "V.last". */
void model_last_name(const struct model_param *p, char name[NPZ_NAME]);

/* Moments of each parameter in the file: those that its optimiser has. */
int model_file_moments(const struct model *m);

/* Words whose updates are counted for this parameter; 0: none are. */
size_t model_file_row_steps(const struct model *m, const struct model_param *p);

/* Whether the file has hidden states: in the middle of an epoch of a stream. */
bool model_has_carried(const struct model *m);

/* Number i of a parameter of this type. */
double model_weight(const struct model_param *p, enum real_type real, size_t i);
void model_set_weight(const struct model_param *p, enum real_type real, size_t i, double x);

/* Whether all n reals are finite. */
bool model_all_finite(const void *data, size_t n, enum real_type real);

#endif
