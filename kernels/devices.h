/*
 * devices.h - the table of devices: the words of -d, and what "auto" chooses from.
 *
 * To add a device: a row below and its backend, as a plugin (plugin.h) or as a
 * function of the programs themselves; then its description in train(1).  Options,
 * messages and the choice of "auto" follow from the row:
 *
 *	name	of -d; libunroll-NAME.so is the plugin of that name
 *	open	the function that opens it (registry.h), or NULL: its plugin does
 *	rate	the function that says how much it can do (registry.h); NULL: auto
 *		never takes it
 *	worth	auto takes it if it can do so many times as much as any other
 *	chosen	why, for the note, if auto takes it, and
 *	passed	if auto does not; NULL: no note
 */
#ifndef DEVICES_H
#define DEVICES_H

/* A GPU loses more of its rate on work as small as a sentence, and takes time to start. */
#define DEVICE_ROWS(ROW) \
	ROW("cpu", cpu_open, cpu_rate, 1, NULL, NULL) \
	ROW("cuda", NULL, gpu_rate, 4, \
	    "the GPU can do over four times as much a second as these processors", \
	    "the GPU cannot do four times as much a second as these processors") \
	ROW("blas", NULL, blas_rate, 1, \
	    "the cpu device does not know this processor's vector instructions", NULL) \
	ROW("ref", ref_open, NULL, 0, NULL, NULL)

/* As an option's words, "auto|cpu|...". */
#define DEVICE_WORD(name, ...) "|" name
#define BACKEND_DEVICES "auto" DEVICE_ROWS(DEVICE_WORD)

#endif
