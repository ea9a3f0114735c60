# SPDX-License-Identifier: MIT
#
# make              builds build/supd, build/supctl, build/counter, examples
# make run          the counting worker under supd, in the foreground
# make test         every test; installs what is missing first
# make help         the other targets
#
# Variants live beside each other: V=plain (default), san (address and
# undefined behaviour sanitizers), cov (coverage), ana (gcc -fanalyzer).

V ?= plain
ifeq ($(filter $(V),plain san cov ana),)
$(error V is one of: plain san cov ana)
endif

ifeq ($(origin CC),default)
CC = gcc
endif
ifeq ($(origin AR),default)
AR = ar
endif
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
INSTALL ?= install
PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/supd
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSCONFDIR ?= /etc

VERSION := $(shell sed -n 's/.*SUPD_VERSION "\(.*\)"/\1/p' supervisor/version.h)
SOVERSION := 0

# What to install on Debian for each purpose (.ci/deps).
BUILD_DEPS := gcc libc6-dev libev-dev libinih-dev libjansson-dev
TEST_DEPS := libcmocka-dev bats python3 mandoc procps util-linux strace \
	systemd spin tmux
LINT_DEPS := clang clang-tidy clang-format cppcheck shellcheck mandoc
OTP_DEPS := erlang-base python3

# --- flags -----------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wcast-qual -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wformat=2 -Wundef -Wvla -Wswitch-enum \
	-Wimplicit-fallthrough $(if $(WERROR),-Werror)
LANGUAGE := -std=c17 -D_GNU_SOURCE -Isupervisor -Iworker
HARDENING := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
# Unwind tables are a seventh of the program, and there is nothing to unwind.
VARIANT_plain := $(HARDENING) -fno-asynchronous-unwind-tables
VARIANT_san := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
VARIANT_cov := --coverage -O0
VARIANT_ana := -fanalyzer

ALL_CFLAGS = $(LANGUAGE) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(VARIANT_$(V)) \
	-MMD -MP
ALL_LDFLAGS = $(CFLAGS) $(VARIANT_$(V)) -Wl,-z,relro,-z,now $(LDFLAGS)
SUPD_LIBS := -lev -linih -ljansson
TEST_LIBS := -lcmocka $(SUPD_LIBS) -lm

VERBOSE ?=
Q := $(if $(VERBOSE),,@)
say = $(if $(VERBOSE),,@printf '%-4s %s\n' $(1) $(2))

# --- files -----------------------------------------------------------------

