/*
 * line_form.c - the form of lines as text.
 */
#include <stdio.h>
#include <string.h>

#include "line_form.h"

static const struct {
	const char *text;
	struct line_form form;
} forms[] = {
	{ "empty", { .empty = true } },
	{ "ids", { .ids = true } },
	{ "empty,ids", { .empty = true, .ids = true } },
};
enum { NFORMS = sizeof(forms) / sizeof(forms[0]) };

bool
line_form_parse(struct line_form *form, const char *p, size_t len)
{
	for (int i = 0; i < NFORMS; i++) {
		if (strlen(forms[i].text) != len || memcmp(forms[i].text, p, len) != 0)
			continue;
		*form = forms[i].form;
		return true;
	}
	return false;
}

const char *
line_form_field(const struct line_form *form, char out[LINE_FORM_FIELD])
{
	out[0] = '\0';
	for (int i = 0; i < NFORMS; i++)
		if (forms[i].form.empty == form->empty && forms[i].form.ids == form->ids)
			snprintf(out, LINE_FORM_FIELD, " lines=%s", forms[i].text);
	return out;
}
