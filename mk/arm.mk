# arm.mk - a build for AArch64 by a cross compiler, tested under emulation.
#
#   make deps-arm       Debian's cross compiler, QEMU, and the arm64 libraries
#   make test-arm       the tests of mk/test-arm.sh; with SHAPES=all every shape of
#                       the tests of backends, which takes a quarter of an hour

SHAPES ?= few
export SHAPES
ARM_CC := aarch64-linux-gnu-gcc
ARM_LIBDIR := /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig
DEPS_ARM := gcc-aarch64-linux-gnu qemu-user $(patsubst %,%:arm64,$(filter %-dev,$(DEPS)))

.PHONY: arm-parts test-arm deps-arm

# What is built there: all programs and plugins, and the tests of the kernels.
arm-parts: $(BINS) $(PLUGINS) $(filter $(BUILD)/tests/isa/%,$(TEST_BINS)) \
	$(addprefix $(BUILD)/tests/unit/,backend backend_cells pool)

test-arm: $(BINS)
	@PKG_CONFIG_LIBDIR=$(ARM_LIBDIR) DEPS_TARGET=deps-arm $(MAKE) --no-print-directory \
		BUILD=build/aarch64 CC=$(ARM_CC) AR=aarch64-linux-gnu-ar CXX=false NVCC= arm-parts
	@mk/test-arm.sh build/aarch64 $(BUILD)

deps-arm: deps
	@mk/deps.sh $(DEPS_ARM)
