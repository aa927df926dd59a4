# unroll: recurrent language models as Unix filters; "make help" lists the targets.

VERSION := 0.3.0

# The programs, and the folders of lib/ that each is made of.
tok        := base stream text
vocab      := base stream
encode     := base stream model
train      := base stream model net train
gradcheck  := base stream model net train
score      := base stream model net generate
sample     := base stream text model net generate
decode     := base stream text
cells      := base stream model net inspect
info       := base stream model net
TOOLS := tok vocab encode train gradcheck score sample decode cells info

# The floors of the house, lowest first: what a folder may include besides its own
# headers.  tests/layers.bats checks it.
SEES_lib/base :=
SEES_lib/stream := lib/base
SEES_lib/text := lib/base lib/stream
SEES_lib/model := lib/base lib/stream kernels kernels/cells
SEES_lib/inspect := lib/base lib/stream
SEES_lib/net := lib/base lib/stream lib/model kernels kernels/cells
SEES_lib/train := lib/base lib/stream lib/model lib/net kernels kernels/cells transport
SEES_lib/generate := lib/base lib/stream lib/model lib/net kernels kernels/cells
SEES_transport := kernels kernels/cells
SEES_transport/mpi := transport
SEES_kernels := kernels/cells
SEES_kernels/cells :=
SEES_kernels/ref := kernels kernels/cells
SEES_kernels/cpu/simd := kernels kernels/cells
SEES_kernels/cpu/gemm := kernels kernels/cells kernels/cpu/simd
SEES_kernels/cpu/softmax := kernels kernels/cells kernels/cpu/simd kernels/cpu/gemm
SEES_kernels/cpu/recurrent := kernels kernels/cells kernels/cpu/simd kernels/cpu/gemm
SEES_kernels/cpu := kernels kernels/cells kernels/ref kernels/cpu/simd kernels/cpu/gemm kernels/cpu/softmax kernels/cpu/recurrent
SEES_kernels/blas := kernels kernels/cells kernels/ref kernels/cpu/simd
SEES_kernels/cuda := kernels kernels/cells
SEES_tests/unit := $(addprefix lib/,base stream text model net train generate inspect) kernels kernels/cells transport
SEES_tests/fuzz := $(SEES_tests/unit)
SEES_tests/bench := $(SEES_tests/unit)
SEES_tests/isa := $(SEES_kernels/cpu)

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CXX ?= c++
SAN ?=
comma := ,
CONFIG := $(if $(SAN),$(subst $(comma),-,$(SAN)),release)
BUILD := build/$(CONFIG)

DEPS := gcc make pkg-config libopenblas-dev libutf8proc-dev libzip-dev libcsv-dev zlib1g-dev bats mandoc
DEPS_OPTIONAL := liblzma-dev libzstd-dev
DEPS_MPI := libopenmpi-dev openmpi-bin
DEPS_DEV := g++ shellcheck cppcheck clang libclang-rt-dev gnuplot-nox parallel

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wformat=2 -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes
CFLAGS ?= -O2 -g
# What mk/probe.sh found of these flags, which make a memory error harder to exploit;
# BENCH.md says what they cost.  FORTIFY needs optimisation, and a sanitizer does its work.
HARDEN = $(HARDEN_CFLAGS) $(if $(findstring -fsanitize,$(if $(SAN),-fsanitize) $(CFLAGS)),,\
	$(if $(filter -O -O1 -O2 -O3 -Os,$(CFLAGS)),$(FORTIFY_CFLAGS)))
# With a sanitizer, -O3 takes six times as long to compile the products.
KERNEL_CFLAGS ?= $(if $(SAN),-O1,-O3) -fno-math-errno -fno-trapping-math
ALL_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 $(WARN) $(HARDEN) $(CFLAGS) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	-DVERSION='"$(VERSION)"' -MMD -MP -pthread
ALL_LDFLAGS = $(HARDEN_LDFLAGS) $(LDFLAGS) -Wl,--as-needed -pthread $(if $(SAN),-fsanitize=$(SAN))

include mk/names.mk

.PHONY: all here help test check lint demo bench profile bench-mpi bench-text bench-quality bench-vocab fuzz \
	install uninstall clean deps deps-dev programs
MAKEFLAGS += --no-builtin-rules
.SECONDARY:
.SECONDEXPANSION:
.DELETE_ON_ERROR:

