/*
 * layers.h - the entries of kern.h's table, once for each real.
 */
#ifndef CUDA_LAYERS_H
#define CUDA_LAYERS_H

#include "kern.h"

void cuda_layers_f32(struct kern *k);
void cuda_layers_f64(struct kern *k);

#endif
