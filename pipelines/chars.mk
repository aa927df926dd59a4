# chars.mk - trains a model of characters and samples from it; included by
# min-char.mk, char-rnn.mk and names.mk, which set their own variables first.
#
#	train.index	the text as indexes; vocab.tsv is its vocabulary
#	at-POINT.npz	the model at each of the POINTS of training
#	at-POINT.txt	a sample from that model
#	best.npz	the model with the lowest validation loss, and best.txt, its
#			sample, if there is a validation set
#	loss.log	the losses up to the last point
#	report		prints the loss curve and the samples side by side; writes
#			cells.html, which shows what single units respond to, and
#			with gnuplot loss.svg and loss.png
#
# All of them are in OUT.  A file is made again when a file or a variable that it
# depends on has changed.  Interrupted training resumes where it stopped, and a
# later point continues from the last one.  POINTS may be in any order.  TEXT and
# PRIME may contain spaces, quotes and dollar signs, OUT may not.

TOK_FLAGS ?=
SAMPLE_SEED ?= 10
TEMPERATURE ?= 1
PRIME ?=
UNITS ?= 8
CELLS_LENGTH ?= 4000
THREADS ?= 0

include $(HERE)variables.mk
VARIABLES := TEXT PRIME TOK_FLAGS SAMPLE_SEED TEMPERATURE UNITS CELLS_LENGTH THREADS VALID POINTS $(SETTINGS)
$(call literal,$(VARIABLES))
export $(VARIABLES)
$(call file_name,TEXT)

ifeq ($(TEXT),)
$(error TEXT is not given; try: make -f $(firstword $(MAKEFILE_LIST)) TEXT=book.txt)
endif

# Training proceeds from point to point in ascending order.
not_digits = $(subst 0,,$(subst 1,,$(subst 2,,$(subst 3,,$(subst 4,,$(subst 5,,$(subst 6,,$(subst \
	7,,$(subst 8,,$(subst 9,,$1))))))))))
$(foreach p,$(POINTS),$(if $(call not_digits,$p),$(error POINTS: '$p' is not a whole number)))
override POINTS := $(shell printf '%s\n' $(POINTS) | sort -n -u)

.PHONY: all report
.DELETE_ON_ERROR:
.SUFFIXES:

# The models that are sampled from; the last one is the final result.
MODELS := $(POINTS:%=at-%) $(if $(VALID),best)
LAST := $(lastword $(MODELS))
all: $(MODELS:%=$(OUT)/%.txt) $(OUT)/loss.log

$(call stamp,text,$(TEXT) $(TOK_FLAGS) $(UNIT))
$(call stamp,model,$(foreach v,VALID $(filter-out SAMPLES LENGTH,$(SETTINGS)),$v=$($v)))
$(call stamp,samples,$(SAMPLE_SEED) $(TEMPERATURE) $(LENGTH) $(SAMPLES) $(PRIME))

# In a stream, line ends are characters; otherwise each line is a sentence.
ENDS := $(if $(filter stream,$(UNIT)),-S)

$(OUT)/train.index: $(call escaped,$(TEXT)) $(OUT)/.text
	$(READ) < "$$TEXT" | $(P)tok -C $(ENDS) $$TOK_FLAGS | $(P)vocab $(ENDS) -n 0 \
		-o $(OUT)/vocab.tsv | $(P)encode > $@

# point POINT,PREVIOUS: continues from the previous point, or resumes its own
# interrupted run (part-POINT.npz) if that is newer than what it depends on
define point
$(OUT)/at-$(1).npz: $(OUT)/train.index $(OUT)/.model $(if $(2),$(OUT)/at-$(2).npz)
	@part=$(OUT)/part-$(1).npz; \
	if [ -e $$$$part ] && [ $$$$part -nt $(OUT)/train.index ] && [ $$$$part -nt $(OUT)/.model ] \
	    $(if $(2),&& [ $$$$part -nt $(OUT)/at-$(2).npz ]); then \
		echo "resuming from $$$$part" >&2; set -- -R "$$$$part"; \
	else \
		rm -f $(OUT)/at-$(1).* $(OUT)/part-$(1).*; \
		set -- $(if $(2),-R $(OUT)/at-$(2).npz,$$(TRAIN)); \
	fi; \
	echo "$(P)train $$$$* $(BY) $(1) -o $$$$part $(OUT)/train.index" >&2; \
	$(P)train "$$$$@" -j "$$$$THREADS" $(BY) $(1) -o $$$$part $(OUT)/train.index >> $(OUT)/at-$(1).log
	@[ ! -e $(OUT)/part-$(1).best.npz ] || mv $(OUT)/part-$(1).best.npz $(OUT)/at-$(1).best.npz
	@mv $(OUT)/part-$(1).npz $$@
endef
before :=
$(foreach p,$(POINTS),$(eval $(call point,$p,$(before)))$(eval before := $p))

# The model with the lowest validation loss, from the last point that improved on it.
$(OUT)/best.npz: $(POINTS:%=$(OUT)/at-%.npz)
	@for p in $(POINTS); do \
		[ ! -e $(OUT)/at-$$p.best.npz ] || cp $(OUT)/at-$$p.best.npz $@; \
	done

$(MODELS:%=$(OUT)/%.txt): %.txt: %.npz $(OUT)/.samples
	$(P)sample -s "$$SAMPLE_SEED" -T "$$TEMPERATURE" $(SAMPLE) $(if $(PRIME),-x "$$PRIME") $< | \
		$(P)decode > $@

$(OUT)/loss.log: $(POINTS:%=$(OUT)/at-%.npz)
	@cat $(POINTS:%=$(OUT)/at-%.log) > $@

# The units most correlated with any feature of the text, each once, best first.
$(OUT)/cells.html: $(OUT)/$(LAST).npz
	$(P)cells -f html -n "$$CELLS_LENGTH" -u "$$($(P)cells -r -n 200000 $< $(OUT)/train.index | \
		cut -f 2 | awk '!seen[$$0]++' | head -n "$$UNITS" | paste -s -d , -)" $< $(OUT)/train.index > $@

report: $(OUT)/loss.log $(MODELS:%=$(OUT)/%.txt) $(OUT)/cells.html
	@if command -v gnuplot > /dev/null; then \
		$(HERE)curves.sh -o $(OUT)/loss $(OUT)/loss.log && $(HERE)curves.sh $(OUT)/loss.log; \
	else tail -n 1 $(OUT)/loss.log; fi
	@echo
	@$(HERE)beside.sh $(foreach p,$(POINTS),'$(WHAT) $p=$(OUT)/at-$p.txt') \
		$(if $(VALID),best=$(OUT)/best.txt)
