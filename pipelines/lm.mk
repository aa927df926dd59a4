# lm.mk - a word model that is as good as the time allows, from a CSV file or a text:
#
#   make -f pipelines/lm.mk CSV=comments.csv BUDGET=10m report
#   make -f pipelines/lm.mk CSV=book.txt TOK_FLAGS='-f text' BUDGET=1h report
#
#   tokens       one sentence on each line           CSV TOK_FLAGS
#   vocab.tsv    the vocabulary                      VOCAB
#   train.index  the sentences as indexes
#   plan         epochs and options of train         BUDGET
#   model.npz    the model; loss.log has its losses  VALID SEED
#   best.npz     the one with the lowest validation loss
#   samples.txt  new sentences                       SAMPLES TEMPERATURE SAMPLE_SEED
#   report       prints the plan, the validation loss in bits a word, the curve, and samples
#
# All of them are in OUT.  BUDGET is the time for training, 1m, 10m or 1h or another number
# of seconds (s), minutes or hours: plan.sh times some steps of a few nets on this machine
# and chooses.  Another machine may get another plan; with the same plan the model is the
# same, byte for byte.  Training resumes after an interruption.

OUT ?= lm
BUDGET ?= 10m
TOK_FLAGS ?=
VOCAB ?= 8000
VALID ?= 0.05
SEED ?= 10
SAMPLES ?= 10
TEMPERATURE ?= 0.8
SAMPLE_SEED ?= 10
THREADS ?= 0

HERE := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard $(HERE)variables.mk),,$(error the folder of this makefile has a space in its name; \
	rename it, or start make there))
include $(HERE)variables.mk
VARIABLES := CSV BUDGET TOK_FLAGS VOCAB VALID SEED SAMPLES TEMPERATURE SAMPLE_SEED THREADS

.PHONY: all report
all: $(OUT)/samples.txt

include $(HERE)words.mk

$(call plain_name,BUDGET,BUDGET)
SECONDS := $(shell echo '$(BUDGET)' | awk '/^[1-9][0-9]*[smh]?$$/ { \
	print $$0 * ($$0 ~ /h/ ? 3600 : $$0 ~ /m/ ? 60 : 1) }')
ifeq ($(SECONDS),)
$(error BUDGET: '$(BUDGET)' is not a time such as 90s, 10m or 1h)
endif

$(call stamp,plan,$(BUDGET))
$(call stamp,model,$(VALID) $(SEED))
$(call stamp,samples,$(SAMPLES) $(TEMPERATURE) $(SAMPLE_SEED))

# the words of the text are its tokens and the ends of its sentences
$(OUT)/plan: $(OUT)/train.index $(OUT)/.plan
	$(HERE)plan.sh $(SECONDS) "$$(wc -wl < $(OUT)/tokens | awk '{ print $$1 + $$2 }')" \
		$(OUT)/train.index > $@.part
	@mv $@.part $@

# Another plan, seed or validation set is another model; learn.sh resumes the same one.
$(OUT)/model.npz: $(OUT)/plan $(OUT)/.model
	@cat $(OUT)/plan $(OUT)/.model | cmp -s - $(OUT)/.begun || rm -f $(OUT)/.part $(OUT)/.whole
	@cat $(OUT)/plan $(OUT)/.model > $(OUT)/.begun
	@echo "training: $$(cat $(OUT)/plan | paste -s -d ' ' -)" >&2
	@{ date +%s; [ ! -e $(OUT)/part.npz ] || echo ', since it was resumed'; } > $(OUT)/.started
	@$(HERE)learn.sh $(OUT) "$$(sed -n 's/^epochs=//p' $(OUT)/plan)" -j "$$THREADS" \
		$$(tail -n 1 $(OUT)/plan) -v "$$VALID" -s "$$SEED" -E 1 -P 3
	@echo "$$(($$(date +%s) - $$(sed -n 1p $(OUT)/.started))) seconds$$(sed -n 2p $(OUT)/.started)" > $(OUT)/time

# learn.sh leaves the best model beside its part
$(OUT)/best.npz: $(OUT)/model.npz
	@mv $(OUT)/part.best.npz $@ 2> /dev/null || cp $(OUT)/model.npz $@
	@touch $@

$(OUT)/samples.txt: $(OUT)/best.npz $(OUT)/.samples
	$(P)sample -n "$$SAMPLES" -T "$$TEMPERATURE" -s "$$SAMPLE_SEED" $(OUT)/best.npz | $(P)decode -d > $@.part
	@mv $@.part $@

report: $(OUT)/samples.txt
	@echo "$$(paste -s -d ' ' $(OUT)/plan); $$(cat $(OUT)/time)"
	@sed -n 's/.*Validation loss after .*epoch=\([0-9]*\): /\1 /p' $(OUT)/loss.log | sort -k 2g | awk 'NR == 1 { \
		printf "best validation loss %.4f, %.3f bits a word, perplexity %.1f, after epoch %d\n", \
		$$2, $$2 / log(2), exp($$2), $$1 }'
	@if command -v gnuplot > /dev/null; then $(HERE)curves.sh $(OUT)/loss.log; else tail -n 3 $(OUT)/loss.log; fi
	@cat $(OUT)/samples.txt
