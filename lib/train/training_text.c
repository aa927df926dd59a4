/*
 * training_text.c - reads index streams into corpora.
 */
#include "index_stream.h"
#include "training_text.h"

uint32_t
training_text_chunk(const struct training_text *t, enum unit unit)
{
	return t->any_unit || unit == UNIT_STREAM ? t->chunk : 0;
}

static const char *
check_stream(struct training_text *t, const struct index_reader *r)
{
	if (t->vocab.size && vocab_crc(&t->vocab) != r->crc_vocab)
		return "its vocabulary differs from that of the previous stream; encode both "
		    "with the same one";
	if (t->vocab.size && !token_rules_same(&t->vocab.rules, &r->vocab.rules))
		return "its token rules differ from those of the previous stream; cut both texts with "
		    "the same options of tok";
	if (t->stream_only && r->vocab.unit != UNIT_STREAM)
		return errmsg_set(&t->err, "-T is for streams, and this one holds sentences; omit -T, "
		    "or make the vocabulary with: %svocab -S", prog_prefix);
	return NULL;
}

static const char *
read_stream(struct training_text *t, struct corpus *c, FILE *f)
{
	struct index_reader r;
	const char *why = index_open(&r, f);

	if (why == NULL && (why = check_stream(t, &r)) == NULL) {
		c->joined = training_text_chunk(t, r.vocab.unit) > 0;
		why = corpus_read(c, &r);
	}
	if (why && why != t->err.text)
		why = errmsg_set(&t->err, "%s", why);	/* it may be in r */
	if (t->vocab.size == 0) {
		t->vocab = r.vocab;
		r.vocab = (struct vocab){ 0 };
	}
	index_close(&r);
	return why;
}

const char *
training_text_read(struct training_text *t, struct corpus *c, struct prog_inputs *in)
{
	while (prog_next_input(in)) {
		const char *why = read_stream(t, c, in->f);

		if (why)
			return errmsg_set(&t->err, "%s: %s", in->name, why);
	}
	if (c->steps == 0)
		return errmsg_set(&t->err, "%s: no sentence to train on",
		    in->argc ? in->argv[in->argc - 1] : "standard input");
	return NULL;
}

const char *
training_text_validate(struct training_text *t, double fraction, const char *file)
{
	struct prog_inputs in = { .argc = 1, .argv = (char *[]){ (char *)file } };
	const char *why = NULL;

	if (fraction > 0 && (why = corpus_split(&t->train, fraction, &t->valid)) != NULL)
		return errmsg_set(&t->err, "-v %g: %s", fraction, why);
	return file && fraction == 0 ? training_text_read(t, &t->valid, &in) : NULL;
}

void
training_text_free(struct training_text *t)
{
	corpus_free(&t->train);
	corpus_free(&t->valid);
	vocab_free(&t->vocab);
}
