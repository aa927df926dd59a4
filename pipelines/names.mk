# names.mk - generates new names from a list with one name on each line; each name
# is a sentence of characters:
#
#	make -f pipelines/names.mk report
#	make -f pipelines/names.mk TEXT=names.txt CELL=lstm HIDDEN=128 POINTS='1 5 20'
#
# POINTS are epochs.  The default TEXT is the list that comes with the programs.
# The names are shuffled, always in the same way, and the last tenth is the
# validation set.  chars.mk lists the results.
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard $(HERE)variables.mk),,$(error the folder of this makefile has a space in its name; \
	rename it, or start make there))

TEXT ?= $(wildcard $(HERE)../data/names.txt)
OUT ?= names
CELL ?= gru
LAYERS ?= 1
HIDDEN ?= 64
RATE ?= 0.005
VALID ?= 0.1
DROPOUT ?= 0.2
SEED ?= 10
POINTS ?= 1 5 20
SAMPLES ?= 20
override READ := LC_ALL=C sort -R --random-source="$$TEXT"
override UNIT := sentence
override BY := -e
override WHAT := epoch
override TRAIN = -c "$$CELL" -L "$$LAYERS" -H "$$HIDDEN" -O adam -r "$$RATE" -p "$$DROPOUT" -K 5 -B 8 $(if $(VALID),-v "$$VALID") \
	-E 1 -s "$$SEED"
override SAMPLE := -n "$$SAMPLES"
override SETTINGS := CELL DROPOUT HIDDEN LAYERS RATE SAMPLES SEED
include $(HERE)chars.mk
