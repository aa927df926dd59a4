# wildml.mk - Denny Britz's tutorial ("Recurrent Neural Networks Tutorial, Part
# 2", 2015) as a chain of files; on the right, the variables each depends on:
#
#   make -f pipelines/wildml.mk CSV=comments.csv [HIDDEN=100 ...]
#   make -f pipelines/wildml.mk CSV=comments.csv report
#
#   tokens      one sentence on each line          TOK_FLAGS
#   vocab.tsv   the vocabulary                     VOCAB
#   train.index the sentences as indexes
#   model.npz   the model; loss.log has its losses HIDDEN BPTT RATE EVERY SEED LIMIT EPOCHS
#   samples.txt new sentences                      SAMPLES SHORTEST TEMPERATURE SAMPLE_SEED
#   report      prints the tutorial's experiment on 100 sentences: its figures, yours
#
# All of them are in OUT.  A file is made again when a file or a variable that it
# depends on has changed.  Training resumes after an interruption, and when more
# EPOCHS are requested.  CSV may contain spaces, quotes and dollar signs, OUT may not.

OUT ?= wildml
TOK_FLAGS ?=
VOCAB ?= 8000
HIDDEN ?= 100
BPTT ?= 4
RATE ?= 0.005
EPOCHS ?= 100
EVERY ?= 5
SEED ?= 10
LIMIT ?= 0
SAMPLES ?= 10
SHORTEST ?= 7
TEMPERATURE ?= 1
SAMPLE_SEED ?= 10
THREADS ?= 0

HERE := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard $(HERE)variables.mk),,$(error the folder of this makefile has a space in its name; \
	rename it, or start make there))
include $(HERE)variables.mk
VARIABLES := CSV TOK_FLAGS VOCAB HIDDEN BPTT RATE EPOCHS EVERY SEED LIMIT SAMPLES SHORTEST TEMPERATURE \
	SAMPLE_SEED THREADS

.PHONY: all report
all: $(OUT)/samples.txt

include $(HERE)words.mk

$(call stamp,model,$(HIDDEN) $(BPTT) $(RATE) $(EVERY) $(SEED) $(LIMIT))
$(call stamp,epochs,$(EPOCHS))
$(call stamp,samples,$(SAMPLES) $(SHORTEST) $(TEMPERATURE) $(SAMPLE_SEED))

$(OUT)/model.npz: $(OUT)/train.index $(OUT)/.model $(OUT)/.epochs
	$(HERE)learn.sh $(OUT) "$$EPOCHS" -j "$$THREADS" -H "$$HIDDEN" -b "$$BPTT" -r "$$RATE" -E "$$EVERY" \
		-s "$$SEED" -n "$$LIMIT"

$(OUT)/samples.txt: $(OUT)/model.npz $(OUT)/.samples
	$(P)sample -n "$$SAMPLES" -m "$$SHORTEST" -T "$$TEMPERATURE" -s "$$SAMPLE_SEED" $(OUT)/model.npz | $(P)decode -d > $@

# The tutorial's experiment: the first 100 sentences, 10 epochs, double precision as
# in NumPy.
$(OUT)/first-100.log: $(OUT)/train.index
	$(P)train -q -D -j "$$THREADS" -n 100 -H 100 -b 4 -r 0.005 -s 10 -e 9 -E 1 \
		-o $(OUT)/first-100.npz $(OUT)/train.index > $@

report: $(OUT)/first-100.log
	@$(HERE)report.sh $(OUT)
