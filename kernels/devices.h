/*
 * devices.h - the table of devices: the words of -d, and what "auto" chooses from.
 *
 * To add a device: a row below and its backend, as a plugin (plugin.h) or as a
 * function of the programs themselves; then its description in train(1).  Options,
 * messages and the choice of "auto" follow from the row:
 *
 *	name	of -d; libunroll-NAME.so is the plugin of that name
 *	open	the function that opens it (registry.c), or NULL for a plugin
 *	rate	the function that returns its peak rate (registry.c); NULL: auto never
 *		chooses it
 *	reach	the fraction of that rate that it reaches in a net's larger products
 *	latency	seconds from one kernel to the next that waits for it
 *	worth	how many times faster than another device it must be for auto
 *	chosen	reason in auto's note if it chooses this device, and
 *	passed	if it chooses another one, having asked for the rate; NULL: none
 */
#ifndef DEVICES_H
#define DEVICES_H

/* A GPU is slow to start; its figures are estimates. */
#define DEVICE_ROWS(ROW) \
	ROW("cpu", cpu_open, cpu_rate, 1, 0, 1, NULL, NULL) \
	ROW("cuda", NULL, gpu_rate, 0.35, 5e-6, 2, \
	    "the GPU is expected to need less than half the time of the threads", \
	    "the GPU is not expected to be twice as fast as the threads") \
	ROW("blas", NULL, blas_rate, 1, 0, 1, \
	    "the cpu device has no kernels for the vector instructions of this processor", NULL) \
	ROW("ref", ref_open, NULL, 0, 0, 1, NULL, NULL)

/* As an option's words, "auto|cpu|...". */
#define DEVICE_WORD(name, ...) "|" name
#define BACKEND_DEVICES "auto" DEVICE_ROWS(DEVICE_WORD)

#endif
