# vanish.mk - how gradients vanish ("Recurrent Neural Networks Tutorial, Part 3"): trains
# a plain network, a GRU and an LSTM on one text, and compares how far back the loss at
# a word reaches in each; on the right, the variables each file depends on:
#
#   make -f pipelines/vanish.mk report
#   make -f pipelines/vanish.mk CSV=comments.csv HIDDEN=100 'CELLS=rnn lstm' report
#
#   train.index     the sentences as indexes       TOK_FLAGS VOCAB
#   CELL/model.npz  a network for each of CELLS    HIDDEN LAYERS BPTT RATE BATCH SEED EPOCHS
#   CELL.tsv        its norms of gradients         LAGS WORDS
#   ratios.tsv      the ratios to k = 0, side by side
#   report          draws them; with gnuplot also vanish.svg and vanish.png
#
# All of them are in OUT.  A file is made again when a file or a variable that it
# depends on has changed.  The default CSV is the one that comes with the programs.  CSV
# may contain spaces, quotes and dollar signs, OUT and CELLS may not.
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard $(HERE)variables.mk),,$(error the folder of this makefile has a space in its name; \
	rename it, or start make there))

CSV ?= $(wildcard $(HERE)../data/comments.csv)
OUT ?= vanish
CELLS ?= rnn gru lstm
TOK_FLAGS ?=
VOCAB ?= 1000
HIDDEN ?= 64
LAYERS ?= 1
BPTT ?= 50
RATE ?= 0.005
BATCH ?= 8
SEED ?= 10
EPOCHS ?= 10
LAGS ?= 50
WORDS ?= 2000
THREADS ?= 0

include $(HERE)variables.mk
VARIABLES := CSV TOK_FLAGS VOCAB HIDDEN LAYERS BPTT RATE BATCH SEED EPOCHS LAGS WORDS THREADS
$(call literal,$(VARIABLES) CELLS)
export $(VARIABLES)
$(call file_name,CSV)
$(if $(call specials,$(SPECIAL) /,$(CELLS)),$(error CELLS: '$(CELLS)' has a special character; \
	give names of cells, such as 'rnn lstm'))

ifeq ($(CSV),)
$(error CSV is not given; try: make -f $(firstword $(MAKEFILE_LIST)) CSV=comments.csv)
endif

.PHONY: all report
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

all: $(OUT)/ratios.tsv

$(call stamp,text,$(CSV) $(TOK_FLAGS) $(VOCAB))
$(call stamp,model,$(HIDDEN) $(LAYERS) $(BPTT) $(RATE) $(BATCH) $(SEED))
$(call stamp,epochs,$(EPOCHS))
$(call stamp,norms,$(LAGS) $(WORDS))
$(call stamp,cells,$(CELLS))

$(OUT)/train.index: $(call escaped,$(CSV)) $(OUT)/.text
	$(P)tok $$TOK_FLAGS -- "$$CSV" | $(P)vocab -n "$$VOCAB" | $(P)encode > $@

$(OUT)/%/train.index: $(OUT)/train.index
	@mkdir -p $(@D)
	@cp $< $@

$(OUT)/%/model.npz: $(OUT)/%/train.index $(OUT)/.model $(OUT)/.epochs
	$(HERE)learn.sh $(@D) "$$EPOCHS" -j "$$THREADS" -c $* -L "$$LAYERS" -H "$$HIDDEN" -m "$$HIDDEN" \
		$(if $(filter rnn,$*),-b "$$BPTT") -O adam -r "$$RATE" -B "$$BATCH" -K 5 -E 0 -s "$$SEED"

$(CELLS:%=$(OUT)/%.tsv): $(OUT)/%.tsv: $(OUT)/%/model.npz $(OUT)/.norms
	$(P)cells --gradient --lags "$$LAGS" -n "$$WORDS" -j "$$THREADS" $< $(OUT)/train.index > $@

$(OUT)/ratios.tsv: $(CELLS:%=$(OUT)/%.tsv) $(OUT)/.cells
	@$(HERE)vanish.sh -t $(CELLS:%=$(OUT)/%.tsv) > $@

report: $(OUT)/ratios.tsv
	@if command -v gnuplot > /dev/null; then \
		$(HERE)vanish.sh -o $(OUT)/vanish $(CELLS:%=$(OUT)/%.tsv) && \
		$(HERE)vanish.sh $(CELLS:%=$(OUT)/%.tsv) && echo; \
	fi
	@awk -F '\t' 'NR == 1 || $$1 <= 5 || $$1 % 5 == 0 { printf "%4s", $$1; \
		for (i = 2; i <= NF; i++) printf "%16s", $$i; print "" }' $(OUT)/ratios.tsv