B := build/$(V)
MAINS := $(wildcard supervisor/supd.c supervisor/supctl.c)
SUPD_SRC := $(filter-out $(MAINS),$(wildcard supervisor/*.c \
	supervisor/core/*.c supervisor/os/*.c))
COUNTER_SRC := $(wildcard worker/counter*.c worker/pair*.c)
WORKER_SRC := $(filter-out $(COUNTER_SRC),$(wildcard worker/*.c))
EXAMPLE_SRC := $(wildcard worker/examples/*.c)
EXAMPLE_LIB := $(filter %_lib.c,$(EXAMPLE_SRC))
MANUALS := $(wildcard supervisor/*.[1-8] conf/*.[1-8] worker/*.[1-8])
UNITS := conf/supd.service conf/supd@.service

# Programs of tests/fault and tests/e2e are called fault_NAME and e2e_NAME.
# Helpers of a folder, here and in worker/examples: *_lib.c is linked into each
# of its programs; *_helper.c is a program that is no test.
TEST_SRC := $(wildcard tests/unit/*.c tests/property/*.c tests/fault/*.c \
	tests/otp/*.c tests/otp/links/*.c tests/e2e/*.c)
TEST_MAINS := $(filter-out %_lib.c,$(TEST_SRC))
test_program = $(foreach s,$(1),$(B)/tests/$(if \
	$(filter tests/fault/%,$(s)),fault_)$(if \
	$(filter tests/e2e/%,$(s)),e2e_)$(basename $(notdir $(s))))

object = $(patsubst %.c,$(B)/obj/%.o,$(1))
PROGRAMS := $(addprefix $(B)/,$(basename $(notdir $(MAINS) \
	$(wildcard worker/counter.c))))
EXAMPLES := $(patsubst worker/%.c,$(B)/%,$(filter-out $(EXAMPLE_LIB),\
	$(EXAMPLE_SRC)))
LIBRARIES := $(if $(WORKER_SRC),$(B)/libsupworker.a $(B)/libsupworker.so)
TESTS := $(call test_program,$(TEST_MAINS))
OBJECTS := $(call object,$(SUPD_SRC) $(MAINS) $(WORKER_SRC) $(EXAMPLE_SRC) \
	$(TEST_SRC) $(COUNTER_SRC))

# --- building --------------------------------------------------------------

all: $(PROGRAMS) $(EXAMPLES) $(LIBRARIES)
ifeq ($(V),plain)
all: $(PROGRAMS:$(B)/%=build/%) $(EXAMPLES:$(B)/%=build/%)
endif

build/%: build/plain/%
	$(Q)mkdir -p $(@D) && ln -f $< $@

$(B)/supd $(B)/supctl: $(B)/%: $(B)/obj/supervisor/%.o $(B)/libsupd.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ $(SUPD_LIBS)

$(B)/counter: $(call object,$(COUNTER_SRC) supervisor/words.c) \
		$(B)/libsupworker.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^

$(EXAMPLES): $(B)/%: $(B)/obj/worker/%.o $(call object,$(EXAMPLE_LIB)) \
		$(B)/libsupworker.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^

$(B)/libsupd.a: $(call object,$(SUPD_SRC))
$(B)/libsupworker.a: $(call object,$(WORKER_SRC))
# q, not r: core/ and os/ may have files of the same name.
%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

$(B)/libsupworker.so: $(call object,$(WORKER_SRC))
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared \
		-Wl,-soname,libsupworker.so.$(SOVERSION) -o $@ $^

$(B)/obj/worker/%.o: worker/%.c | build/.deps-build
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -c -o $@ $<

$(call object,$(TEST_SRC)): | build/.deps-test
$(B)/obj/%.o: %.c | build/.deps-build
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -fPIE -c -o $@ $<

# Taken in by .incbin, which no compiler lists.
$(B)/obj/supervisor/interface.o: supervisor/org.supd.Supervisor.varlink

# $(1): a test's source
define test_rule
$(call test_program,$(1)): $(call object,$(1) $(filter $(dir $(1))%_lib.c,\
		$(TEST_SRC))) $(B)/libsupd.a $(B)/libsupworker.a
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -pie -o $$@ $$^ $$(TEST_LIBS)
endef
$(foreach t,$(TEST_MAINS),$(eval $(call test_rule,$(t))))

tests: all $(TESTS)

-include $(OBJECTS:.o=.d)

# --- dependencies ----------------------------------------------------------

deps: build/.deps-build build/.deps-test build/.deps-lint

build/.deps-build: DEPS = $(BUILD_DEPS)
build/.deps-test: DEPS = $(BUILD_DEPS) $(TEST_DEPS)
build/.deps-lint: DEPS = $(BUILD_DEPS) $(LINT_DEPS)
build/.deps-otp: DEPS = $(BUILD_DEPS) $(OTP_DEPS)
build/.deps-%: Makefile .ci/deps
	@mkdir -p build
	@.ci/deps $(DEPS)
	@touch $@

# One apt-get at a time.
build/.deps-test: | build/.deps-build
build/.deps-lint: | build/.deps-build
build/.deps-otp: | build/.deps-test

# --- running ---------------------------------------------------------------

run: all
	@exec env PATH="$(CURDIR)/build:$$PATH" build/supd -c conf/phoenix.ini

# --- checking --------------------------------------------------------------

# Everything, as root and again as an ordinary user where we are root.
test: tests
	@tests/run -u $(B)

unit fault e2e model links: tests
	@tests/run -o $@ $(B)

# The stored traces of a real Erlang supervisor; `make otp` makes them anew.
otp: tests build/.deps-otp
	@tests/otp/run.sh --erl $(B)
	@tests/otp/links/run.sh --erl $(B)

san:
	@$(MAKE) --no-print-directory V=san tests
	@tests/run -o unit,property,otp,links,e2e build/san

cov:
	@$(MAKE) --no-print-directory V=cov tests
	@tests/run -o unit,property,otp build/cov
	@tests/lint/coverage.sh build/cov

# Random kills, each kind of sink; SOAK='--kills N --seconds N --seed N NAME...'
SOAK ?= --kills 20000 --seconds 3600
soak: tests
	@$(B)/tests/fault_soak $(SOAK)

# Restarts, takeovers, memory and checkpoints beside the barest way to do each;
# no part of the tests.
bench: all $(addprefix $(B)/tests/,bench bench_child bench_worker \
		bench_save)
	@tests/bench/run.sh $(B)

$(B)/tests/bench: tests/bench/bench.c tests/bench/bench.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $<

$(B)/tests/bench_worker $(B)/tests/bench_save: $(B)/tests/bench_%: \
		tests/bench/%.c tests/bench/bench.h $(B)/libsupworker.a
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< $(B)/libsupworker.a

$(B)/tests/bench_child: tests/bench/child.c tests/bench/bench.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LANGUAGE) $(WARNINGS) -O2 -static -nostdlib \
		-fno-stack-protector -o $@ $<

lint: build/.deps-lint
	@tests/lint/lint.sh $(LANGUAGE) $(WARNINGS)

layers: $(call object,$(SUPD_SRC))
	@tests/lint/layers.sh $(B)

format: build/.deps-lint
	clang-format -i $$(git ls-files '*.c' '*.h')

# --- installing ------------------------------------------------------------

# The example files name no path; units and supworker.pc do.
SUBSTITUTE = sed -e 's|@BINDIR@|$(BINDIR)|g' -e 's|@LIBDIR@|$(LIBDIR)|g' \
	-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|g' -e 's|@PREFIX@|$(PREFIX)|g' \
	-e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' -e 's|@VERSION@|$(VERSION)|g'
D = $(DESTDIR)
SO := libsupworker.so
CONFIG = $(D)$(SYSCONFDIR)/supd/phoenix.ini

# A configuration that is already there is the user's.
install: all
	$(INSTALL) -d $(D)$(BINDIR) $(D)$(LIBDIR)/pkgconfig $(D)$(INCLUDEDIR) \
		$(D)$(DOCDIR)/examples $(D)$(COMPLETIONDIR) $(D)$(UNITDIR) \
		$(D)$(SYSCONFDIR)/supd
	$(INSTALL) -m 755 $(PROGRAMS) $(D)$(BINDIR)
	$(INSTALL) -m 644 $(B)/libsupworker.a $(D)$(LIBDIR)
	$(INSTALL) -m 755 $(B)/$(SO) $(D)$(LIBDIR)/$(SO).$(VERSION)
	ln -sf $(SO).$(VERSION) $(D)$(LIBDIR)/$(SO).$(SOVERSION)
	ln -sf $(SO).$(SOVERSION) $(D)$(LIBDIR)/$(SO)
	$(INSTALL) -m 644 worker/supworker.h $(D)$(INCLUDEDIR)
	$(SUBSTITUTE) worker/supworker.pc.in \
		> $(D)$(LIBDIR)/pkgconfig/supworker.pc
	for page in $(MANUALS); do \
		$(INSTALL) -D -m 644 -t $(D)$(MANDIR)/man$${page##*.} $$page || \
			exit 1; \
	done
	$(INSTALL) -m 644 conf/supctl.bash $(D)$(COMPLETIONDIR)/supctl
	$(INSTALL) -m 644 README.md LICENSE $(D)$(DOCDIR)
	$(INSTALL) -m 644 conf/*.ini conf/tour.md $(D)$(DOCDIR)/examples
	test -e $(CONFIG) || $(INSTALL) -m 644 conf/phoenix.ini $(CONFIG)
	for unit in $(UNITS); do \
		$(SUBSTITUTE) $$unit > $(D)$(UNITDIR)/$${unit##*/} || exit 1; \
	done

# Leaves the configuration and what the programs have written.
uninstall:
	rm -f $(PROGRAMS:$(B)/%=$(D)$(BINDIR)/%) $(D)$(INCLUDEDIR)/supworker.h \
		$(D)$(LIBDIR)/libsupworker.* $(D)$(COMPLETIONDIR)/supctl \
		$(D)$(LIBDIR)/pkgconfig/supworker.pc \
		$(UNITS:conf/%=$(D)$(UNITDIR)/%)
	for page in $(notdir $(MANUALS)); do \
		rm -f $(D)$(MANDIR)/man$${page##*.}/$$page; \
	done
	rm -rf $(D)$(DOCDIR)

dist:
	@mkdir -p build
	git archive --prefix=supd-$(VERSION)/ -o build/supd-$(VERSION).tar.gz HEAD
	@echo build/supd-$(VERSION).tar.gz

clean:
	rm -rf build

help:
	@sed -n '3,/^$$/s/^# \?//p' Makefile
	@echo 'unit fault e2e model links  a part of the tests'
	@echo 'otp                makes the traces of real Erlang anew (erlang-base)'
	@echo 'soak               20,000 random kills, the output verified'
	@echo 'san                the tests under ASan and UBSan'
	@echo 'lint layers cov    linters; who may use what; coverage'
	@echo 'bench              restarts, takeovers, checkpoints beside the barest way'
	@echo 'install uninstall  DESTDIR=, PREFIX=/usr/local'
	@echo 'deps dist format clean'

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all tests deps run test unit fault e2e model links otp san cov lint \
	layers bench soak format install uninstall dist clean help
