/*
 * cpu_names.h - the functions that this folder exports, each with the suffix of its
 * instruction set and real type (f_avx512_f32), so that the sources read as plain C.
 */
#ifndef CPU_NAMES_H
#define CPU_NAMES_H

#include "isa.h"

#define cpu_isa_open ISA_NAME(cpu)
#define cells_entries ISA_NAME(cells_entries)
#define dense_entries ISA_NAME(dense_entries)
#define embedding_entries ISA_NAME(embedding_entries)
#define optimiser_entries ISA_NAME(optimiser_entries)
#define output_entries ISA_NAME(output_entries)
#define params_entries ISA_NAME(params_entries)
#define params_changed ISA_NAME(params_changed)
#define params_panels ISA_NAME(params_panels)
#define cpu_scratch ISA_NAME(cpu_scratch)

#endif
