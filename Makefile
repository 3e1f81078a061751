# scoped-trace: `make help` lists what can be made; V=1 shows the commands.

CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
BUILD   ?= build
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)
comma   := ,
say      = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(2))
# The scripts run what was built here, on programs that the usual compiler makes: the expected
# trees have its columns.
export BUILD
# What the tool keeps between runs (cli/plan/cache.h) is not the user's here.
export XDG_CACHE_HOME := $(abspath $(BUILD))/cache
# Nor are the options that it always takes (cli/options/configuration.h).
export XDG_CONFIG_HOME := $(abspath tests/config)
unexport CC

LIBDIR  := $(PREFIX)/lib/scoped-trace
VERSION := 0.1.0

# Its folders have what only an architecture has: include/, preload/ (arch.h), cli/arch/ (machine.h).
ARCH := x86_64

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla
INCLUDES := -Iinclude -Iinclude/$(ARCH)
BASE    := -std=c11 $(WARN) -fvisibility=hidden -MMD -MP $(INCLUDES) -D_GNU_SOURCE
CLI_CFLAGS := $(BASE) -Icli -fPIE -DVERSION='"$(VERSION)"' -DLIBRARY_DIR='"$(LIBDIR)"'
CLI_LIBS   := -ldw -lelf -liberty -lzstd
TERMINAL_LIBS := -lncursesw -ltinfo
# The tool starts with every run, and so it is linked statically, which takes 2 ms off its start
# (docs/design/start.md); the planner, which few runs need, with archives of all but
# the decoder, and the browser with archives of all but the C library, which loads locales. Where an archive is missing, and with STATIC=no, the shared libraries are taken.
STATIC      ?= yes
ARCHIVES     = $(CLI_LIBS) -llzma -lbz2 -lz -lzstd

# Inside the program only general registers may be touched: a hook that clobbers a vector
# register breaks its caller (docs/design/hit.md). Loops must not become calls of
# memcpy or memset, which freestanding.c writes with a loop, and a stack protector would call
# out of the library. scripts/lint.sh looks at what was built.
PRELOAD_INCLUDES := -Ipreload -Ipreload/$(ARCH)
PRELOAD_CFLAGS := $(BASE) $(PRELOAD_INCLUDES) -fPIC -ftls-model=initial-exec -mgeneral-regs-only -fno-builtin \
	-fno-stack-protector -fno-omit-frame-pointer -fasynchronous-unwind-tables -fexceptions
ifeq (,$(findstring clang,$(shell $(CC) --version 2>/dev/null)))
PRELOAD_CFLAGS += -fno-tree-loop-distribute-patterns
endif
PRELOAD_LDFLAGS := -shared -Wl,-z,now,-z,relro,-z,nodelete,-z,initfirst,-z,noexecstack \
	-Wl,--sort-section=name -Wl,--version-script=preload/exports.map -Wl,-soname,libscoped-trace.so

# cli/ has three programs, the tool, its planner and its browser. Each takes from the archives what it
# needs: the tool from the first only, in which nothing of the others is.
CLI_SRC     := $(sort $(wildcard cli/*.c cli/*/*.c cli/commands/*/*.c cli/report/*/*.c cli/saved/*/*.c cli/symbols/*/*.c cli/trace/*/*.c cli/tree/*/*.c cli/browse/*/*.c cli/arch/$(ARCH)/*.c cli/arch/$(ARCH)/*/*.c))
TOOL_SRC    := cli/main.c cli/base/dlopen.c
PLANNER_SRC := cli/planner/main.c
OWN_OF_PLANNER := $(filter-out $(PLANNER_SRC),$(filter cli/planner/%,$(CLI_SRC))) \
	$(filter cli/arch/$(ARCH)/decoder/%,$(CLI_SRC))
BROWSER_SRC := cli/browse/main.c
OWN_OF_BROWSER := $(filter-out $(BROWSER_SRC),$(filter cli/browse/% cli/terminal/%,$(CLI_SRC)))
OF_ALL      := $(filter-out $(TOOL_SRC) $(PLANNER_SRC) $(OWN_OF_PLANNER) $(BROWSER_SRC) \
	$(OWN_OF_BROWSER),$(CLI_SRC))
