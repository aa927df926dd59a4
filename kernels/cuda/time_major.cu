/*
 * time_major.cu - see time_major.h.
 */
#include "time_major.h"

bool
cuda_upload_order(struct backend *k, const struct batch *b, struct order *o)
{
	size_t t = (size_t)b->t, n = 3 * t + (size_t)b->nseq + 1, all;
	int32_t *host, *dev;

	o->t = b->t;
	o->steps = batch_longest(b);
	all = n + (size_t)o->steps + 1;
	host = (int32_t *)cuda_host(k, all * sizeof(*host));
	if (host == NULL)
		return false;
	o->offset = host + n;
	launch_order(b, host, host + t, host + 2 * t, host + n);
	for (int i = 0; i <= b->nseq; i++)
		host[3 * t + i] = b->start[i];
	dev = (int32_t *)cuda_upload(k, BUFFER_START, host, all * sizeof(*host));
	if (dev == NULL)
		return false;
	o->row = dev;
	o->seq = dev + t;
	o->position = dev + 2 * t;
	o->start = dev + 3 * t;
	o->first = dev + n;
	return true;
}
