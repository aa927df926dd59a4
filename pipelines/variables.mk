# variables.mk - how the variables of these makefiles reach their commands; included by all
# of them.
#
# A value that the user gives is taken literally, whatever it contains: it is not
# expanded again, and commands get it as a variable of the shell ("$$NAME"), never as a
# part of their text.  Names that make itself takes apart must be plain.

# literal NAME...: takes the values from the command line or the environment as they are
literal = $(foreach v,$1,$(if $(filter command environment,$(firstword $(origin $v))),\
	$(eval override $v := $$(value $v))))

SPECIAL := ' " ` \ ; & | < > ( ) [ ] { } * ? ! $$ = : % \#
specials = $(strip $(foreach c,$1,$(findstring $c,$2)) $(if $3,$(word 2,$2)))
# plain_name NAME,WHAT: refuses a variable with a space or a special character
plain_name = $(if $(call specials,$(SPECIAL),$($1),yes),$(error $2: '$($1)' has a space or a \
	special character ($(SPECIAL)); choose another name))
# file_name NAME: refuses the name of an input that make cannot have as a prerequisite
define newline


endef
file_name = $(if $(call specials,: % * ? [ ] \ | ; = \#,$($1))$(findstring $(newline),$($1)),$(error \
	$1: '$($1)' has a character that make does not take in a name (: % * ? [ ] \ | ; = \#); \
	rename the file))

# stamp NAME,VALUES: updates the file .NAME in OUT only if its content differs
differ = $(subst x$1,,x$2)$(subst x$2,,x$1)
stamp = $(if $(call differ,$(file <$(OUT)/.$1),$1: $2),$(file >$(OUT)/.$1,$1: $2))
# A file name with its spaces escaped, as make needs it in a rule
escaped = $(subst $() ,\ ,$(1))

# Use the programs built next to this folder, otherwise those in PATH.
PROGRAM_PREFIX ?=
$(call literal,OUT PROGRAM_PREFIX)
$(call plain_name,OUT,OUT)
$(call plain_name,PROGRAM_PREFIX,PROGRAM_PREFIX)
export PATH := $(if $(filter /%,$(HERE)),,$(CURDIR)/)$(HERE)../bin:$(PATH)
export PROGRAM_PREFIX
P := $(PROGRAM_PREFIX)
$(shell mkdir -p '$(OUT)')
