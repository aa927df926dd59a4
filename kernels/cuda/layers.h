/*
 * layers.h - the entries of backend.h's table, once for each real.
 */
#ifndef CUDA_LAYERS_H
#define CUDA_LAYERS_H

#include "backend.h"

void cuda_layers_f32(struct backend *k);
void cuda_layers_f64(struct backend *k);

#endif