PRELOAD_ROOMS := base code trace object walk root task record hook $(ARCH)
PRELOAD_SRC := preload/start.c $(sort $(foreach room,$(PRELOAD_ROOMS),$(wildcard preload/$(room)/*.[cS])))
objects_of   = $(1:%.c=$(BUILD)/obj/%.o)
CLI_OBJ     := $(call objects_of,$(CLI_SRC))
TOOL_OBJ    := $(call objects_of,$(TOOL_SRC))
PLANNER_OBJ := $(call objects_of,$(PLANNER_SRC))
BROWSER_OBJ := $(call objects_of,$(BROWSER_SRC))
CLI_ARCHIVE     := $(BUILD)/obj/cli.a
PLANNER_ARCHIVE := $(BUILD)/obj/planner.a
BROWSER_ARCHIVE := $(BUILD)/obj/browser.a
PARTS       := scoped-trace scoped-trace-plan scoped-trace-browse libscoped-trace.so
PRELOAD_OBJ := $(patsubst %,$(BUILD)/obj/%.o,$(basename $(PRELOAD_SRC)))

.PHONY: all
all: $(PARTS:%=$(BUILD)/%) ## the tool, its planner, its browser and the library

# link WITH_ARCHIVES,WITHOUT: the first if it can be had.
link = $(Q)[ $(STATIC) = yes ] && \
	$(CC) $(CFLAGS) $(LDFLAGS) -no-pie -o $@ $^ $(1) 2>$@.log || \
	$(CC) $(CFLAGS) $(LDFLAGS) -pie -o $@ $^ $(2)

$(BUILD)/scoped-trace: $(TOOL_OBJ) $(CLI_ARCHIVE)
	$(call say,LD,$@)
	$(call link,-static $(ARCHIVES),$(CLI_LIBS))

$(BUILD)/scoped-trace-plan: $(PLANNER_OBJ) $(PLANNER_ARCHIVE) $(CLI_ARCHIVE)
	$(call say,LD,$@)
	$(call link,-Wl$(comma)-Bstatic $(ARCHIVES) -Wl$(comma)-Bdynamic -lZydis,$(CLI_LIBS) -lZydis)

$(BUILD)/scoped-trace-browse: $(BROWSER_OBJ) $(BROWSER_ARCHIVE) $(CLI_ARCHIVE)
	$(call say,LD,$@)
	$(call link,-Wl$(comma)-Bstatic $(ARCHIVES) $(TERMINAL_LIBS) -Wl$(comma)-Bdynamic,$(CLI_LIBS) $(TERMINAL_LIBS))

$(CLI_ARCHIVE): $(call objects_of,$(OF_ALL))
$(PLANNER_ARCHIVE): $(call objects_of,$(OWN_OF_PLANNER))
$(BROWSER_ARCHIVE): $(call objects_of,$(OWN_OF_BROWSER))
%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/libscoped-trace.so: $(PRELOAD_OBJ) preload/exports.map
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(PRELOAD_LDFLAGS) $(LDFLAGS) -o $@ $(PRELOAD_OBJ)

$(BUILD)/obj/cli/%.o: cli/%.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CLI_CFLAGS) $(CFLAGS) -c -o $@ $<

# Objects lie in the folders of their sources.
.SECONDEXPANSION:
$(BUILD)/obj/preload/%.o: preload/%.c Makefile | $$(@D)/
	$(call say,CC,$<)
	$(Q)$(CC) $(PRELOAD_CFLAGS) $(CFLAGS) -c -o $@ $<
$(BUILD)/obj/preload/%.o: preload/%.S Makefile | $$(@D)/
	$(call say,AS,$<)
	$(Q)$(CC) $(PRELOAD_CFLAGS) $(CFLAGS) -c -o $@ $<

.PRECIOUS: $(BUILD)/%/
$(BUILD)/%/:
	$(Q)mkdir -p $@

# Unit tests: tests/unit/HALF/ROOM/test_NAME.c tests one file of that room of preload/ or cli/, and
# names on lines "// needs: ..." the sources that it is linked with, or "cli" for what it takes from
# the archives of cli/. A function that the test itself has is not taken from there. Built plainly,
# under ASan+UBSan, and under TSan where a line "// tsan: yes" asks for it.
UNIT_SRC  := $(sort $(wildcard tests/unit/*/*/test_*.c))
UNIT      := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
UNIT_ASAN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit-asan/%)
UNIT_TSAN := $(patsubst tests/unit/%.c,$(BUILD)/unit-tsan/%,$(shell grep -l '^// tsan: yes' $(UNIT_SRC)))
UNIT_CFLAGS := -std=c11 $(WARN) -D_GNU_SOURCE $(INCLUDES) -Icli $(PRELOAD_INCLUDES) -Itests/unit -g -DVERSION='"test"' \
	-DLIBRARY_DIR='"$(LIBDIR)"'
