/*
 * entry.cu - what libunroll-cuda.so exports; plugin.h says how it is found.
 *
 * A plugin, because the CUDA runtime, which is linked in, is large, and because programs
 * must also start where there is no driver.
 */
#include "device.h"
#include "layers.h"
#include "plugin.h"

extern "C" {
extern const int unroll_plugin_version;
const int unroll_plugin_version = PLUGIN_VERSION;
struct backend *unroll_plugin(enum real_type real, int threads, const char **why);
double unroll_plugin_rate(enum real_type real, const char **why);
void unroll_plugin_choose(int n);
}

struct backend *
unroll_plugin(enum real_type real, int threads, const char **why)
{
	struct backend *k = cuda_open(real, why);

	(void)threads;		/* host threads are not used */
	if (k && real == REAL_F32)
		cuda_layers_f32(k);
	else if (k)
		cuda_layers_f64(k);
	return k;
}

double
unroll_plugin_rate(enum real_type real, const char **why)
{
	return cuda_rate(real, why);
}

void
unroll_plugin_choose(int n)
{
	cuda_choose(n);
}
