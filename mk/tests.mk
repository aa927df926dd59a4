# tests.mk - what tests, benchmarks, fuzz targets and linters are made of.
#
#   make test T=vocab   only the tests of one program or module: tests/vocab*.bats
#   make fuzz FUZZ_SECONDS=60

T ?=
FUZZ_SECONDS ?= 60
# Everything that the folders of lib/ and kernels/ hold.
WHOLE := $(call archives,$(FLOORS))

TEST_BINS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c)) \
	$(foreach i,$(ISAS),$(foreach r,$(REALS),$(patsubst %.c,$(BUILD)/%.$i.$r,$(wildcard tests/isa/*.c))))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
REPLAYS := $(FUZZERS:%=$(BUILD)/tests/fuzz/%)
BENCH := $(BUILD)/tests/bench

test check: all $(TEST_BINS) $(REPLAYS) $(BENCH)/step
	@BUILD=$(CURDIR)/$(BUILD) SAN=$(SAN) tests/run $(if $(T),$(or $(wildcard $(T:%=tests/%*.bats)),$(error no tests/$(T)*.bats)))

# Everything that is compiled; lint and fuzz build it elsewhere.
programs: $(BINS) $(PLUGINS) $(TEST_BINS) $(REPLAYS) $(BENCH)/timed $(BENCH)/step

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(WHOLE)
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(WHOLE) $(LIBS)
# Parts of the CPU kernels, built as those are: each instruction set, each real.
$(BUILD)/tests/isa/%: $(BUILD)/tests/isa/%.o
	$(CC) $(ALL_LDFLAGS) -o $@ $< -lm
# A fuzz target is also an ordinary program that replays a saved corpus.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(WHOLE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
# The same sources, driven by libFuzzer.
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(WHOLE)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
fuzz:
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
		LDFLAGS='-fsanitize=fuzzer,address,undefined' $(FUZZERS:%=build/fuzz/fuzz/%)
	@failed=0; for f in $(FUZZERS); do \
		mk/fuzz.sh build/fuzz/fuzz/$$f $(FUZZ_SECONDS) || failed=1; \
	done; exit $$failed

$(BENCH)/step $(BENCH)/cells: $(BENCH)/%: $(BENCH)/%.o $(WHOLE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(BENCH)/gemm: $(BENCH)/gemm.o
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(OPENBLAS_LIBS) -lm
$(BENCH)/timed: $(BENCH)/timed.o
	$(CC) $(ALL_LDFLAGS) -o $@ $<
# Figures for BENCH.md; and where a step's time goes, layer by layer.
bench: all $(BENCH)/step $(BENCH)/cells $(BENCH)/gemm $(BENCH)/timed
	@BUILD=$(CURDIR)/$(BUILD) tests/bench/train.sh
bench-text: all $(BENCH)/timed
	@BUILD=$(BUILD) CSV='$(CSV)' tests/bench/text.sh
profile: all $(BENCH)/step
	@$(BENCH)/step gen 200 8000 1 > $(BENCH)/lines
	@$(BENCH)/step profile cpu 1 100 8000 4 1 5 < $(BENCH)/lines

lint:
	@mk/lint.sh
