// Symbols: of this program itself, and of small ones that are compiled while the test runs.
// needs: cli

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names/demangle.h"
#include "suite.h"
#include "symbols/ranges.h"
#include "symbols/symbols.h"

static struct symbols *symbols;
static char directory[] = "/tmp/test_symbols.XXXXXX";
static char self[4096];

__attribute__((format(printf, 1, 2))) static void run(const char *format, ...)
{
    char command[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    ck_assert_msg(system(command) == 0, "%s", command);
}

static void set_up(void)
{
    ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);

    ck_assert_int_gt(size, 0);
    self[size] = '\0';
    symbols = symbols_create();
    ck_assert_ptr_nonnull(symbols);
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void tear_down(void)
{
    symbols_destroy(symbols);
    run("rm -r %s", directory);
}

static const char *in_directory(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

/* Compiles `source` as program.c to program, in the test's directory. */
static const char *compile(const char *source, const char *flags)
{
    FILE *file = fopen(in_directory("program.c"), "w");

    ck_assert_ptr_nonnull(file);
    fputs(source, file);
    fclose(file);
    run("cd %s && cc -O2 -Wl,--build-id program.c -o program %s", directory, flags);
    return in_directory("program");
}

/* Address and size of a symbol in the program, by nm(1). */
static uint64_t address_of(const char *symbol, uint64_t *size)
{
    char command[4096], line[4096];
    unsigned long long address = 0, length = 0;

    snprintf(command, sizeof(command), "nm -S %s/program | grep ' %s$'", directory, symbol);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_ptr_nonnull(fgets(line, sizeof(line), pipe));
    ck_assert_int_eq(pclose(pipe), 0);
    ck_assert_int_eq(sscanf(line, "%llx %llx", &address, &length), 2);
    if (size)
        *size = length;
    return address;
}

/* The path of the C library of this program. */
static const char *c_library(void)
{
    Dl_info info;

    ck_assert_int_ne(dladdr((void *)(uintptr_t)getppid, &info), 0);
    return info.dli_fname;
}

static const struct symbol_frame *outermost(const char *path, uint64_t address)
{
    const struct symbol_chain *chain = symbols_resolve(symbols, path, NULL, address, false);

    ck_assert_uint_ge(chain->count, 1);
    return &chain->frames[0];
}

static const struct symbol_frame *innermost(const char *path, uint64_t address)
{
    const struct symbol_chain *chain = symbols_resolve(symbols, path, NULL, address, false);

    return &chain->frames[chain->count - 1];
}

static void assert_unknown(const struct symbol_chain *chain)
{
    ck_assert_uint_eq(chain->count, 1);
    ck_assert_ptr_null(chain->frames[0].function);
    ck_assert_ptr_null(chain->frames[0].linkage_name);
    ck_assert_ptr_null(chain->frames[0].file);
    ck_assert_int_eq(chain->frames[0].line, 0);
}

/* In this program's file. */
static uint64_t return_address;

__attribute__((noinline)) static void here(void)
{
    return_address = (uint64_t)__builtin_return_address(0) - _r_debug.r_map->l_addr;
    __asm__ volatile("" ::: "memory");
}

enum { line_of_call = __LINE__ + 3 };
__attribute__((noinline)) static void caller(void)
{
    here();
    __asm__ volatile("");
}

enum { line_of_inner_call = __LINE__ + 3 };
static inline __attribute__((always_inline)) void innermost_inlined(void)
{
    here();
    __asm__ volatile("nop"); /* or gcc folds this and caller into one */
}

enum { line_of_middle_call = __LINE__ + 3 };
static inline __attribute__((always_inline)) void middle_inlined(void)
{
    innermost_inlined();
}

enum { line_of_outer_call = __LINE__ + 3 };
__attribute__((noinline)) static void not_inlined(void)
{
    middle_inlined();
}

START_TEST(return_address_gives_the_line_of_the_call)
{
    caller();
    const struct symbol_chain *chain = symbols_resolve(symbols, self, NULL, return_address, true);

    ck_assert_uint_eq(chain->count, 1);
    ck_assert_str_eq(chain->frames[0].function, "caller");
    ck_assert_str_eq(chain->frames[0].linkage_name, "caller");
    ck_assert_str_eq(chain->frames[0].file, __FILE__);
    ck_assert_int_eq(chain->frames[0].line, line_of_call);
    ck_assert_int_eq(chain->frames[0].column, 5);
    ck_assert(!chain->frames[0].is_inlined);
    ck_assert_ptr_null(symbols_problem(symbols, self));
}
END_TEST

START_TEST(inlined_functions_are_frames_of_their_own)
{
    static const struct symbol_frame expected[] = {
        {"not_inlined", NULL, NULL, line_of_outer_call, 5, false},
        {"middle_inlined", NULL, NULL, line_of_middle_call, 5, true},
        {"innermost_inlined", NULL, NULL, line_of_inner_call, 5, true},
    };

    not_inlined();
    const struct symbol_chain *chain = symbols_resolve(symbols, self, NULL, return_address, true);
    ck_assert_uint_eq(chain->count, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(chain->frames[i].function, expected[i].function);
        ck_assert_str_eq(chain->frames[i].file, __FILE__);
        ck_assert_int_eq(chain->frames[i].line, expected[i].line);
        ck_assert_int_eq(chain->frames[i].column, expected[i].column);
        ck_assert_int_eq(chain->frames[i].is_inlined, expected[i].is_inlined);
    }
}
END_TEST

START_TEST(equal_questions_get_the_same_chain)
{
    caller();
    const struct symbol_chain *chain = symbols_resolve(symbols, self, NULL, return_address, true);

    ck_assert_ptr_eq(chain, symbols_resolve(symbols, self, NULL, return_address, true));
    ck_assert_ptr_eq(chain, symbols_resolve(symbols, self, NULL, return_address - 1, false));
    ck_assert_ptr_ne(chain, symbols_resolve(symbols, self, NULL, return_address - 2, false));
}
END_TEST

START_TEST(address_outside_of_all_code_is_unknown)
{
    static const uint64_t addresses[] = {0, 1, 64, UINT64_MAX / 2, UINT64_MAX};

    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
        assert_unknown(symbols_resolve(symbols, self, NULL, addresses[i], i % 2));
    ck_assert_ptr_null(symbols_problem(symbols, self));
}
END_TEST

START_TEST(missing_file_is_a_problem)
{
    assert_unknown(symbols_resolve(symbols, "/nowhere/at all", NULL, 0x1000, true));
    ck_assert_str_eq(symbols_problem(symbols, "/nowhere/at all"), "no such file");
    ck_assert_ptr_null(symbols_problem(symbols, self));
}
END_TEST

START_TEST(file_that_is_no_program_is_a_problem)
{
    char text[sizeof(directory) + 16], pipe[sizeof(directory) + 16];

    strcpy(text, in_directory("text"));
    strcpy(pipe, in_directory("pipe"));
    run("echo text > %s", text);
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    assert_unknown(symbols_resolve(symbols, text, NULL, 0x1000, true));
    assert_unknown(symbols_resolve(symbols, pipe, NULL, 0x1000, true));
    assert_unknown(symbols_resolve(symbols, directory, NULL, 0x1000, true));
    ck_assert_str_eq(symbols_problem(symbols, text), "not an ELF file");
    ck_assert_str_eq(symbols_problem(symbols, pipe), "not a regular file");
    ck_assert_str_eq(symbols_problem(symbols, directory), "not a regular file");
}
END_TEST

START_TEST(truncated_file_gives_no_wrong_names)
{
    const char *path = compile("int main(void){ return 0; }", "-g");
    uint64_t address = address_of("main", NULL);
    struct stat status;

    ck_assert_int_eq(stat(path, &status), 0);
    for (off_t size = status.st_size - 1; size > 0; size = size * 3 / 4) {
        ck_assert_int_eq(truncate(path, size), 0);
        struct symbols *fresh = symbols_create();
        const struct symbol_chain *chain = symbols_resolve(fresh, path, NULL, address, false);
        if (chain->frames[0].function)
            ck_assert_str_eq(chain->frames[0].function, "main");
        symbols_destroy(fresh);
    }
}
END_TEST

START_TEST(replaced_file_is_a_problem)
{
    const char *path = compile("int main(void){ return 0; }", "-Wl,--build-id=0x0102030405060708");
    uint64_t address = address_of("main", NULL);
    const struct file_identity other = {{1, 2, 3, 4, 5, 6, 7, 9}, 8, 0, 0, 0};
    const struct file_identity right = {{1, 2, 3, 4, 5, 6, 7, 8}, 8, 0, 0, 0};
    const struct file_identity cut = {{1, 2, 3, 4, 5, 6}, 6, 0, 0, 0}; /* trace_format.h does */

    assert_unknown(symbols_resolve(symbols, path, &other, address, false));
    ck_assert_ptr_nonnull(strstr(symbols_problem(symbols, path), "not the one that ran"));
    const struct symbol_chain *chain = symbols_resolve(symbols, path, &right, address, false);
    ck_assert_str_eq(chain->frames[0].function, "main");
    chain = symbols_resolve(symbols, path, &cut, address, false);
    ck_assert_str_eq(chain->frames[0].function, "main");
}
END_TEST

START_TEST(without_a_build_id_the_file_is_told_by_its_status)
{
    const char *path = compile("int main(void){ return 0; }", "-Wl,--build-id=none");
    uint64_t address = address_of("main", NULL);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    const struct file_identity right = {.device = status.st_dev,
        .inode = status.st_ino,
        .changed_ns = (uint64_t)status.st_ctim.tv_sec * 1000000000 +
                      (uint64_t)status.st_ctim.tv_nsec};
    struct file_identity others[] = {right, right, right, {.inode = 0}};
    others[0].device++;
    others[1].inode++;
    others[2].changed_ns++;

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_unknown(symbols_resolve(symbols, path, &others[i], address, false));
    ck_assert_ptr_nonnull(strstr(symbols_problem(symbols, path), "not the one that ran"));
    const struct symbol_chain *chain = symbols_resolve(symbols, path, &right, address, false);
    ck_assert_str_eq(chain->frames[0].function, "main");
}
END_TEST

static void note_problem(void *argument, const char *path, const char *problem)
{
    char *text = argument;

    snprintf(text + strlen(text), 1000 - strlen(text), "%s: %s\n", path, problem);
}

START_TEST(each_problem_is_told_once)
{
    const struct file_identity one = {.inode = 1}, other = {.inode = 2};
    char told[1000] = "";

    symbols_resolve(symbols, "/nowhere", NULL, 0x1000, false);
    symbols_resolve(symbols, self, NULL, return_address, true);
    symbols_resolve(symbols, "/nowhere/either", &one, 0x1000, false);
    symbols_resolve(symbols, "/nowhere/either", &other, 0x1000, false);
    symbols_each_problem(symbols, note_problem, told);
    ck_assert_str_eq(told, "/nowhere: no such file\n/nowhere/either: no such file\n");
}
END_TEST

#define WITH_MAIN(text) text "int main(int c, char **v) { return c + !v; }\n"

START_TEST(symbol_names_only_what_lies_within_its_size)
{
    const char *path = compile(
        WITH_MAIN("__attribute__((aligned(256))) int first(int x) { return x * 3; }\n"
                  "__attribute__((aligned(256))) int second(int x) { return x * 5; }\n"),
        "");
    uint64_t size, address = address_of("first", &size);

    ck_assert_str_eq(outermost(path, address)->function, "first");
    ck_assert_str_eq(outermost(path, address + size - 1)->function, "first");
    ck_assert_ptr_null(outermost(path, address + size)->function);
    ck_assert_ptr_null(outermost(path, address + 255)->function);
}
END_TEST

/* Sixteen bytes each: `sized`, then `typed` with a label in the middle, then `begins`. */
static const char without_sizes[] = WITH_MAIN(
    "__asm__(\".globl sized\\nsized: .skip 16\\n.size sized, 16\\n\"\n"
    "        \".type typed, @function\\ntyped: .cfi_startproc\\n.skip 8\\n\"\n"
    "        \"within: .skip 8\\n.cfi_endproc\\n\"\n"
    "        \"begins: .cfi_startproc\\n.skip 16\\n.cfi_endproc\\n.skip 16\");\n");

START_TEST(symbol_without_a_size_ends_where_the_unwind_table_says)
{
    const char *path = compile(without_sizes, "");
    uint64_t typed = address_of("sized", NULL) + 16;

    ck_assert_str_eq(outermost(path, typed)->function, "typed");
    ck_assert_str_eq(outermost(path, typed + 15)->function, "typed"); /* `within` begins nothing */
    ck_assert_str_eq(outermost(path, typed + 16)->function, "begins");
    ck_assert_str_eq(outermost(path, typed + 31)->function, "begins");
    ck_assert_ptr_null(outermost(path, typed + 32)->function);
}
END_TEST

static const char aliases[] = WITH_MAIN(
    "int __libc_thing(int x) { return x * 3; }\n"
    "int thing64(int) __attribute__((weak, alias(\"__libc_thing\")));\n"
    "int thing(int) __attribute__((weak, alias(\"__libc_thing\")));\n"
    "static int athing(int) __attribute__((used, alias(\"__libc_thing\")));\n");

START_TEST(of_aliases_callers_know_the_one_without_underscores)
{
    const char *path = compile(aliases, "");
    const struct symbol_frame *frame = outermost(path, address_of("thing", NULL));

    ck_assert_str_eq(frame->function, "thing");
    ck_assert_str_eq(frame->linkage_name, "thing");
}
END_TEST

START_TEST(reserved_name_in_debugging_information_gives_way_to_its_alias)
{
    const char *path = compile(aliases, "-g");
    const struct symbol_frame *frame = outermost(path, address_of("thing", NULL));

    ck_assert_str_eq(frame->function, "thing");
    ck_assert_str_eq(frame->linkage_name, "thing");
    ck_assert_int_eq(frame->line, 1);
}
END_TEST

START_TEST(source_name_stays_where_an_alias_is_no_plainer)
{
    const char *path = compile(WITH_MAIN("int zebra(int x) { return x * 3; }\n"
                                         "int ant(int) __attribute__((alias(\"zebra\")));\n"),
        "-g");
    const struct symbol_frame *frame = outermost(path, address_of("ant", NULL));

    ck_assert_str_eq(frame->function, "zebra");
    ck_assert_str_eq(frame->linkage_name, "zebra");
}
END_TEST

START_TEST(copies_made_by_the_compiler_have_the_name_of_the_function)
{
    const char *path = compile(WITH_MAIN("int copy(int x) __asm__(\"work.isra.0.constprop.1\");\n"
                                         "int copy(int x) { return x * 3; }\n"),
        "");
    const struct symbol_frame *frame = outermost(path, address_of("work.isra.0.constprop.1", NULL));

    ck_assert_str_eq(frame->function, "work");
    ck_assert_str_eq(frame->linkage_name, "work");
}
END_TEST

START_TEST(mangled_linkage_name_is_demangled)
{
    const char *path = compile(
        WITH_MAIN("int accept_int(int x) __asm__(\"_ZN3net6ServerIiE6acceptEi\");\n"
                  "int accept_int(int x) { return x * 3; }\n"),
        "-g");
    const struct symbol_frame *frame = outermost(
        path, address_of("_ZN3net6ServerIiE6acceptEi", NULL));

    ck_assert_str_eq(frame->function, "net::Server<int>::accept(int)");
    ck_assert_str_eq(frame->linkage_name, "_ZN3net6ServerIiE6acceptEi");
}
END_TEST

START_TEST(main_is_found_in_a_stripped_program)
{
    static const char source[] =
        "__attribute__((noinline)) static int other(int x) { __asm__(\"\"); return x * 3; }\n"
        "int main(int c, char **v) { return other(c) + !v; }\n";
    static const char *const flags[] = {"-pie -fPIE", "-no-pie", "-no-pie -fno-plt -Wl,-z,now",
        "-pie -fPIE -Wl,-z,norelro", "-no-pie -Wl,--no-relax", "-pie -fPIE -Wl,--no-relax"};

    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        const char *path = compile(source, flags[i]);
        uint64_t size, other_size, address = address_of("main", &size);
        uint64_t other = address_of("other", &other_size), start = address_of("_start", NULL);
        struct symbols *fresh = symbols_create();

        run("strip %s", path);
        const struct symbol_chain *chain = symbols_resolve(fresh, path, NULL, address, false);
        ck_assert_msg(chain->frames[0].function != NULL, "not found with %s", flags[i]);
        ck_assert_str_eq(chain->frames[0].function, "main");
        ck_assert_str_eq(chain->frames[0].linkage_name, "main");
        ck_assert_ptr_eq(chain, symbols_resolve(fresh, path, NULL, address + 1, true));
        chain = symbols_resolve(fresh, path, NULL, address + size, true);
        ck_assert_str_eq(chain->frames[0].function, "main");
        assert_unknown(symbols_resolve(fresh, path, NULL, address + size, false));
        assert_unknown(symbols_resolve(fresh, path, NULL, other, false));
        assert_unknown(symbols_resolve(fresh, path, NULL, start, false));
        symbols_destroy(fresh);
    }
}
END_TEST

START_TEST(entry_point_that_calls_something_else_tells_no_main)
{
    static const char source[] =
        "__asm__(\".globl _start\\n.type _start, @function\\n_start: lea decoy(%rip), %rdi\\n\"\n"
        "        \"call *quick_exit@GOTPCREL(%rip)\\n.size _start, . - _start\\n\");\n"
        "__attribute__((used)) static int decoy(int x) { return x * 3; }\n";
    const char *path = compile(source, "-pie -fPIE -nostartfiles");
    uint64_t address = address_of("decoy", NULL);

    run("strip %s", path);
    assert_unknown(symbols_resolve(symbols, path, NULL, address, false));
    ck_assert_ptr_null(symbols_problem(symbols, path));
}
END_TEST

START_TEST(stripped_shared_object_has_no_main)
{
    const char *path = compile("int main(void) { return 0; }\n", "-shared -fPIC");
    uint64_t address = address_of("main", NULL);

    ck_assert_str_eq(outermost(path, address)->function, "main");
    path = compile(
        "static int hidden(void) { return 0; } int (*p)(void) = hidden;\n", "-shared -fPIC");
    address = address_of("hidden", NULL);
    run("strip %s", path);
    struct symbols *fresh = symbols_create();
    assert_unknown(symbols_resolve(fresh, path, NULL, address, false));
    symbols_destroy(fresh);
}
END_TEST

/* The return addresses are labels with a size, so that nm finds them. */
START_TEST(what_a_call_instruction_names_is_known)
{
    static const char source[] =
        "#include <unistd.h>\n"
        "__attribute__((noinline)) int one(int n) { __asm__ volatile(\"\"); return n; }\n"
        "extern int two(int) __attribute__((alias(\"one\")));\n"
        "int main(void)\n"
        "{\n"
        "    __asm__ volatile(\"call one\\n.globl direct\\n.size direct, 1\\ndirect:\\n\"\n"
        "        \"call getpid@PLT\\n.globl by_plt\\n.size by_plt, 1\\nby_plt:\\n\"\n"
        "        \"lea one(%rip), %rax\\ncall *%rax\\n.globl by_pointer\\n\"\n"
        "        \".size by_pointer, 1\\nby_pointer: nop\\n\");\n"
        "    return getppid();\n"
        "}\n";
    const char *program = compile(source, "-O0");
    struct symbol_target called = {0};

    ck_assert(symbols_called(symbols, program, NULL, address_of("direct", NULL), &called));
    ck_assert_msg(strcmp(called.function, "one") == 0 || strcmp(called.function, "two") == 0, "%s",
        called.function);
    ck_assert(symbols_called(symbols, program, NULL, address_of("by_plt", NULL), &called));
    ck_assert_str_eq(called.linkage_name, "getpid");
    ck_assert(!symbols_called(symbols, program, NULL, address_of("by_pointer", NULL), &called));
    ck_assert(!symbols_called(symbols, program, NULL, 1, &called));
    uint64_t inside = address_of("one", NULL) + 2;
    ck_assert(symbols_has_name(symbols, program, NULL, inside, "one"));
    ck_assert(symbols_has_name(symbols, program, NULL, inside, "two"));
    ck_assert(!symbols_has_name(symbols, program, NULL, inside, "main"));
    ck_assert_str_eq(symbols_name_main(symbols, program, NULL), "main");
}
END_TEST

static const struct symbol_target *called_at(const char *program, const char *label)
{
    static struct symbol_target called;

    called = (struct symbol_target){.linkage_name = NULL};
    return symbols_called(symbols, program, NULL, address_of(label, NULL), &called) ? &called
                                                                                    : NULL;
}

/* Each label stands behind a call. */
#define CALL(instruction, label)                                                                   \
    "\"call " instruction "\\n.globl " label "\\n.size " label ", 1\\n" label ":\\n\"\n"

START_TEST(which_function_was_called_is_certain_or_not)
{
    static const char source[] =
        "__attribute__((noinline)) int plain(int n) { __asm__ volatile(\"\"); return n; }\n"
        "__attribute__((noinline)) int named(int n) { __asm__ volatile(\"\"); return n + 1; }\n"
        "extern int twice(int) __attribute__((alias(\"named\")));\n"
        "static void *choose(void) { return (void *)plain; }\n"
        "int chosen(int) __attribute__((ifunc(\"choose\")));\n"
        "#include <unistd.h>\n"
        "int (*volatile pointer)(void) = getpid;\n"
        "__asm__(\"label: .cfi_startproc\\nret\\n.cfi_endproc\\n\");\n"
        "int main(void)\n"
        "{\n"
        "    __asm__ volatile(\n" /* clang-format off */
        CALL("plain", "at_plain") CALL("named", "at_named") CALL("choose", "at_choose")
        CALL("*pointer(%rip)", "at_pointer") CALL("*getpid@GOTPCREL(%rip)", "at_slot")
        CALL("getppid@PLT", "at_plt") CALL("label", "at_label") CALL("plain + 1", "at_inside")
        "    );\n" /* clang-format on */
                                                   "    return chosen(1);\n"
                                                   "}\n";
    const char *program = compile(source, "-rdynamic -fno-plt -Wl,-z,norelro");
    static const struct file_identity any = {.build_id_size = 0};

    ck_assert_int_eq(called_at(program, "at_plain")->home, SYMBOL_HOME_HERE);
    ck_assert(!called_at(program, "at_plain")->has_aliases);
    ck_assert_int_eq(called_at(program, "at_named")->home, SYMBOL_HOME_HERE);
    ck_assert(called_at(program, "at_named")->has_aliases);
    ck_assert_int_eq(called_at(program, "at_choose")->home, SYMBOL_HOME_UNKNOWN);
    ck_assert_ptr_null(called_at(program, "at_pointer"));
    ck_assert_int_eq(called_at(program, "at_label")->home, SYMBOL_HOME_UNKNOWN);
    ck_assert_ptr_null(called_at(program, "at_inside"));
    ck_assert_int_eq(called_at(program, "at_slot")->home, SYMBOL_HOME_UNKNOWN);
    symbols_expect(symbols, program, &any);
    symbols_expect(symbols, c_library(), &any);
    ck_assert_str_eq(called_at(program, "at_plt")->function, "getppid");
    ck_assert_int_eq(called_at(program, "at_plt")->home, SYMBOL_HOME_C_LIBRARY);
}
END_TEST

START_TEST(a_place_is_certainly_in_another_function_or_may_be_in_this_one)
{
    static const char source[] =
        "__asm__(\".globl plain, whole, entry\\n.type plain, "
        "@function\\nplain:\\n.cfi_startproc\\n\"\n"
        "    \"nop\\nnop\\nret\\n.cfi_endproc\\n.size plain, .-plain\\n\"\n"
        "    \".type whole, @function\\nwhole:\\n.cfi_startproc\\nnop\\n\"\n"
        "    \".type entry, @function\\nentry: nop\\nnop\\nret\\n.cfi_endproc\\n\"\n"
        "    \".size entry, .-entry\\n.size whole, .-whole\\n\"\n"
        "    \".type plain.cold, @function\\nplain.cold:\\n.cfi_startproc\\nnop\\nnop\\nret\\n\"\n"
        "    \".cfi_endproc\\n.size plain.cold, .-plain.cold\\n\");\n"
        "int main(void) { return 0; }\n";
    const char *program = compile(source, "");
    uint64_t plain = address_of("plain", NULL), entry = address_of("entry", NULL);
    uint64_t cold = address_of("plain.cold", NULL);

    ck_assert(symbols_is_other(symbols, program, NULL, plain + 1, true, "whole"));
    ck_assert(symbols_is_other(symbols, program, NULL, plain, false, "whole"));
    ck_assert(!symbols_is_other(symbols, program, NULL, plain + 1, true, "plain"));
    ck_assert(!symbols_is_other(symbols, program, NULL, cold + 1, true, "plain"));
    ck_assert(symbols_is_other(symbols, program, NULL, cold + 1, true, "whole"));
    ck_assert(!symbols_is_other(symbols, program, NULL, entry + 1, true, "whole"));
    ck_assert(!symbols_is_other(symbols, program, NULL, 1, true, "whole"));
}
END_TEST

/* As in every glibc, within __libc_start_main or, since 2.34, __libc_start_call_main: there the
 * exported function is called by a local name. */
START_TEST(the_call_of_main_is_the_one_whose_result_goes_to_exit)
{
    static const char source[] =
        "__asm__(\".globl exit\\n.type exit, @function\\n.size exit, 1\\n\"\n"
        "    \"exit: own_exit: hlt\\nother: hlt\\n.globl of_main, of_other, of_init, start\\n\"\n"
        "    \".size of_main, 1\\n.size of_other, 1\\n.size of_init, 1\\nstart:\\n\"\n"
        "    \"call *%rax\\nof_main: mov %eax, %edi\\ncall own_exit\\n\"\n"
        "    \"call *%rax\\nof_other: mov %eax, %edi\\ncall other\\n\"\n"
        "    \"call *%rax\\nof_init: inc %rbx\\nhlt\\n\");\n";
    const char *libc = compile(source, "-shared -fPIC -nostdlib");

    ck_assert(symbols_is_call_of_main(symbols, libc, NULL, address_of("of_main", NULL)));
    ck_assert(!symbols_is_call_of_main(symbols, libc, NULL, address_of("of_other", NULL)));
    ck_assert(!symbols_is_call_of_main(symbols, libc, NULL, address_of("of_init", NULL)));
}
END_TEST

START_TEST(files_are_named_as_the_compiler_was_told)
{
    static const char *const told[] = {
        "program.c", "./program.c", "sub/program.c", "././sub/program.c", "../program.c"};
    static const char *const expected[] = {
        "program.c", "program.c", "sub/program.c", "sub/program.c", "../program.c"};
    static const char *const from[] = {".", ".", ".", ".", "sub"};

    compile("int main(void) { return 0; }\n", "");
    run("cd %s && mkdir sub && cp program.c sub", directory);
    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
        run("cd %s/%s && cc -O2 -g %s -o %s/program", directory, from[i], told[i], directory);
        struct symbols *fresh = symbols_create();
        const struct symbol_chain *chain = symbols_resolve(
            fresh, in_directory("program"), NULL, address_of("main", NULL), false);
        ck_assert_str_eq(chain->frames[0].file, expected[i]);
        symbols_destroy(fresh);
    }
}
END_TEST

