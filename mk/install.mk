# install.mk - make install and make uninstall, below DESTDIR and PREFIX.
#
# PROGRAM_PREFIX is prepended to the names of the programs and their pages, for
# systems where names as short as tok and train are already taken:
#
#   make install PROGRAM_PREFIX=unroll-

PROGRAM_PREFIX ?=
INSTALL ?= install
bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib/unroll
mandir = $(PREFIX)/share/man
docdir = $(PREFIX)/share/doc/unroll
sharedir = $(PREFIX)/share/unroll
completiondir = $(PREFIX)/share/bash-completion/completions

SCRIPTS := $(wildcard pipelines/*.sh)
MAKES := $(wildcard pipelines/*.mk)
DATA := data/comments.csv data/names.txt
PAGES := $(wildcard man/*.5 man/*.7)

# Everything that install creates and uninstall removes.
INSTALLED = $(TOOLS:%=$(bindir)/$(PROGRAM_PREFIX)%) \
	$(sort $(PLUGINS:$(BUILD)/plugins/%=$(libdir)/%) $(libdir)/libunroll-cuda.so $(libdir)/libunroll-mpi.so) \
	$(TOOLS:%=$(mandir)/man1/$(PROGRAM_PREFIX)%.1) \
	$(foreach p,$(PAGES),$(mandir)/man$(patsubst .%,%,$(suffix $p))/$(notdir $p)) \
	$(completiondir)/unroll $(TOOLS:%=$(completiondir)/$(PROGRAM_PREFIX)%) \
	$(docdir)/README.md $(docdir)/LICENSE \
	$(DATA:%=$(sharedir)/%) \
	$(SCRIPTS:pipelines/%=$(sharedir)/pipelines/%) $(MAKES:pipelines/%=$(sharedir)/pipelines/%)

# The prefix in manual pages: in names and cross-references, and in commands
# (examples, quoted commands, messages) at the start, after a pipe, a parenthesis or a quotation mark
NAMES := $(subst $(eval) ,|,$(TOOLS))
RUN := s/(^ *|\.Dl \$$ |\.Dl |\.Ql |\| |\(|-n [0-9]+ |exec |=1 |")($(NAMES))( |:|$$)/\1$(PROGRAM_PREFIX)\2\3/g
PREFIX_PAGE = sed -E -e 's/^(\.|.* )(Nm|Xr) ($(NAMES))( |$$)/\1\2 $(PROGRAM_PREFIX)\3\4/' \
	-e '/^\.(Dl|Ql) /$(RUN)' -e '/^\.Bd/,/^\.Ed/$(RUN)'
# The programs to install differ from those of the build in one object, which names the
# folder of the installed plugins.
$(BUILD)/installed/plugins.path: unless_same = $(abspath $(libdir))
$(BUILD)/installed/plugin.o: kernels/plugin.c $(BUILD)/config.mk $(BUILD)/installed/plugins.path
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(FLAGS_kernels) -DPLUGINS='"$(abspath $(libdir))"' $(addprefix -I,$(SEES_kernels)) -c -o $@ $<
$(BUILD)/installed/bin/%: $$(call program_objects,$$*) $(BUILD)/installed/plugin.o $$(call archives,$$($$*))
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) $(PIE) -o $@ $(filter-out $(if $(filter net,$($*)),,%/plugin.o),$^) $(LIBS)

# DESTDIR as a shell variable, so that its name may contain spaces and quotes
D = "$$DESTDIR"
export DESTDIR

install: all $(TOOLS:%=$(BUILD)/installed/bin/%)
	$(INSTALL) -d $(sort $(dir $(INSTALLED:%=$(D)%)))
	for t in $(TOOLS); do \
		$(INSTALL) -m 755 $(BUILD)/installed/bin/$$t $(D)$(bindir)/$(PROGRAM_PREFIX)$$t && \
		$(PREFIX_PAGE) man/$$t.1 > $(D)$(mandir)/man1/$(PROGRAM_PREFIX)$$t.1 && \
		chmod 644 $(D)$(mandir)/man1/$(PROGRAM_PREFIX)$$t.1 && \
		ln -sf unroll $(D)$(completiondir)/$(PROGRAM_PREFIX)$$t || exit 1; \
	done
	for p in $(PAGES); do \
		f=$(D)$(mandir)/man$${p##*.}/$${p##*/} && \
		$(PREFIX_PAGE) $$p > "$$f" && chmod 644 "$$f" || exit 1; \
	done
	sed 's/^_unroll_prefix=.*/_unroll_prefix=$(PROGRAM_PREFIX)/' man/completion/unroll.bash > $(D)$(completiondir)/unroll
	chmod 644 $(D)$(completiondir)/unroll
	$(INSTALL) -m 755 $(PLUGINS) $(D)$(libdir)
	$(INSTALL) -m 644 README.md LICENSE $(D)$(docdir)
	$(INSTALL) -m 644 $(DATA) $(D)$(sharedir)/data
	$(INSTALL) -m 755 $(SCRIPTS) $(D)$(sharedir)/pipelines
	for m in $(MAKES:pipelines/%=%); do \
		f=$(D)$(sharedir)/pipelines/$$m && \
		sed 's/^PROGRAM_PREFIX ?=.*/PROGRAM_PREFIX ?= $(PROGRAM_PREFIX)/' pipelines/$$m > "$$f" && \
		chmod 644 "$$f" || exit 1; \
	done

uninstall:
	rm -f $(INSTALLED:%=$(D)%)
	for d in $(sharedir)/pipelines $(sharedir)/data $(sharedir) $(docdir) $(libdir); do \
		[ ! -d $(D)$$d ] || rmdir $(D)$$d || true; \
	done
