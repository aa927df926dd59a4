# char-rnn.mk - trains on a text with the settings of char-rnn (Andrej Karpathy,
# 2015): stacked gated cells, 50 parallel streams of characters, RMSprop, a
# learning rate that decays from the tenth epoch on, and a validation set:
#
#	make -f pipelines/char-rnn.mk TEXT=book.txt report
#	make -f pipelines/char-rnn.mk TEXT=book.txt LAYERS=3 HIDDEN=512 DROPOUT=0.5 report
#
# POINTS are epochs.  chars.mk lists the results.
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard $(HERE)variables.mk),,$(error the folder of this makefile has a space in its name; \
	rename it, or start make there))

OUT ?= char-rnn
CELL ?= lstm
LAYERS ?= 2
HIDDEN ?= 128
DROPOUT ?= 0
RATE ?= 0.002
DECAY ?= 0.97
DECAY_AFTER ?= 10
CHUNK ?= 50
STREAMS ?= 50
# char-rnn clips at 5 a gradient averaged over its 50 streams; train sums them
CLIP ?= 250
VALID ?= 0.05
SEED ?= 123
POINTS ?= 1 10 50
LENGTH ?= 500
override READ := cat
override UNIT := stream
override BY := -e
override WHAT := epoch
override TRAIN = -c "$$CELL" -L "$$LAYERS" -H "$$HIDDEN" -p "$$DROPOUT" -O rmsprop -r "$$RATE" -S decay \
	-f "$$DECAY" -F "$$DECAY_AFTER" -T "$$CHUNK" -B "$$STREAMS" -k "$$CLIP" $(if $(VALID),-v "$$VALID") -E 1 -s "$$SEED"
override SAMPLE := -M "$$LENGTH"
override SETTINGS := CELL CHUNK CLIP DECAY DECAY_AFTER DROPOUT HIDDEN LAYERS LENGTH RATE SEED STREAMS
include $(HERE)chars.mk
