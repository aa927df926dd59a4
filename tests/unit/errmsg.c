/*
 * errmsg - shows error messages.
 *
 *	errmsg TEXT...	one message of the texts, each as it is and as a word
 *	errmsg -l N	a message of N characters of two bytes
 */
#include <stdlib.h>
#include <string.h>

#include "errmsg.h"

int
main(int argc, char *argv[])
{
	struct errmsg e = { "" };
	char word[ERRMSG_WORD];

	if (argc == 3 && strcmp(argv[1], "-l") == 0) {
		for (long n = atol(argv[2]); n > 0; n--)
			errmsg_add(&e, "\xc3\xa9");
		puts(e.text);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		errmsg_set(&e, "%s%s'%s' ", e.text, argv[i],
		    errmsg_word(word, argv[i], strlen(argv[i])));
	puts(e.text);
	return 0;
}
