/*
 * entry.c - what libunroll-blas.so exports; plugin.h says how it is found.
 *
 * A plugin, because OpenBLAS starts its threads as soon as it is loaded, a cost that
 * programs which do not use it should not bear.
 */
#include "blas.h"
#include "plugin.h"

extern const int unroll_plugin_version;
const int unroll_plugin_version = PLUGIN_VERSION;

struct backend *unroll_plugin(enum real_type real, int threads, const char **why);

struct backend *
unroll_plugin(enum real_type real, int threads, const char **why)
{
	return real == REAL_F32 ? blas_open_f32(threads, why) : blas_open_f64(threads, why);
}