START_TEST(absolute_file_name_stays_absolute)
{
    char name[sizeof(directory) + 16];

    compile("int main(void) { return 0; }\n", "");
    strcpy(name, in_directory("program.c"));
    run("cd %s && cc -O2 -g %s -o program", directory, name);
    const char *path = in_directory("program");
    ck_assert_str_eq(outermost(path, address_of("main", NULL))->file, name);
}
END_TEST

#define TEN(x)      x x x x x x x x x x
#define THOUSAND(x) TEN(TEN(TEN(x)))

START_TEST(functions_that_the_linker_threw_away_spoil_no_lines)
{
    static const char source[] =
        "int puts(const char *);\n"
        "int never_called(int x) {\n" THOUSAND(
            "x += puts(\"never\");\n") "return x; }\n"
                                       "__attribute__((noinline)) int called(int x) {\n"
                                       "    return puts(\"a\") * x;\n"
                                       "}\n"
                                       "int main(int c, char **v) {\n"
                                       "    return called(c) + !v;\n"
                                       "}\n";
    const char *path = compile(source, "-g -ffunction-sections -Wl,--gc-sections");
    uint64_t size, address = address_of("called", &size);

    for (uint64_t at = address; at < address + size; at++) {
        ck_assert_str_eq(innermost(path, at)->function, "called");
        ck_assert_int_ge(innermost(path, at)->line, 1004);
        ck_assert_int_le(innermost(path, at)->line, 1006);
    }
}
END_TEST

