# unroll: recurrent language models as Unix filters
#
#   make            build everything (executables land in bin/)
#   make demo       dependencies, build, the whole pipe on the bundled corpus
#   make test       the tests; SAN=address,undefined for a sanitizer build
#   make install    programs, pages, completion; PREFIX, DESTDIR, PROGRAM_PREFIX
#   make lint       what the linters and two compilers say; make deps-dev first
#   make fuzz       FUZZ_SECONDS for each fuzz target; needs clang
#   make test-cuda bench-cuda   on an NVIDIA GPU: the plugin's tests, its speed
#   make bench-text the text programs' speed; CSV= for a corpus of your own
#   make uninstall clean deps deps-dev

VERSION := 0.1.0
TOOLS := tok vocab encode train gradcheck score sample decode cells

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CXX ?= c++
SAN ?=
comma := ,
CONFIG := $(if $(SAN),$(subst $(comma),-,$(SAN)),release)
BUILD := build/$(CONFIG)

DEPS := gcc make pkg-config libopenblas-dev libutf8proc-dev libzip-dev zlib1g-dev bats mandoc
DEPS_DEV := g++ shellcheck cppcheck clang libclang-rt-dev gnuplot-nox

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wformat=2 -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes
CFLAGS ?= -O2 -g
KERNEL_CFLAGS ?= -O3 -fno-math-errno -fno-trapping-math
PIC := -fPIC
ALL_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 $(WARN) $(CFLAGS) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	-DVERSION='"$(VERSION)"' -MMD -MP -pthread
ALL_LDFLAGS = $(LDFLAGS) -Wl,--as-needed -pthread $(if $(SAN),-fsanitize=$(SAN))

# Each folder sees what the arrow bin -> lib -> kern.h <- kernels/* allows.
INC_bin := -Ilib -Ikernels
INC_lib := -Ilib -Ikernels
INC_kernels := -Ikernels -Ikernels/ref
INC_tests := -Ilib -Ikernels

# Instruction sets of kernels/cpu.
ISAS := $(if $(filter x86_64,$(shell uname -m)),avx512 avx2) plain