# Without nvcc's minutes of work where no GPU is: `here` is what can run on this machine.
all: here
here:

help:
	@mk/help.sh

ifeq ($(filter clean deps deps-arm deps-dev demo fuzz help lint uninstall,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif
$(BUILD)/config.mk: mk/probe.sh
	@mkdir -p $(@D)
	@mk/probe.sh $@

# ---- Objects.  FOLDER/NAME.o is compiled from FOLDER/NAME.c; words between the name
# and .o select variants: NAME.f32.o (real is float), NAME.avx2.f64.o (also an
# instruction set).  FLAGS_FOLDER and FLAGS_VARIANT add flags, SEES_FOLDER include paths.
FLAGS_f32 := -DREAL_IS_FLOAT
FLAGS_f64 := -DREAL_IS_DOUBLE
FLAGS_avx512 := -DISA=avx512 -DISA_AVX512 -mavx512f -mavx512dq -mavx512vl -mavx2 -mfma \
	-mprefer-vector-width=512
FLAGS_avx2 := -DISA=avx2 -DISA_AVX2 -mavx2 -mfma
FLAGS_neon := -DISA=neon -DISA_NEON
FLAGS_plain := -DISA=plain -DISA_PLAIN
HAVE = $(if $(LZMA_LIBS),-DHAVE_LZMA) $(if $(ZSTD_LIBS),-DHAVE_ZSTD)
FLAGS_lib = $(HAVE) $(LZMA_CFLAGS) $(ZSTD_CFLAGS) $(LIBZIP_CFLAGS) $(ZLIB_CFLAGS) $(UTF8PROC_CFLAGS)
FLAGS_kernels = $(KERNEL_CFLAGS) -fPIC
FLAGS_kernels/blas = $(OPENBLAS_CFLAGS)
FLAGS_transport/mpi = $(KERNEL_CFLAGS) -fPIC $(MPI_CFLAGS:-I%=-isystem %)
FLAGS_tests/bench = $(OPENBLAS_CFLAGS)
FLAGS_tests/isa = $(KERNEL_CFLAGS)
# Programs know each other's names; a draw's loops gain from the kernels' flags.
$(BUILD)/lib/base/prog.o: ALL_CFLAGS += -DTOOLS='"$(TOOLS)"'
$(BUILD)/lib/base/options.o $(BUILD)/lib/train/share_run.o: Makefile	# have VERSION
$(BUILD)/lib/base/unnamed_file.o: ALL_CFLAGS += -D_GNU_SOURCE	# for O_TMPFILE
$(BUILD)/lib/base/hash.o: ALL_CFLAGS += -D_DEFAULT_SOURCE	# for getentropy
$(BUILD)/lib/generate/sampler.o: ALL_CFLAGS += $(KERNEL_CFLAGS)

# Programs of the build load its plugins, and no others; mk/install.mk links those to
# install with another folder.
$(BUILD)/kernels/plugin.o: ALL_CFLAGS += -DPLUGINS='"$(abspath $(BUILD))/plugins"'
$(BUILD)/kernels/plugin.o: $(BUILD)/plugins.path
$(BUILD)/plugins.path: unless_same = $(abspath $(BUILD))/plugins

# of the object in $@: the folder, the variants, and what follows from both
folder = $(@D:$(BUILD)/%=%)
variants = $(wordlist 2,9,$(subst ., ,$*))
includes = $(addprefix -I,$(folder) $(SEES_$(folder)))
flags = $(FLAGS_$(firstword $(subst /, ,$(folder)))) $(if $(findstring /,$(folder)),$(FLAGS_$(folder))) \
	$(foreach v,$(variants),$(FLAGS_$v)) $(includes)

$(BUILD)/%.o: $$(firstword $$(subst ., ,$$*)).c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(flags) -c -o $@ $<
# A file with one line, made again only when the line changes.
$(BUILD)/%.path: FORCE
	@mkdir -p $(@D)
	@echo '$(unless_same)' | cmp -s - $@ || echo '$(unless_same)' > $@
.PHONY: FORCE

# PROGRAM.o and PROGRAM_options.o see what the program is linked with
floors = $($(*:_options=))
$(BUILD)/bin/%.o: bin/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(floors:%=-Ilib/%) $(if $(filter model,$(floors)),-Ikernels -Ikernels/cells) -c -o $@ $<

# ---- Archives: one a folder of lib/, and one of all kernels that programs hold.
ISAS_x86_64 := avx512 avx2
ISAS_aarch64 := neon
ISAS := $(ISAS_$(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))) plain
REALS := f32 f64
# sources compiled once a real; once; once an instruction set and real
REAL_SRCS := $(patsubst %,kernels/%.c,host_memory embed shifted) $(wildcard kernels/ref/*.c)
ONCE_SRCS := $(filter-out $(REAL_SRCS),$(wildcard kernels/*.c)) kernels/cpu/dispatch.c
ISA_SRCS := $(filter-out %/dispatch.c,$(wildcard kernels/cpu/*.c kernels/cpu/*/*.c))
objects = $(patsubst %.c,$(BUILD)/%$2.o,$1)
KERN_OBJS := $(call objects,$(ONCE_SRCS)) $(foreach r,$(REALS),$(call objects,$(REAL_SRCS),.$r) \
	$(foreach i,$(ISAS),$(call objects,$(ISA_SRCS),.$i.$r)))