START_TEST(separate_debug_file_is_found_and_debuginfod_left_alone)
{
    const char *path = compile("int main(void) { return 0; }\n", "-g");
    uint64_t address = address_of("main", NULL);

    run("cd %s && objcopy --only-keep-debug program program.debug && strip program && "
        "objcopy --add-gnu-debuglink=program.debug program",
        directory);
    /* an address that answers nothing: asking it would be seen as a delay of minutes */
    setenv("DEBUGINFOD_URLS", "http://192.0.2.1/", 1);
    ck_assert_int_eq(outermost(path, address)->line, 1);
    ck_assert_str_eq(outermost(path, address)->file, "program.c");
    ck_assert_str_eq(getenv("DEBUGINFOD_URLS"), "http://192.0.2.1/");

    run("cp /bin/true %s/program.debug", directory); /* of another build */
    struct symbols *fresh = symbols_create();
    const struct symbol_chain *chain = symbols_resolve(fresh, path, NULL, address, false);
    ck_assert_str_eq(chain->frames[0].function, "main");
    ck_assert_ptr_null(chain->frames[0].file);
    symbols_destroy(fresh);
    unsetenv("DEBUGINFOD_URLS");
}
END_TEST

START_TEST(functions_of_the_vdso_have_names)
{
    const ElfW(Ehdr) *header = (const void *)getauxval(AT_SYSINFO_EHDR);
    bool is_found = false;

    if (!header) /* such as under some emulators: nothing to look up */
        return;
    for (uint64_t address = 0; address < 0x3000 && !is_found; address += 16) {
        const char *name = outermost("[vdso]", address)->function;
        is_found = name && strcmp(name, "clock_gettime") == 0;
    }
    ck_assert(is_found);
    ck_assert_ptr_null(symbols_problem(symbols, "[vdso]"));
}
END_TEST