UNIT_LIBS  = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck) $(CLI_LIBS) -lZydis $(TERMINAL_LIBS)
needs      = $(shell sed -n 's,^// needs: ,,p' $(1))
# needed_from ARCHIVES,TEST: what the test is made of, where "cli" means these archives.
needed_from = $(foreach part,$(call needs,$(2)),$(if $(filter cli,$(part)),$(1),$(part)))
HEADERS   := $(wildcard include/*.h include/*/*.h cli/*.h cli/*/*.h cli/*/*/*.h cli/*/*/*/*.h preload/*.h preload/*/*.h tests/unit/*.h tests/fuzz/*.h)

# archives NAME,COMPILER,FLAGS: all of cli/ but the programs' own, built so.
define archives
$(1)_ARCHIVES := $(BUILD)/$(1)/browser.a $(BUILD)/$(1)/planner.a $(BUILD)/$(1)/cli.a
$(BUILD)/$(1)/browser.a: $(OWN_OF_BROWSER:%.c=$(BUILD)/$(1)/obj/%.o)
$(BUILD)/$(1)/planner.a: $(OWN_OF_PLANNER:%.c=$(BUILD)/$(1)/obj/%.o)
$(BUILD)/$(1)/cli.a: $(OF_ALL:%.c=$(BUILD)/$(1)/obj/%.o)
$(BUILD)/$(1)/obj/%.o: %.c Makefile $(HEADERS)
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D) && $(2) $(3) -c -o $$@ $$<
endef
ASAN := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
TSAN := -O1 -fsanitize=thread
$(eval $(call archives,unit-asan,$$(CC),$$(UNIT_CFLAGS) $$(ASAN)))
$(eval $(call archives,unit-tsan,$$(CC),$$(UNIT_CFLAGS) $$(TSAN)))
unit_ARCHIVES := $(BROWSER_ARCHIVE) $(PLANNER_ARCHIVE) $(CLI_ARCHIVE)

$(BUILD)/unit/%: tests/unit/%.c $$(call needed_from,$$(unit_ARCHIVES),tests/unit/$$*.c) $(HEADERS)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(UNIT_CFLAGS) -O2 -o $@ $(filter %.c %.S %.a,$^) $(UNIT_LIBS)
$(BUILD)/unit-asan/%: tests/unit/%.c $$(call needed_from,$$(unit-asan_ARCHIVES),tests/unit/$$*.c) \
		$(HEADERS)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(UNIT_CFLAGS) $(ASAN) -o $@ $(filter %.c %.S %.a,$^) $(UNIT_LIBS)
$(BUILD)/unit-tsan/%: tests/unit/%.c $$(call needed_from,$$(unit-tsan_ARCHIVES),tests/unit/$$*.c) \
		$(HEADERS)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(UNIT_CFLAGS) $(TSAN) -o $@ $(filter %.c %.S %.a,$^) $(UNIT_LIBS)

# The library with every walk compared to libunwind (tests/oracle/stack_oracle.c); the tool
# takes the library that lies beside it. It loads libunwind, for which others must have begun.
ORACLE_OBJ    := $(BUILD)/obj/oracle/stack_oracle.o
ORACLE        := $(PARTS:%=$(BUILD)/oracle/%)
ORACLE_CFLAGS := -std=c11 $(WARN) -MMD -MP -O2 -g -D_GNU_SOURCE $(INCLUDES) $(PRELOAD_INCLUDES) -fPIC \
	-ftls-model=initial-exec

$(ORACLE_OBJ): tests/oracle/stack_oracle.c Makefile | $(BUILD)/obj/oracle/
	$(call say,CC,$<)
	$(Q)$(CC) $(ORACLE_CFLAGS) -c -o $@ $<
$(BUILD)/oracle/libscoped-trace.so: $(PRELOAD_OBJ) $(ORACLE_OBJ) preload/exports.map \
		| $(BUILD)/oracle/
	$(call say,LD,$@)
	$(Q)$(CC) -g $(subst $(comma)-z$(comma)initfirst,,$(PRELOAD_LDFLAGS)) -Wl,--wrap=stack_hit -o $@ $(PRELOAD_OBJ) $(ORACLE_OBJ)
$(filter-out %.so,$(ORACLE)): $(BUILD)/oracle/%: $(BUILD)/% | $(BUILD)/oracle/
	$(Q)cp -f $< $@

# Fuzzing: tests/fuzz/fuzz_NAME.c is a fuzzer, which may have "// needs: ..." as the unit tests
# have; tests/fuzz/seeds_NAME.c writes the inputs that it starts from.
FUZZ_SECONDS ?= 60
FUZZ_SRC     := $(sort $(wildcard tests/fuzz/*.c))
FUZZ         := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZ_CC      ?= clang
FUZZ_CFLAGS  := -std=c11 $(WARN) -D_GNU_SOURCE $(INCLUDES) -Icli $(PRELOAD_INCLUDES) -g -O1 \
	-DVERSION='"test"' -DLIBRARY_DIR='"$(LIBDIR)"'
FUZZED       := -fno-sanitize-recover=undefined -fsanitize=address,undefined,fuzzer
$(eval $(call archives,fuzz,$$(FUZZ_CC),$$(FUZZ_CFLAGS) $$(FUZZED)-no-link))

$(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $$(call needed_from,$$(fuzz_ARCHIVES),tests/fuzz/fuzz_$$*.c) \
		$(HEADERS) | $(BUILD)/fuzz/
	$(call say,CC,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) $(FUZZED) -o $@ $(filter %.c %.a,$^) $(CLI_LIBS) -lZydis $(TERMINAL_LIBS)
$(BUILD)/fuzz/seeds_%: tests/fuzz/seeds_%.c $$(call needed_from,$$(unit_ARCHIVES),tests/fuzz/seeds_$$*.c) \
		tests/trace_builder.h $(HEADERS) | $(BUILD)/fuzz/
	$(call say,CC,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -o $@ $(filter %.c %.a,$^) $(CLI_LIBS)

# What `make check` consists of: commands that print their counts (scripts/total).
UNIT_PART := tests/unit/run $(UNIT) $(UNIT_ASAN) $(UNIT_TSAN)
E2E_PARTS := tests/entry/run tests/e2e/run tests/e2e/classes tests/e2e/sums \
	tests/e2e/bad_input tests/e2e/kept tests/e2e/saved tests/e2e/terminal tests/e2e/strangers tests/e2e/real \
	tests/e2e/places tests/e2e/calls tests/e2e/untraced tests/e2e/truth tests/e2e/endings \
	tests/e2e/browse tests/e2e/signatures tests/e2e/identity tests/e2e/memory tests/e2e/patches \
	tests/e2e/usage tests/e2e/completions tests/e2e/view tests/e2e/so_far tests/e2e/widths \
	tests/e2e/objects tests/e2e/durations tests/e2e/what tests/e2e/open_calls tests/e2e/tasks tests/e2e/watch \
	tests/e2e/by tests/e2e/now tests/e2e/fibers
ORACLES   := tests/oracle/symbols.sh tests/oracle/libraries.sh tests/oracle/stack.sh
FUZZ_PART := tests/fuzz/run $(FUZZ_SECONDS) $(filter $(BUILD)/fuzz/fuzz_%,$(FUZZ))
each       = $(foreach part,$(1),'$(part)')

.PHONY: check unit e2e oracle check-slow lint bench coverage fuzz
check: all $(UNIT) $(UNIT_ASAN) $(UNIT_TSAN) $(ORACLE) ## all tests: unit, e2e and the oracles in short form
	$(Q)scripts/total '$(UNIT_PART)' $(call each,$(E2E_PARTS) $(ORACLES))

unit: $(UNIT) $(UNIT_ASAN) $(UNIT_TSAN) ## the unit tests, plainly and under the sanitizers
	$(Q)scripts/total '$(UNIT_PART)'

e2e: all ## whole runs: the targets with their expected trees, and real programs
	$(Q)scripts/total $(call each,$(E2E_PARTS))

oracle: all $(ORACLE) ## names compared with llvm-symbolizer, libraries with ld.so, stacks with libunwind
	$(Q)scripts/total $(call each,$(ORACLES))

check-slow: all $(UNIT) $(UNIT_ASAN) $(UNIT_TSAN) $(ORACLE) $(FUZZ) ## check, and what takes long: all programs' libraries, all functions of some, two million stacks, storms of signals, deaths, a soak, fuzzing
	$(Q)scripts/total '$(UNIT_PART)' $(call each,$(E2E_PARTS) $(firstword $(ORACLES))) \
		'tests/oracle/libraries.sh 5000' 'tests/oracle/stack.sh 2000000' tests/slow/exports \
		tests/slow/now tests/slow/storms tests/slow/kills tests/slow/soak tests/slow/suites '$(FUZZ_PART)'

lint: all ## layout, static analysis, who includes and calls whom
	$(Q)scripts/lint.sh

bench: all ## what a hit costs
	$(Q)bench/run

coverage: all ## which part of a program's waiting and I/O is seen
	$(Q)bench/coverage

fuzz: $(FUZZ) ## damaged trace files, odd code, command lines and names, for FUZZ_SECONDS (60) each
	$(Q)$(FUZZ_PART)

# Where the shells look.
BASH_COMPLETION = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/scoped-trace
ZSH_COMPLETION  = $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_scoped-trace
FISH_COMPLETION = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/scoped-trace.fish

.PHONY: install uninstall clean help
install: all ## into PREFIX (/usr/local), below DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BUILD)/scoped-trace $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(BUILD)/scoped-trace-plan $(BUILD)/scoped-trace-browse $(DESTDIR)$(LIBDIR)/
	install -m 644 $(BUILD)/libscoped-trace.so $(DESTDIR)$(LIBDIR)/
	install -m 644 docs/scoped-trace.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -D -m 644 completions/scoped-trace.bash $(BASH_COMPLETION)
	install -D -m 644 completions/_scoped-trace $(ZSH_COMPLETION)
	install -D -m 644 completions/scoped-trace.fish $(FISH_COMPLETION)

uninstall: ## removes what install has put there
	rm -f $(DESTDIR)$(PREFIX)/bin/scoped-trace
	rm -f $(PARTS:%=$(DESTDIR)$(LIBDIR)/%)
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/scoped-trace.1
	rm -f $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
	-rmdir $(DESTDIR)$(LIBDIR)

clean: ## removes the build directory
	rm -rf $(BUILD)

help: ## this list
	@sed -n -E 's/^([a-z0-9-]+):.*## /\1\t/p' Makefile | expand -t 14

-include $(CLI_OBJ:.o=.d) $(PRELOAD_OBJ:.o=.d) $(ORACLE_OBJ:.o=.d)