# The OpenBLAS backend is a plugin that holds the sources it shares with the others.
BLAS_SRCS := $(filter-out %/entry.c,$(wildcard kernels/blas/*.c)) $(patsubst %,kernels/ref/%.c,layers sampled tree) \
	$(filter-out kernels/ref/%,$(REAL_SRCS))
BLAS_OBJS := $(call objects,kernels/blas/entry.c $(patsubst %,kernels/%.c,pool batch scratch touched hugepage)) $(foreach r,$(REALS),\
	$(call objects,$(BLAS_SRCS),.$r) $(call objects,kernels/cpu/simd/update.c,.plain.$r))
$(foreach r,$(REALS),$(BUILD)/kernels/blas/optimiser.$r.o): \
	ALL_CFLAGS += $(FLAGS_plain)

# sources whose library is not there
ABSENT = $(if $(LZMA_LIBS),,lib/base/unxz.c) $(if $(ZSTD_LIBS),,lib/base/unzstd.c)
$(BUILD)/lib/%.a: $$(call objects,$$(filter-out $$(ABSENT),$$(wildcard lib/$$*/*.c)))
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/transport.a: $(BUILD)/transport/transport.o
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/kernels.a: $(KERN_OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

# ---- Programs and plugins.
BINS := $(TOOLS:%=$(BUILD)/bin/%)
PLUGINS := $(BUILD)/plugins/libunroll-blas.so $(if $(MPI_LIBS),$(BUILD)/plugins/libunroll-mpi.so)
LIBS = $(LIBZIP_LIBS) $(UTF8PROC_LIBS) $(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) $(CSV_LIBS) -ldl -lm
# archives of these folders, each before those that it uses
FLOORS := inspect generate train net model text stream base
archives = $(patsubst %,$(BUILD)/lib/%.a,$(filter $1,$(FLOORS))) \
	$(if $(filter train,$1),$(BUILD)/transport.a) $(if $(filter net,$1),$(BUILD)/kernels.a)

here: $(BINS) $(PLUGINS) $(if $(SAN),,$(TOOLS:%=bin/%))
$(TOOLS:%=bin/%): bin/%: $(BUILD)/bin/%
	@ln -sf ../$< $@
program_objects = $(call objects,bin/$1.c $(wildcard bin/$1_options.c))
$(BINS): $(BUILD)/bin/%: $$(call program_objects,$$*) $$(call archives,$$($$*))
	$(CC) $(ALL_LDFLAGS) $(PIE) -o $@ $^ $(LIBS)
$(BUILD)/plugins/libunroll-blas.so: $(BLAS_OBJS)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -shared -o $@ $^ $(OPENBLAS_LIBS) -lm
	@chmod go-w $(@D) $@
$(BUILD)/plugins/libunroll-mpi.so: $(BUILD)/transport/mpi/mpi.o $(BUILD)/transport/mpi/sums.o
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -shared -o $@ $^ $(MPI_LIBS)
	@chmod go-w $(@D) $@

include mk/cuda.mk
include mk/tests.mk
include mk/install.mk
include mk/arm.mk

demo:
	@mk/demo.sh $(DEPS)
deps:
	@mk/deps.sh $(DEPS) $(DEPS_OPTIONAL) $(DEPS_MPI)
deps-dev: deps
	@mk/deps.sh $(DEPS_DEV)
clean:
	rm -rf build demo $(TOOLS:%=bin/%)

# make does not build them
%.d: ;
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