START_TEST(names_of_linkers_become_names_of_people)
{
    static const struct {
        const char *name, *function, *linkage_name;
    } cases[] = {
        {"read", "read", "read"},
        {"read@@GLIBC_2.2.5", "read", "read"},
        {"pthread_create@GLIBC_2.2.5", "pthread_create", "pthread_create"},
        {"f.isra.0", "f", "f"},
        {"f.part.0.cold", "f", "f"},
        {"f.llvm.12345", "f", "f"},
        {"_ZL4workv.lto_priv.3", "work()", "_ZL4workv"},
        {"_Z3maxIiET_S0_S0_", "max<int>(int, int)", "_Z3maxIiET_S0_S0_"},
        {"_ZNK3net4Peer4nameEv", "net::Peer::name() const", "_ZNK3net4Peer4nameEv"},
        {"main.main", "main.main", "main.main"},
        {"cold.start", "cold.start", "cold.start"},
        {"x.partial", "x.partial", "x.partial"},
        {"_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write",
            "_ZN4core3fmt5write17h0123456789abcdefE"},
        {"_ZN47_$LT$T$u20$as$u20$core..part..From$LT$T$GT$$GT$4from17h0123456789abcdefE",
            "<T as core::part::From<T>>::from",
            "_ZN47_$LT$T$u20$as$u20$core..part..From$LT$T$GT$$GT$4from17h0123456789abcdefE"},
        {"_RNvCskwGfYPst2Cb_3foo3bar", "foo::bar", "_RNvCskwGfYPst2Cb_3foo3bar"},
        {"_D3app4Shop4openMFiZv", "app.Shop.open(int)", "_D3app4Shop4openMFiZv"},
        {"_D3app", "_D3app", "_D3app"},
        {"_Dark", "_Dark", "_Dark"},
        {"", "", ""},
        {"@", "@", "@"},
        {"_Z", "_Z", "_Z"},
    };
    struct demangler *demangler = demangler_create();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct demangled result = demangle(demangler, cases[i].name);
        ck_assert_str_eq(result.function, cases[i].function);
        ck_assert_str_eq(result.linkage_name, cases[i].linkage_name);
        ck_assert_ptr_eq(result.function, demangle(demangler, cases[i].name).function);
    }
    demangler_destroy(demangler);
}
END_TEST

