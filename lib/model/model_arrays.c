/*
 * model_arrays.c - see model_arrays.h.
 */
#include <math.h>
#include <stdio.h>

#include "model_arrays.h"
#include "real_array.h"

void
model_moment_name(const struct model_param *p, int k, char name[NPZ_NAME])
{
	snprintf(name, NPZ_NAME, "%s.%d", p->name, k + 1);
}

enum npz_type
model_npz_type(enum real_type r)
{
	return r == REAL_F64 ? NPZ_F8 : NPZ_F4;
}

double
model_weight(const struct model_param *p, enum real_type real, size_t i)
{
	return real_at(real, p->data, i);
}

void
model_set_weight(const struct model_param *p, enum real_type real, size_t i, double x)
{
	real_put(real, p->data, i, x);
}

bool
model_all_finite(const void *data, size_t n, enum real_type real)
{
	const double *d = data;
	const float *f = data;

	for (size_t i = 0; i < n; i++) {
		if (real == REAL_F64 ? !isfinite(d[i]) : !isfinite(f[i]))
			return false;
	}
	return true;
}

int
model_file_moments(const struct model *m)
{
	return m->has_progress ? hyperparams_moments(&m->progress.hyper) : 0;
}

void
model_row_steps_name(const struct model_param *p, char name[NPZ_NAME])
{
	snprintf(name, NPZ_NAME, "%s.steps", p->name);
}

void
model_last_name(const struct model_param *p, char name[NPZ_NAME])
{
	snprintf(name, NPZ_NAME, "%s.last", p->name);
}

size_t
model_file_row_steps(const struct model *m, const struct model_param *p)
{
	return model_counts_rows(m) ? model_param_words(&m->shape, p) : 0;
}

struct model_sizes
model_sizes(const struct model *m)
{
	uint64_t real = npz_type_size(model_npz_type(m->shape.real)), state = 0;
	struct model_sizes s = { 0 };

	for (size_t i = 0; i < m->nparam; i++) {
		uint64_t n = (uint64_t)m->param[i].rows * m->param[i].cols;

		s.parameters += n;
		state += n * (uint64_t)(model_file_moments(m) + model_is_mean(m)) + model_file_row_steps(m, &m->param[i]);
	}
	if (model_has_carried(m))
		state += (uint64_t)model_carried_rows(m, m->progress.batch) * m->shape.hidden;
	s.parameter_bytes = s.parameters * real;
	s.state_bytes = state * real;
	return s;
}

bool
model_has_carried(const struct model *m)
{
	return m->has_progress && m->progress.hyper.chunk && m->progress.sentence;
}
