# min-char.mk - trains on a text with the settings of min-char-rnn (Andrej
# Karpathy, 2015): characters, plain hidden units with biases, chunks of 25 with
# the hidden state carried over, gradients clipped to +-5, Adagrad, and the
# smoothed loss every 100 chunks:
#
#	make -f pipelines/min-char.mk TEXT=book.txt report
#
# POINTS are chunks.  chars.mk lists the results.
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard $(HERE)variables.mk),,$(error the folder of this makefile has a space in its name; \
	rename it, or start make there))

OUT ?= min-char
HIDDEN ?= 100
CHUNK ?= 25
RATE ?= 0.1
CLIP ?= 5
SEED ?= 10
POINTS ?= 1000 10000 100000
LENGTH ?= 200
override VALID :=
override READ := cat
override UNIT := stream
override BY := -e 1000000 -N
override WHAT := chunk
override TRAIN = -c rnn -a yes -I normal -H "$$HIDDEN" -T "$$CHUNK" -b "$$CHUNK" -B 1 -O adagrad -r "$$RATE" \
	-S constant -k "$$CLIP" -E 0 -l 100 -s "$$SEED"
override SAMPLE := -M "$$LENGTH"
override SETTINGS := CHUNK CLIP HIDDEN LENGTH RATE SEED
include $(HERE)chars.mk
