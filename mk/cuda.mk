# cuda.mk - builds the plugin for NVIDIA GPUs if mk/probe.sh found nvcc, and the same
# sources with an ordinary C++ compiler for the tests (tests/cuda/README.md).
#
#   make NVCC=          does not build the plugin
#   make CUDA_ARCHS=90  builds for these compute capabilities; newer GPUs use the PTX
#                       of the last one
#   make CUDA_PHASES=1  train reports at its end where the kernel for many sentences spent its
#                       time (kernels/cuda/phases.h)

# Code for 8.0 also runs on 8.6 and 8.9.
CUDA_ARCHS ?= 75 80 90
CUDA_REAL := params update embed dense rnn cells output sampled tree groups fused layers
CUDA_ONCE := device staging time_major entry
CUDA_C := message launch_plan
CUDA_C_OBJS := $(CUDA_C:%=$(BUILD)/kernels/cuda/%.o) $(BUILD)/kernels/batch.o $(BUILD)/kernels/touched.o
CUDA_OBJS := $(CUDA_ONCE:%=$(BUILD)/kernels/cuda/%.o) $(CUDA_C_OBJS) \
	$(foreach r,f32 f64,$(CUDA_REAL:%=$(BUILD)/kernels/cuda/%.$r.o))
CUDA_FLAGS = -std=c++17 -O3 -Werror all-warnings -Xcompiler -Wall,-Wextra,-Wshadow,-fPIC,-fstack-protector-strong -ccbin $(CXX) \
	$(foreach a,$(CUDA_ARCHS),-gencode arch=compute_$a,code=sm_$a) \
	-gencode arch=compute_$(lastword $(CUDA_ARCHS)),code=compute_$(lastword $(CUDA_ARCHS)) \
	-Ikernels -Ikernels/cells $(PHASES) -MMD -MP
PHASES = $(if $(CUDA_PHASES),-DCUDA_PHASES)
$(BUILD)/phases.path: unless_same = $(PHASES)
$(foreach d,kernels/cuda emulated,$(REALS:%=$(BUILD)/$d/fused.%.o)): $(BUILD)/phases.path

# A sanitizer build tests only the emulated plugin, since nvcc has no sanitizers.
ifneq ($(and $(NVCC),$(if $(SAN),,yes)),)
CUDA_PLUGIN := $(BUILD)/plugins/libunroll-cuda.so
PLUGINS += $(CUDA_PLUGIN)
all: $(CUDA_PLUGIN)
here: $(if $(wildcard /dev/nvidiactl),$(CUDA_PLUGIN))
endif

# The runtime is linked statically, so that the plugin requires only a driver.
$(BUILD)/plugins/libunroll-cuda.so: $(CUDA_OBJS)
	@mkdir -p $(@D)
	$(NVCC) -shared -cudart static -ccbin $(CXX) -Xlinker -z,relro,-z,now -o $@ $^
	@chmod go-w $(@D) $@

cuda_source = kernels/cuda/$(firstword $(subst ., ,$1)).cu
$(BUILD)/kernels/cuda/%.o: $$(call cuda_source,$$*) $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(NVCC) $(CUDA_FLAGS) $(foreach v,$(variants),$(FLAGS_$v)) -c -o $@ $<

EMU_OWN := $(patsubst tests/cuda/%.cpp,$(BUILD)/emulated/%.o,$(wildcard tests/cuda/*.cpp))
EMU_OBJS := $(CUDA_ONCE:%=$(BUILD)/emulated/%.o) $(CUDA_C_OBJS) \
	$(foreach r,f32 f64,$(CUDA_REAL:%=$(BUILD)/emulated/%.$r.o)) \
	$(EMU_OWN)
EMU_FLAGS = -std=c++17 $(if $(SAN),-O2,-O3) $(EMU_NATIVE) -g -fPIC -Wall -Wextra -Wshadow $(WERROR) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	-Ikernels -Ikernels/cells -Itests/cuda $(PHASES) -MMD -MP
# The emulator runs only on the machine that built it.  -march=native compiles a
# multiply-add to a single instruction.
EMU_NATIVE := $(if $(filter x86_64,$(shell uname -m)),-march=native)
EMULATED := $(if $(HAVE_CXX),$(BUILD)/emulated/libunroll-cuda.so $(BUILD)/emulated/faults)

$(BUILD)/emulated/libunroll-cuda.so: $(EMU_OBJS)
	$(CXX) -shared $(if $(SAN),-fsanitize=$(SAN)) -o $@ $^
	@chmod go-w $(@D) $@
$(BUILD)/emulated/faults: tests/cuda/faults.cu $(BUILD)/emulated/libunroll-cuda.so
	$(CXX) $(EMU_FLAGS) -o $@ -x c++ $< -x none $(EMU_OWN)
$(BUILD)/emulated/%.o: $$(call cuda_source,$$*) $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CXX) $(EMU_FLAGS) $(foreach v,$(variants),$(FLAGS_$v)) -x c++ -c -o $@ $<
$(BUILD)/emulated/%.o: tests/cuda/%.cpp $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(CXX) $(EMU_FLAGS) -c -o $@ $<

$(BUILD)/tests/unit/launch_plan: $(CUDA_C:%=$(BUILD)/kernels/cuda/%.o)

programs: $(EMULATED)

# These need a GPU, and report in one line if there is none.
.PHONY: test-cuda bench-cuda gpu-kit
GPU_TESTS := $(patsubst %,$(BUILD)/tests/unit/%,backend backend_cells backend_sparse steps tall tf32)
test-cuda: all $(GPU_TESTS)
	@BUILD=$(CURDIR)/$(BUILD) tests/cuda/on-gpu.sh
bench-cuda: all $(BUILD)/tests/bench/step
	@BUILD=$(CURDIR)/$(BUILD) tests/bench/cuda.sh
# Needs nvcc alone; what it makes needs a GPU and a driver.
gpu-kit: all $(GPU_TESTS) $(BUILD)/tests/bench/step
	@BUILD=$(CURDIR)/$(BUILD) tests/cuda/kit.sh $(CURDIR)/build/gpu
