# shards.mk - a text that several processors or machines cut and count, each a part of it:
#
#   make -j 4 -f pipelines/shards.mk CSV=comments.csv SHARDS=8
#   make -f pipelines/shards.mk CSV='one.csv two.csv' SHARDS=64 SSH=:,one,two
#
#   shard-N.tokens  one sentence on each line, of shard N    CSV SHARDS TOK_FLAGS
#   shard-N.tsv     its table
#   vocab.tsv       the vocabulary of all, as one pipe makes it   VOCAB
#   shard-N.index   the sentences of shard N as indexes
#
# All of them are in OUT.  N has as many digits as SHARDS, so that OUT/shard-*.index, the
# operands of train, are in the order of the text.  A file is whole or not there, and is made
# again when a file or a variable that it depends on has changed: after an interruption, the
# same command goes on with the shards that are missing.
#
# SSH is a list of machines for GNU parallel, with commas; ":" is this one.  The current folder
# has to be there, too, under the same name, as on a shared file system, and so do the programs.
# Without SSH, make -j distributes the work.  Neither CSV nor OUT may contain spaces.

OUT ?= shards
SHARDS ?= 4
TOK_FLAGS ?=
VOCAB ?= 8000
SSH ?=

HERE := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard $(HERE)variables.mk),,$(error the folder of this makefile has a space in its name; \
	rename it, or start make there))
SELF := $(abspath $(lastword $(MAKEFILE_LIST)))
include $(HERE)variables.mk
VARIABLES := CSV SHARDS TOK_FLAGS VOCAB
$(call literal,$(VARIABLES) SSH)
export $(VARIABLES) OUT

ifeq ($(strip $(CSV)),)
$(error CSV is not given; try: make -j 2 -f $(firstword $(MAKEFILE_LIST)) CSV=comments.csv)
endif
$(foreach f,$(CSV),$(eval FILE := $$f)$(call plain_name,FILE,CSV))
$(if $(call specials,$(filter-out :,$(SPECIAL)),$(SSH),yes),$(error SSH: '$(SSH)' is not a list of \
	machines with commas between, such as :,one,two))
NUMBERS := $(shell echo '$(call plain_name,SHARDS,SHARDS)$(SHARDS)' | grep -xE '[1-9][0-9]{0,4}' | \
	xargs -r seq -w 1)
ifeq ($(NUMBERS),)
$(error SHARDS: '$(SHARDS)' is not a number from 1 to 99999)
endif

TOKENS := $(NUMBERS:%=$(OUT)/shard-%.tokens)
TABLES := $(TOKENS:.tokens=.tsv)
INDEXES := $(TOKENS:.tokens=.index)
# those of another number of shards would be taken for this text's
OLD := $(filter-out $(TOKENS) $(TABLES) $(INDEXES),$(wildcard $(OUT)/shard-*.tokens \
	$(OUT)/shard-*.tsv $(OUT)/shard-*.index))
$(if $(OLD),$(shell rm -f $(OLD)))

.PHONY: all here there
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

all: $(if $(SSH),there,here)
here: $(INDEXES)

$(call stamp,tokens,$(CSV) $(SHARDS) $(TOK_FLAGS))
$(call stamp,vocab,$(VOCAB))

$(TOKENS): $(OUT)/shard-%.tokens: $(CSV) $(OUT)/.tokens
	$(P)tok $$TOK_FLAGS --shard $*/$(SHARDS) -- $(CSV) > $@.part
	@[ -s $@.part ] || { echo "shard $* of $(SHARDS) has no tokens; take fewer SHARDS" >&2; false; }
	@mv $@.part $@

# the whole table with the places of the words, which vocab -M needs
$(TABLES): %.tsv: %.tokens
	$(P)vocab -q -t -n 0 $< > $@.part
	@mv $@.part $@

$(OUT)/vocab.tsv: $(TABLES) $(OUT)/.vocab
	$(P)vocab -M -n "$$VOCAB" $(TABLES) > $@.part
	@mv $@.part $@

$(INDEXES): %.index: %.tokens $(OUT)/vocab.tsv
	$(P)encode -v $(OUT)/vocab.tsv $< > $@.part
	@mv $@.part $@

# Each job is a make for one shard, which does nothing where its file is there.  make's own
# options and jobs are not for other machines.
SPREAD = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL parallel --halt now,fail=1 --sshlogin $(SSH) --workdir . \
	$(foreach v,$(VARIABLES) OUT PROGRAM_PREFIX,--env $v) make -s -f $(SELF) SSH= {} :::
there:
	$(SPREAD) $(TABLES)
	env -u MAKEFLAGS -u MFLAGS make -s -f $(SELF) SSH= $(OUT)/vocab.tsv
	$(SPREAD) $(INDEXES)
