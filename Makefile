# scoped-trace: `make help` lists what can be made; V=1 shows the commands.

CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
BUILD   ?= build
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)
say      = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(2))

LIBDIR  := $(PREFIX)/lib/scoped-trace
VERSION := 0.1.0

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla
BASE    := -std=c11 $(WARN) -fvisibility=hidden -MMD -MP -Iinclude -D_GNU_SOURCE
CLI_CFLAGS := $(BASE) -fPIE -DVERSION='"$(VERSION)"' -DLIBRARY_DIR='"$(LIBDIR)"'
CLI_LIBS   := -ldw -lelf -liberty

# Inside the program only general registers may be touched: a hook that clobbers a vector
# register breaks its caller (docs/architecture.md, "A hit"). unwind_foreign.c, which calls
# libunwind behind a full register save, is the exception. Loops must not become calls of
# memcpy or memset, and a stack protector would call out of the library.
PRELOAD_CFLAGS := $(BASE) -fPIC -ftls-model=initial-exec -fno-builtin -fno-stack-protector \
	-fno-omit-frame-pointer -fasynchronous-unwind-tables -fexceptions
GENERAL_REGS   := -mgeneral-regs-only
ifneq (,$(findstring clang,$(shell $(CC) --version 2>/dev/null)))
else
PRELOAD_CFLAGS += -fno-tree-loop-distribute-patterns
endif
PRELOAD_LDFLAGS := -shared -Wl,-z,now,-z,relro,-z,nodelete,-z,noexecstack \
	-Wl,--version-script=preload/exports.map -Wl,-soname,libscoped-trace.so

CLI_SRC     := $(sort $(wildcard cli/*.c))
PRELOAD_SRC := $(sort $(wildcard preload/*.c preload/*.S))
CLI_OBJ     := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
PRELOAD_OBJ := $(patsubst %,$(BUILD)/obj/%.o,$(basename $(PRELOAD_SRC)))
NOP_OBJ     := $(filter-out $(BUILD)/obj/preload/preload.o,$(PRELOAD_OBJ))

.PHONY: all
all: $(BUILD)/scoped-trace $(BUILD)/libscoped-trace.so

$(BUILD)/scoped-trace: $(CLI_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -pie -o $@ $^ $(CLI_LIBS)

$(BUILD)/libscoped-trace.so: $(PRELOAD_OBJ) preload/exports.map
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(PRELOAD_LDFLAGS) $(LDFLAGS) -o $@ $(PRELOAD_OBJ)

$(BUILD)/obj/cli/%.o: cli/%.c Makefile | $(BUILD)/obj/cli/
	$(call say,CC,$<)
	$(Q)$(CC) $(CLI_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/obj/preload/unwind_foreign.o: GENERAL_REGS :=
$(BUILD)/obj/preload/%.o: preload/%.c Makefile | $(BUILD)/obj/preload/
	$(call say,CC,$<)
	$(Q)$(CC) $(PRELOAD_CFLAGS) $(CFLAGS) $(GENERAL_REGS) -c -o $@ $<
$(BUILD)/obj/preload/%.o: preload/%.S Makefile | $(BUILD)/obj/preload/
	$(call say,AS,$<)
	$(Q)$(CC) $(PRELOAD_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/%/:
	$(Q)mkdir -p $@

# Unit tests: tests/unit/test_NAME.c tests one file and names on a line "// needs: ..." the
# sources that it is linked with. Built plainly and again under ASan+UBSan.
UNIT_SRC  := $(sort $(wildcard tests/unit/test_*.c))
UNIT      := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
UNIT_ASAN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit-asan/%)
UNIT_CFLAGS := -std=c11 $(WARN) -D_GNU_SOURCE -Iinclude -Icli -Ipreload -g -DVERSION='"test"' \
	-DLIBRARY_DIR='"$(LIBDIR)"'
UNIT_LIBS := $(shell pkg-config --libs check 2>/dev/null || echo -lcheck) $(CLI_LIBS)
needs      = $(shell sed -n 's,^// needs: ,,p' $(1))

.SECONDEXPANSION:
$(BUILD)/unit/%: tests/unit/%.c $$(call needs,tests/unit/$$*.c) $(wildcard include/*.h cli/*.h preload/*.h) | $(BUILD)/unit/
	$(call say,CC,$@)
	$(Q)$(CC) $(UNIT_CFLAGS) -O2 -o $@ $(filter %.c %.S,$^) $(UNIT_LIBS)
$(BUILD)/unit-asan/%: tests/unit/%.c $$(call needs,tests/unit/$$*.c) $(wildcard include/*.h cli/*.h preload/*.h) | $(BUILD)/unit-asan/
	$(call say,CC,$@)
	$(Q)$(CC) $(UNIT_CFLAGS) -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined \
		-o $@ $(filter %.c %.S,$^) $(UNIT_LIBS)

.PHONY: unit
unit: $(UNIT) $(UNIT_ASAN)
	$(Q)tests/unit/run $^

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(CLI_OBJ:.o=.d) $(PRELOAD_OBJ:.o=.d)