BINS := $(TOOLS:%=$(BUILD)/bin/%)
LIB_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard lib/*.c))
# Sources compiled twice, for float and for double.
REAL_SRCS := kernels/host.c kernels/embed.c $(wildcard kernels/ref/*.c)
# ... and those compiled for each instruction set as well.
ISA_SRCS := $(filter-out kernels/cpu/dispatch.c,$(wildcard kernels/cpu/*.c))
FLAGS_avx512 := -DISA=avx512 -DISA_AVX512 -mavx512f -mavx512dq -mavx512vl -mavx2 -mfma \
	-mprefer-vector-width=512
FLAGS_avx2 := -DISA=avx2 -DISA_AVX2 -mavx2 -mfma
FLAGS_plain := -DISA=plain -DISA_PLAIN
FLAGS_f32 := -DREAL_F32
FLAGS_f64 := -DREAL_F64
# The OpenBLAS backend is a plugin, with the sources it shares inside.
BLAS_SRCS := $(filter-out kernels/blas/entry.c,$(wildcard kernels/blas/*.c)) kernels/host.c \
	kernels/embed.c kernels/ref/layers.c
BLAS_OBJS := $(patsubst %.c,$(BUILD)/%.o,kernels/blas/entry.c kernels/pool.c) $(foreach r,f32 f64,\
	$(patsubst %.c,$(BUILD)/%.$r.o,$(BLAS_SRCS)) $(BUILD)/kernels/cpu/update.plain.$r.o)
PLUGINS := $(BUILD)/plugins/libunroll-blas.so
KERN_SRCS := kernels/cpu/dispatch.c $(filter-out $(REAL_SRCS),$(wildcard kernels/*.c))
KERN_OBJS := $(KERN_SRCS:%.c=$(BUILD)/%.o) $(foreach r,f32 f64,$(REAL_SRCS:%.c=$(BUILD)/%.$r.o) \
	$(foreach i,$(ISAS),$(ISA_SRCS:%.c=$(BUILD)/%.$i.$r.o)))
TEST_BINS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c)) \
	$(foreach t,$(wildcard tests/isa/*.c),$(foreach i,$(ISAS),$(t:%.c=$(BUILD)/%.$i.f32) $(t:%.c=$(BUILD)/%.$i.f64)))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
REPLAYS := $(FUZZERS:%=$(BUILD)/tests/fuzz/%)
FUZZ_SECONDS ?= 60

.PHONY: all here test check lint demo bench profile bench-text fuzz install uninstall clean deps deps-dev
.SECONDARY:
.DELETE_ON_ERROR:

all: here $(PLUGINS)
# ... and what can run on this machine: nobody waits for nvcc where no GPU is.
here: $(BINS) $(PLUGINS) $(if $(SAN),,$(TOOLS:%=bin/%))

ifeq ($(filter clean deps deps-dev demo fuzz lint uninstall,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif
$(BUILD)/config.mk: mk/probe.sh
	@mkdir -p $(@D)
	@mk/probe.sh $@

include mk/cuda.mk

LIBS = $(LIBZIP_LIBS) $(UTF8PROC_LIBS) $(ZLIB_LIBS) -ldl -lm
THIRD_PARTY_lib = $(LIBZIP_CFLAGS) $(ZLIB_CFLAGS) $(UTF8PROC_CFLAGS)
THIRD_PARTY_kernels = $(OPENBLAS_CFLAGS)

bin/%: $(BUILD)/bin/%
	@ln -sf ../$< $@

$(BUILD)/bin/%: $(BUILD)/bin/%.o $(BUILD)/libcore.a $(BUILD)/libkern.a
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libcore.a $(BUILD)/libkern.a $(LIBS)

$(BUILD)/libcore.a: $(LIB_OBJS)
$(BUILD)/libkern.a: $(KERN_OBJS)
$(BUILD)/lib%.a:
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/plugins/libunroll-blas.so: $(BLAS_OBJS)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -shared -o $@ $^ $(OPENBLAS_LIBS) -lm

$(BUILD)/bin/%.o: bin/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(INC_bin) -c -o $@ $<
$(BUILD)/lib/%.o: lib/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(INC_lib) $(THIRD_PARTY_lib) -c -o $@ $<
$(BUILD)/kernels/%.o: kernels/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(KERNEL_CFLAGS) $(PIC) $(INC_kernels) $(THIRD_PARTY_kernels) -c -o $@ $<
# Programs know each other's names.
$(BUILD)/lib/prog.o: ALL_CFLAGS += -DTOOLS='"$(TOOLS)"'
# A draw's loops are worth the kernels' flags.
$(BUILD)/lib/sampler.o: ALL_CFLAGS += $(KERNEL_CFLAGS)
define real_rule
$(BUILD)/kernels/%.$(1).o: kernels/%.c $(BUILD)/config.mk
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(KERNEL_CFLAGS) $$(PIC) $$(INC_kernels) $$(THIRD_PARTY_kernels) $$(FLAGS_$(1)) \
		-c -o $$@ $$<
endef
define isa_rule
$(BUILD)/kernels/cpu/%.$(1).$(2).o: kernels/cpu/%.c $(BUILD)/config.mk
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(KERNEL_CFLAGS) $$(PIC) $$(INC_kernels) -Ikernels/cpu $$(FLAGS_$(1)) $$(FLAGS_$(2)) \
		-c -o $$@ $$<
endef
# Tests of what is inside the CPU kernels, built as those are.
define isa_test_rule
$(BUILD)/tests/isa/%.$(1).$(2): tests/isa/%.c $(BUILD)/config.mk
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(KERNEL_CFLAGS) $$(INC_kernels) -Ikernels/cpu $$(FLAGS_$(1)) $$(FLAGS_$(2)) \
		$$(ALL_LDFLAGS) -o $$@ $$< -lm
endef
$(foreach r,f32 f64,$(foreach i,$(ISAS),$(eval $(call isa_test_rule,$i,$r))))
$(foreach r,f32 f64,$(eval $(call real_rule,$r))$(foreach i,$(ISAS),$(eval $(call isa_rule,$i,$r))))
# OpenBLAS takes the update rules of kernels/cpu over, in their plain form.
$(patsubst %,$(BUILD)/kernels/blas/learn.%.o,f32 f64): ALL_CFLAGS += -Ikernels/cpu $(FLAGS_plain)
$(BUILD)/tests/%.o: tests/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(INC_tests) -c -o $@ $<

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libcore.a $(BUILD)/libkern.a
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libcore.a $(BUILD)/libkern.a $(LIBS)

# A fuzz target is an ordinary program over a saved corpus, too.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/libcore.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bench/%.o: bench/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(INC_tests) $(OPENBLAS_CFLAGS) -c -o $@ $<
$(BUILD)/bench/step $(BUILD)/bench/cells: $(BUILD)/bench/%: $(BUILD)/bench/%.o $(BUILD)/libcore.a $(BUILD)/libkern.a
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libcore.a $(BUILD)/libkern.a $(LIBS)
$(BUILD)/bench/gemm: $(BUILD)/bench/gemm.o
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(OPENBLAS_LIBS) -lm

# Figures for BENCH.md; and where a step's time goes, layer by layer.
bench: all $(BUILD)/bench/step $(BUILD)/bench/cells $(BUILD)/bench/gemm $(BUILD)/bench/timed
	@BUILD=$(CURDIR)/$(BUILD) bench/train.sh
profile: all $(BUILD)/bench/step
	@$(BUILD)/bench/step gen 200 8000 1 > $(BUILD)/bench/lines
	@$(BUILD)/bench/step profile cpu 1 100 8000 4 1 5 < $(BUILD)/bench/lines

test check: all $(TEST_BINS) $(REPLAYS)
	@BUILD=$(CURDIR)/$(BUILD) SAN=$(SAN) tests/run

# Everything that is compiled; lint and fuzz build it elsewhere.
.PHONY: programs
programs: $(BINS) $(PLUGINS) $(TEST_BINS) $(REPLAYS) $(BUILD)/bench/timed

demo:
	@mk/demo.sh $(DEPS)

lint:
	@mk/lint.sh

# The same sources, but libFuzzer drives them.
fuzz:
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
		LDFLAGS='-fsanitize=fuzzer,address,undefined' $(FUZZERS:%=build/fuzz/fuzz/%)
	@failed=0; for f in $(FUZZERS); do \
		mk/fuzz.sh build/fuzz/fuzz/$$f $(FUZZ_SECONDS) || failed=1; \
	done; exit $$failed
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

bench-text: all $(BUILD)/bench/timed
	@BUILD=$(BUILD) CSV='$(CSV)' bench/text.sh
$(BUILD)/bench/timed: bench/timed.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $<

include mk/install.mk

deps:
	@mk/deps.sh $(DEPS)
deps-dev: deps
	@mk/deps.sh $(DEPS_DEV)

clean:
	rm -rf build demo $(TOOLS:%=bin/%)

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)