START_TEST(innermost_range_is_found)
{
    struct symbols_ranges ranges = {0};

    ck_assert_int_eq(symbols_ranges_add(&ranges, 10, 100, 0, 1), 0);
    ck_assert_int_eq(symbols_ranges_add(&ranges, 20, 40, 1, 2), 0);
    ck_assert_int_eq(symbols_ranges_add(&ranges, 20, 30, 2, 3), 0);
    ck_assert_int_eq(symbols_ranges_add(&ranges, 90, 120, 0, 4), 0); /* not nested */
    ck_assert_int_eq(symbols_ranges_add(&ranges, 50, 50, 9, 5), 0);  /* empty */
    ck_assert_int_eq(symbols_ranges_seal(&ranges), 0);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 9), SYMBOLS_RANGES_NONE);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 10), 1);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 20), 3);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 30), 2);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 40), 1);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 50), 1);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 95), 4);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 119), 4);
    ck_assert_uint_eq(symbols_ranges_find(&ranges, 120), SYMBOLS_RANGES_NONE);
    symbols_ranges_finish(&ranges);
}
END_TEST

/* The range that begins last, and of those the one of the greatest rank: by trying all. */
START_TEST(flattened_ranges_agree_with_trying_them_all)
{
    enum { count = 200, span = 300 };
    uint64_t low[count], high[count];

    srand(1);
    for (int round = 0; round < 20; round++) {
        struct symbols_ranges ranges = {0};
        for (uint32_t i = 0; i < count; i++) {
            low[i] = (uint64_t)(rand() % span);
            high[i] = low[i] + (uint64_t)(rand() % (round + 2));
            ck_assert_int_eq(symbols_ranges_add(&ranges, low[i], high[i], i, i), 0);
        }
        ck_assert_int_eq(symbols_ranges_seal(&ranges), 0);
        for (uint64_t address = 0; address < 2 * span; address++) {
            uint32_t expected = SYMBOLS_RANGES_NONE;
            for (uint32_t i = 0; i < count; i++) {
                if (low[i] <= address && address < high[i] &&
                    (expected == SYMBOLS_RANGES_NONE || low[i] >= low[expected]))
                    expected = i;
            }
            ck_assert_uint_eq(symbols_ranges_find(&ranges, address), expected);
        }
        symbols_ranges_finish(&ranges);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("symbols");
    TCase *test = tcase_create("symbols");

    tcase_add_checked_fixture(test, set_up, tear_down);
    tcase_set_timeout(test, 60);
    tcase_add_test(test, return_address_gives_the_line_of_the_call);
    tcase_add_test(test, inlined_functions_are_frames_of_their_own);
    tcase_add_test(test, equal_questions_get_the_same_chain);
    tcase_add_test(test, address_outside_of_all_code_is_unknown);
    tcase_add_test(test, missing_file_is_a_problem);
    tcase_add_test(test, file_that_is_no_program_is_a_problem);
    tcase_add_test(test, truncated_file_gives_no_wrong_names);
    tcase_add_test(test, replaced_file_is_a_problem);
    tcase_add_test(test, without_a_build_id_the_file_is_told_by_its_status);
    tcase_add_test(test, each_problem_is_told_once);
    tcase_add_test(test, symbol_names_only_what_lies_within_its_size);
    tcase_add_test(test, symbol_without_a_size_ends_where_the_unwind_table_says);
    tcase_add_test(test, of_aliases_callers_know_the_one_without_underscores);
    tcase_add_test(test, reserved_name_in_debugging_information_gives_way_to_its_alias);
    tcase_add_test(test, source_name_stays_where_an_alias_is_no_plainer);
    tcase_add_test(test, copies_made_by_the_compiler_have_the_name_of_the_function);
    tcase_add_test(test, mangled_linkage_name_is_demangled);
    tcase_add_test(test, main_is_found_in_a_stripped_program);
    tcase_add_test(test, entry_point_that_calls_something_else_tells_no_main);
    tcase_add_test(test, stripped_shared_object_has_no_main);
    tcase_add_test(test, what_a_call_instruction_names_is_known);
    tcase_add_test(test, which_function_was_called_is_certain_or_not);
    tcase_add_test(test, a_place_is_certainly_in_another_function_or_may_be_in_this_one);
    tcase_add_test(test, the_call_of_main_is_the_one_whose_result_goes_to_exit);
    tcase_add_test(test, files_are_named_as_the_compiler_was_told);
    tcase_add_test(test, absolute_file_name_stays_absolute);
    tcase_add_test(test, functions_that_the_linker_threw_away_spoil_no_lines);
    tcase_add_test(test, separate_debug_file_is_found_and_debuginfod_left_alone);
    tcase_add_test(test, functions_of_the_vdso_have_names);
    tcase_add_test(test, names_of_linkers_become_names_of_people);
    tcase_add_test(test, innermost_range_is_found);
    tcase_add_test(test, flattened_ranges_agree_with_trying_them_all);
    suite_add_tcase(suite, test);
    return suite_run(suite);
}
