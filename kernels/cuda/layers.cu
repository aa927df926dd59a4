/*
 * layers.cu - fills the entries of the table that depend on the real type.
 */
#include "layers.h"
#include "params.h"

void
cuda_layers(struct backend *k)
{
	cuda_params_fill(k);
	cuda_update_fill(k);
	cuda_embed_fill(k);
	cuda_dense_fill(k);
	cuda_cells_fill(k);
	cuda_output_fill(k);
	cuda_sampled_fill(k);
	cuda_tree_fill(k);
	cuda_fused_fill(k);
}
