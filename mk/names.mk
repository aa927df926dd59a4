# names.mk - refuses names that make or a shell would take apart.
#
# make splits lists at spaces, so neither this folder nor PREFIX can have any; of the
# characters that mean something to make or a shell, none is let through either.
# DESTDIR may be any name, since it reaches the commands as a variable of the shell.

SPECIAL := ' " ` \ ; & | < > ( ) [ ] { } * ? ! $$ = : % \#
# The special characters in $1, or its second word.
specials = $(foreach c,$(SPECIAL),$(findstring $c,$1)) $(word 2,$1)
plain_name = $(if $(strip $(call specials,$2)),$(error $1: '$2' has a space or a special character \
	($(SPECIAL)); $3))

$(call plain_name,this folder,$(CURDIR),rename it or build in another)
$(call plain_name,PREFIX,$(PREFIX),choose another (DESTDIR may have any name))
$(call plain_name,BUILD,$(BUILD),choose another)
$(call plain_name,SAN,$(SAN),name sanitizers separated by commas)
$(call plain_name,PROGRAM_PREFIX,$(PROGRAM_PREFIX),choose another)
