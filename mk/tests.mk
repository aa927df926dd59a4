# tests.mk - tests, benchmarks, fuzz targets and linters.
#
#   make test T=vocab   runs only tests/vocab*.bats
#   make fuzz FUZZ_SECONDS=60

T ?=
CSV ?=
FUZZ_SECONDS ?= 60
# for the commands of these targets alone: tests have variables of such names
bench-text bench-quality: export CSV := $(value CSV)
fuzz: export FUZZ_SECONDS := $(value FUZZ_SECONDS)
# All folders of lib/ and kernels/.
WHOLE := $(call archives,$(FLOORS))

TEST_BINS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c)) \
	$(foreach i,$(ISAS),$(foreach r,$(REALS),$(patsubst %.c,$(BUILD)/%.$i.$r,$(wildcard tests/isa/*.c))))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
REPLAYS := $(FUZZERS:%=$(BUILD)/tests/fuzz/%)
BENCH := $(BUILD)/tests/bench

test check: all programs
	@BUILD=$(CURDIR)/$(BUILD) SAN=$(SAN) tests/run $(if $(T),$(or $(wildcard $(T:%=tests/%*.bats)),$(error no tests/$(T)*.bats)))

# Everything that is compiled, and what tests need; lint builds it in another folder.
programs: $(BINS) $(PLUGINS) $(TEST_BINS) $(REPLAYS) $(BENCH)/timed $(BENCH)/step

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(WHOLE)
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(WHOLE) $(LIBS)
# Parts of the CPU kernels, built like them for each instruction set and real type.
$(BUILD)/tests/isa/%: $(BUILD)/tests/isa/%.o
	$(CC) $(ALL_LDFLAGS) -o $@ $< -lm
# Each fuzz target is also built as an ordinary program that replays a saved corpus.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(WHOLE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
# The parser of options ends the program; arguments.c takes that back.
$(BUILD)/tests/fuzz/arguments $(BUILD)/fuzz/arguments: ALL_LDFLAGS += -Wl,--wrap=exit
# The same sources with libFuzzer.
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(WHOLE)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
fuzz:
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
		LDFLAGS='-fsanitize=fuzzer,address,undefined' $(FUZZERS:%=build/fuzz/fuzz/%)
	@failed=0; for f in $(FUZZERS); do \
		mk/fuzz.sh build/fuzz/fuzz/$$f "$$FUZZ_SECONDS" || failed=1; \
	done; exit $$failed

$(BENCH)/step $(BENCH)/cells: $(BENCH)/%: $(BENCH)/%.o $(WHOLE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(BENCH)/gemm: $(BENCH)/gemm.o
	$(CC) $(ALL_LDFLAGS) -o $@ $< $(OPENBLAS_LIBS) -lm
$(BENCH)/timed: $(BENCH)/timed.o
	$(CC) $(ALL_LDFLAGS) -o $@ $<
# The figures of BENCH.md, and the time of a step layer by layer.
bench: all $(BENCH)/step $(BENCH)/cells $(BENCH)/gemm $(BENCH)/timed
	@BUILD=$(CURDIR)/$(BUILD) tests/bench/train.sh
bench-text: all $(BENCH)/timed
	@BUILD=$(BUILD) CSV="$$CSV" tests/bench/text.sh
bench-mpi: all $(BENCH)/step
	@BUILD=$(CURDIR)/$(BUILD) tests/bench/mpi.sh
bench-quality: all
	@mkdir -p $(BENCH)
	@BUILD=$(BUILD) CSV="$$CSV" tests/bench/quality.sh
bench-vocab: all $(BENCH)/timed
	@BUILD=$(BUILD) tests/bench/vocabulary.sh
profile: all $(BENCH)/step
	@$(BENCH)/step gen 200 8000 1 > $(BENCH)/lines
	@$(BENCH)/step profile cpu 1 100 8000 4 1 5 < $(BENCH)/lines

lint:
	@mk/lint.sh
