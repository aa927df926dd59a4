/*
 * layers.cu - fills the table.
 */
#include "layers.h"
#include "mat.h"

void
NAME(cuda_layers)(struct kern *k)
{
	NAME(cuda_mat_fill)(k);
	NAME(cuda_update_fill)(k);
	NAME(cuda_embed_fill)(k);
	NAME(cuda_dense_fill)(k);
	NAME(cuda_recur_fill)(k);
	NAME(cuda_cells_fill)(k);
	NAME(cuda_output_fill)(k);
	NAME(cuda_fused_fill)(k);
}
