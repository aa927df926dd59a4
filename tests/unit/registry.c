/*
 * registry: which device "auto" takes on machines other than this one, one on each line:
 * the device and the reason that it gives for the choice.
 */
#include <stdio.h>

#include "registry.h"

static void
print_choice(const char *what, struct machine m)
{
	const char *why = NULL;
	struct backend *k = registry_open_auto(&m, &why);

	printf("%s: %s, %s\n", what, k ? k->name : "none", why ? why : "no reason");
	if (k)
		k->close(k);
}

int
main(void)
{
	for (int real = REAL_F32; real <= REAL_F64; real++) {
		enum real_type r = (enum real_type)real;

		print_choice("vectors", (struct machine){ r, 1, true, false, NULL });
		print_choice("none", (struct machine){ r, 2, false, false, NULL });
		print_choice("named", (struct machine){ r, 1, false, true, NULL });
	}
	return 0;
}
