# words.mk - a CSV file, or another text, as the indexes of its words; included by wildml.mk
# and lm.mk, which set their own variables, VARIABLES among them, and include variables.mk first.
#
#	tokens		one sentence on each line	CSV TOK_FLAGS
#	vocab.tsv	the vocabulary; vocab.log has what vocab says of it	VOCAB
#	train.index	the sentences as indexes

$(call literal,$(VARIABLES))
export $(VARIABLES)
$(call file_name,CSV)

ifeq ($(CSV),)
$(error CSV is not given; try: make -f $(firstword $(MAKEFILE_LIST)) CSV=comments.csv)
endif

.DELETE_ON_ERROR:
.SUFFIXES:

$(call stamp,tokens,$(CSV) $(TOK_FLAGS))
$(call stamp,vocab,$(VOCAB))

$(OUT)/tokens: $(call escaped,$(CSV)) $(OUT)/.tokens
	$(P)tok $$TOK_FLAGS -- "$$CSV" > $@

$(OUT)/vocab.tsv: $(OUT)/tokens $(OUT)/.vocab
	$(P)vocab -t -n "$$VOCAB" $(OUT)/tokens > $@ 2> $(OUT)/vocab.log || \
		{ cat $(OUT)/vocab.log >&2; false; }
	@cat $(OUT)/vocab.log >&2

$(OUT)/train.index: $(OUT)/vocab.tsv
	$(P)encode -v $(OUT)/vocab.tsv $(OUT)/tokens > $@
