# chars.mk - a text as characters, a model of it, and what comes of that, as
# files; min-char.mk, char-rnn.mk and names.mk set what is theirs and include it.
#
#	train.index	the text as indexes, and vocab.tsv
#	at-POINT.npz	the model at each of the POINTS of its training,
#	at-POINT.txt	and what it writes there
#	best.npz	the model that did best on the text held out, and best.txt,
#			where there is such text
#	loss.log	the losses up to the last point
#	report		the curve of losses and the samples beside each other;
#			cells.html, what single units respond to; with gnuplot
#			loss.svg and loss.png
#
# All of them are in OUT.  A file is made again when what it depends on has
# changed, a parameter included.  Training that was interrupted goes on where it
# stopped; another point later on goes on from the last.  POINTS may be in any
# order.  TEXT may have
# spaces in its name, OUT may not; quotes may stand in neither.

READ ?= cat
TOK_FLAGS ?=
SAMPLE_SEED ?= 10
TEMPERATURE ?= 1
PRIME ?=
UNITS ?= 8
CELLS_LENGTH ?= 4000
THREADS ?= 0

# The programs: those built beside this folder, or else those in PATH.
PROGRAM_PREFIX ?=
export PATH := $(abspath $(HERE)../bin):$(PATH)
P := $(PROGRAM_PREFIX)

ifeq ($(TEXT),)
$(error TEXT is not given; try: make -f $(firstword $(MAKEFILE_LIST)) TEXT=book.txt)
endif

# Training goes from one point to the next, whatever order they were given in.
$(foreach p,$(POINTS),$(if $(shell case '$p' in (*[!0-9]*) echo no; esac),\
	$(error POINTS: '$p' is not a whole number)))
override POINTS := $(shell printf '%s\n' $(POINTS) | sort -n -u)

.PHONY: all report
.DELETE_ON_ERROR:
.SUFFIXES:

# The name of a file where make takes a space for the end of it
escaped = $(subst $() ,\ ,$(1))

# What text is sampled from; the last of them is the one to use.
MODELS := $(POINTS:%=at-%) $(if $(VALID),best)
LAST := $(lastword $(MODELS))
all: $(MODELS:%=$(OUT)/%.txt) $(OUT)/loss.log

# stamp NAME,WORDS: a file that is rewritten when the words are others than those in it
stamp = $(shell mkdir -p '$(OUT)' && { printf '%s\n' '$(2)' | cmp -s - '$(OUT)/.$(1)' || \
	printf '%s\n' '$(2)' > '$(OUT)/.$(1)'; })
$(call stamp,text,$(READ) $(TEXT) $(TOK_FLAGS) $(UNIT))
$(call stamp,model,$(TRAIN))
$(call stamp,samples,-s $(SAMPLE_SEED) -T $(TEMPERATURE) $(SAMPLE) $(PRIME))

# In a stream, ends of line are characters; of sentences, each is a line.
ENDS := $(if $(filter stream,$(UNIT)),-S)

$(OUT)/train.index: $(call escaped,$(TEXT)) $(OUT)/.text
	$(READ) '$(TEXT)' | $(P)tok -C $(ENDS) $(TOK_FLAGS) | $(P)vocab $(ENDS) -n 0 \
		-o $(OUT)/vocab.tsv | $(P)encode > $@

# point POINT,ONE BEFORE: goes on from there; a part that was left goes on by itself
define point
$(OUT)/at-$(1).npz: $(OUT)/train.index $(OUT)/.model $(if $(2),$(OUT)/at-$(2).npz)
	@part=$(OUT)/part-$(1).npz from='$(if $(2),-R $(OUT)/at-$(2).npz,$(TRAIN))'; \
	if [ -e $$$$part ] && [ $$$$part -nt $(OUT)/train.index ] && [ $$$$part -nt $(OUT)/.model ] \
	    $(if $(2),&& [ $$$$part -nt $(OUT)/at-$(2).npz ]); then \
		echo "going on with $$$$part" >&2; from="-R $$$$part"; \
	else rm -f $(OUT)/at-$(1).* $(OUT)/part-$(1).*; fi; \
	echo "$(P)train $$$$from $(BY) $(1) -o $$$$part $(OUT)/train.index" >&2; \
	$(P)train $$$$from -j $(THREADS) $(BY) $(1) -o $$$$part $(OUT)/train.index >> $(OUT)/at-$(1).log
	@[ ! -e $(OUT)/part-$(1).best.npz ] || mv $(OUT)/part-$(1).best.npz $(OUT)/at-$(1).best.npz
	@mv $(OUT)/part-$(1).npz $$@
endef
before :=
$(foreach p,$(POINTS),$(eval $(call point,$p,$(before)))$(eval before := $p))

# The best model by the text held out: that of the last point which found a better one.
$(OUT)/best.npz: $(POINTS:%=$(OUT)/at-%.npz)
	@for p in $(POINTS); do \
		[ ! -e $(OUT)/at-$$p.best.npz ] || cp $(OUT)/at-$$p.best.npz $@; \
	done

$(MODELS:%=$(OUT)/%.txt): %.txt: %.npz $(OUT)/.samples
	$(P)sample -s $(SAMPLE_SEED) -T $(TEMPERATURE) $(SAMPLE) $(if $(PRIME),-x '$(PRIME)') $< | \
		$(P)decode > $@

$(OUT)/loss.log: $(POINTS:%=$(OUT)/at-%.npz)
	@cat $(POINTS:%=$(OUT)/at-%.log) > $@

# The units that track some trait best, each once, in the order of how well.
$(OUT)/cells.html: $(OUT)/$(LAST).npz
	$(P)cells -f html -n $(CELLS_LENGTH) -u "$$($(P)cells -r -n 200000 $< $(OUT)/train.index | \
		cut -f 2 | awk '!seen[$$0]++' | head -n $(UNITS) | paste -s -d , -)" $< $(OUT)/train.index > $@

report: $(OUT)/loss.log $(MODELS:%=$(OUT)/%.txt) $(OUT)/cells.html
	@if command -v gnuplot > /dev/null; then \
		$(HERE)curves.sh -o $(OUT)/loss $(OUT)/loss.log && $(HERE)curves.sh $(OUT)/loss.log; \
	else tail -n 1 $(OUT)/loss.log; fi
	@echo
	@$(HERE)beside.sh $(foreach p,$(POINTS),'$(WHAT) $p=$(OUT)/at-$p.txt') \
		$(if $(VALID),best=$(OUT)/best.txt)
