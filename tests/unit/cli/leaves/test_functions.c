/*
 * test_functions.c - which functions of a file leaves name, and what surrounds them.
 *
 * The files are compiled while the test runs; what is expected of addresses and sizes is read off
 * them by nm(1) and readelf(1).
 */
// needs: cli
#include "leaves/functions.h"
#include "leaves/hints.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook_record.h"
#include "leaves/leaves.h"
#include "names/function_spec.h"
#include "names/near_miss.h"
#include "suite.h"

static char directory[] = "/tmp/test_functions-XXXXXX";
static struct leaves leaves;
static struct functions found;
static char *problem;

__attribute__((format(printf, 1, 2))) static void run(const char *format, ...)
{
    char command[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    ck_assert_msg(system(command) == 0, "%s", command);
}

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
}

static void forget(void)
{
    functions_finish(&found);
    leaves_finish(&leaves);
    free(problem);
    problem = NULL;
}

static void tear_down(void)
{
    forget();
    run("rm -r %s", directory);
}

static void write_source(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    ck_assert_int_eq(fclose(out), 0);
}

static int try_find(const char *path, const char *list)
{
    forget();
    int error = leaves_select(&leaves, &list, 1, &problem);
    ck_assert_msg(error == 0, "%s", problem);
    return functions_find(&found, path, &leaves);
}

static void find(const char *path, const char *list)
{
    ck_assert_int_eq(try_find(path, list), 0);
}

/* The only function that has this symbol, or NULL. */
static const struct function *by_symbol(const char *symbol)
{
    const struct function *function = NULL;
    for (size_t i = 0; i < found.count; i++) {
        if (strcmp(found.list[i].symbol, symbol) != 0)
            continue;
        ck_assert_msg(function == NULL, "'%s' is there twice", symbol);
        function = &found.list[i];
    }
    return function;
}

static size_t count_shown(const char *shown)
{
    size_t count = 0;
    for (size_t i = 0; i < found.count; i++)
        count += strcmp(found.list[i].shown, shown) == 0;
    return count;
}

/* Checks that `list` finds so many functions, all shown as `shown`. */
static void expect(const char *path, const char *list, const char *shown, size_t count)
{
    find(path, list);
    for (size_t i = 0; i < found.count; i++)
        ck_assert_str_eq(found.list[i].shown, shown);
    ck_assert_msg(found.count == count, "%s: %zu functions", list, found.count);
}

/* The first number that a command prints, hexadecimal. */
__attribute__((format(printf, 1, 2))) static uint64_t number_by(const char *format, ...)
{
    char command[4096];
    unsigned long long number = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    FILE *in = popen(command, "r");
    ck_assert_int_eq(fscanf(in, "%llx", &number), 1);
    pclose(in);
    return number;
}

static uint64_t address_of(const char *path, const char *symbol)
{
    return number_by("nm %s | grep ' %s$'", path, symbol);
}

static uint64_t size_of(const char *path, const char *symbol)
{
    return number_by("nm -S %s | grep ' %s$' | cut -d' ' -f2", path, symbol);
}

static const char classes[] =
    "#include <cstdio>\n"
    "#define KEEP __attribute__((noinline, used))\n"
    "namespace net {\n"
    "template <typename T> struct Server {\n"
    "    Server();\n"
    "    ~Server();\n"
    "    KEEP int accept(int x) { return x + 1; }\n"
    "    KEEP int accept(char x) { return x + 2; }\n"
    "    KEEP int operator()(int x) { return x + 3; }\n"
    "};\n"
    "template <typename T> KEEP Server<T>::Server() { puts(\"a\"); }\n"
    "template <typename T> KEEP Server<T>::~Server() { puts(\"b\"); }\n"
    "template struct Server<int>;\n"
    "KEEP int operator<<(Server<int> &, int x) { return x + 4; }\n"
    "KEEP int baz(long x) { return (int)x + 5; }\n"
    "struct Base { virtual ~Base() { puts(\"c\"); } virtual int f() { return 1; } int x; };\n"
    "struct Other { virtual int g() { return 2; } int y; };\n"
    "struct Both : Other, Base { ~Both() override { puts(\"d\"); } int f() override; };\n"
    "KEEP int Both::f() { return 3; }\n"
    "}\n"
    "namespace { KEEP int helper(int x) { return x + 6; } }\n"
    "KEEP int baz(int x) { return x + 7; }\n"
    "KEEP int baz(char x) { return x + 8; }\n"
    "static KEEP int local(int x) { return x + 9; }\n"
    "extern \"C\" KEEP int plain(int x) { return x + 10; }\n"
    "int main(int argc, char **)\n"
    "{\n"
    "    net::Server<int> server;\n"
    "    auto lambda = [](int x) KEEP { return x + 11; };\n"
    "    net::Both both;\n"
    "    return server.accept(argc) + server.accept('a') + server(1) + (server << 2) + both.f() +\n"
    "           net::baz(3) + helper(argc) + baz(argc) + baz('b') + local(4) + plain(5) + "
    "lambda(6);\n"
    "}\n";

static void compile_classes(void)
{
    write_source("classes.cpp", classes);
    run("g++ -O1 classes.cpp -o classes");
}

START_TEST(overloads_and_template_arguments_share_a_name)
{
    compile_classes();
    expect("classes", "Server::accept", "net::Server<int>::accept", 2);
    expect("classes", "net::Server<int>::accept", "net::Server<int>::accept", 2);
    expect("classes", "Server<char>::accept", "", 0);
    expect("classes", "net::Server<int>::accept(char)", "net::Server<int>::accept(char)", 1);
}
END_TEST

START_TEST(a_name_without_colons_is_global)
{
    compile_classes();
    expect("classes", "baz", "baz", 2);
    expect("classes", "net::baz", "net::baz", 1);
    expect("classes", "accept_", "", 0);
    expect("classes", "local", "local", 1);
    expect("classes", "helper", "(anonymous namespace)::helper", 1);
    expect("classes", "plain", "plain", 1);
}
END_TEST

START_TEST(constructors_operators_and_lambdas_are_found)
{
    compile_classes();
    expect("classes", "Server::Server", "net::Server<int>::Server", 1);
    expect("classes", "Server::~Server", "net::Server<int>::~Server", 1);
    expect("classes", "Server::operator()", "net::Server<int>::operator()", 1);
    expect("classes", "net::operator<<", "net::operator<<", 1);
    find("classes", "main::{lambda(int)#1}::operator()");
    ck_assert_uint_eq(found.count, 1);
    /* One deletes, too; both are called by other names elsewhere. */
    expect("classes", "Both::~Both", "net::Both::~Both", 2);
}
END_TEST

START_TEST(a_class_is_named_by_a_pattern)
{
    compile_classes();
    find("classes", "Server::*");
    ck_assert_uint_eq(count_shown("net::Server<int>::accept"), 2);
    ck_assert_uint_eq(count_shown("net::Server<int>::Server"), 1);
    ck_assert_uint_eq(count_shown("net::baz"), 0);
    ck_assert_uint_eq(found.count, 5);
}
END_TEST

START_TEST(thunks_are_not_the_function)
{
    compile_classes();
    ck_assert_uint_ne(number_by("nm classes | grep -c _ZThn"), 0);
    expect("classes", "Both::f", "net::Both::f", 1);
}
END_TEST

START_TEST(everything_leaves_the_start_code_out)
{
    compile_classes();
    find("classes", "*");
    ck_assert_ptr_nonnull(by_symbol("main"));
    ck_assert_ptr_nonnull(by_symbol("plain"));
    ck_assert_ptr_null(by_symbol("_start"));
    ck_assert_ptr_null(by_symbol("frame_dummy"));
    find("classes", "_start");
    ck_assert_ptr_nonnull(by_symbol("_start"));
}
END_TEST

START_TEST(symbols_of_the_stripped_are_found_by_their_link)
{
    compile_classes();
    run("objcopy --only-keep-debug classes classes.debug");
    run("objcopy --strip-all --add-gnu-debuglink=classes.debug classes stripped");
    expect("stripped", "Server::accept", "net::Server<int>::accept", 2);
    ck_assert_uint_eq(found.list[0].address, address_of("classes", "_ZN3net6ServerIiE6acceptEi"));
    expect("stripped", "local", "local", 1);
    run("mkdir .debug && mv classes.debug .debug");
    expect("stripped", "local", "local", 1);
}
END_TEST

START_TEST(a_debug_file_of_another_build_is_none)
{
    compile_classes();
    run("objcopy --only-keep-debug classes classes.debug");
    run("objcopy --strip-all --add-gnu-debuglink=classes.debug classes stripped");
    run("g++ -O2 -DNDEBUG -g classes.cpp -o other");
    run("objcopy --only-keep-debug other classes.debug");
    expect("stripped", "local", "", 0);
    run("objcopy --strip-all --remove-section=.note.gnu.build-id "
        "--add-gnu-debuglink=classes.debug classes stripped");
    expect("stripped", "local", "local", 1); /* the checksum is right, as it was made for this */
    run("objcopy --only-keep-debug classes classes.debug");
    expect("stripped", "local", "", 0);
}
END_TEST

START_TEST(symbols_that_are_carried_along_are_found)
{
    if (system("command -v xz >/dev/null") != 0) {
        puts("skipped: symbols_that_are_carried_along_are_found (no xz)");
        return;
    }
    compile_classes();
    run("objcopy --only-keep-debug classes mini && xz mini");
    run("objcopy --strip-all --add-section=.gnu_debugdata=mini.xz classes stripped");
    expect("stripped", "Server::accept", "net::Server<int>::accept", 2);
    ck_assert_uint_eq(found.list[0].address, address_of("classes", "_ZN3net6ServerIiE6acceptEi"));
    expect("stripped", "local", "local", 1);
}
END_TEST

static const char clones[] = "#include <stdlib.h>\n"
                             "#include <stdio.h>\n"
                             "static __attribute__((noinline)) int work(int *x, int y)\n"
                             "{\n"
                             "    if (*x == y)\n"
                             "        abort();\n"
                             "    return printf(\"%%d\", *x);\n"
                             "}\n"
                             "int call_%s(int x) { return work(&x, 7); }\n"
                             "int call_again_%s(int x) { return work(&x, 7) + 1; }\n";

static void compile_clones(void)
{
    char text[1024];
    snprintf(text, sizeof text, clones, "a", "a");
    write_source("a.c", text);
    snprintf(text, sizeof text, clones, "b", "b");
    write_source("b.c", text);
    write_source("main.c", "int call_a(int), call_b(int);\n"
                           "int main(int argc, char **argv)\n"
                           "{ (void)argv; return call_a(argc) + call_b(argc); }\n");
    run("gcc -O2 -fno-ipa-icf -c a.c b.c main.c && gcc a.o b.o main.o -o clones");
}

START_TEST(clones_are_shown_as_the_function)
{
    compile_clones();
    ck_assert_uint_eq(
        number_by("nm clones | grep -cE ' work\\.(isra|constprop)[.a-z0-9]*[0-9]$'"), 2);
    expect("clones", "work", "work", 2);
    expect("clones", "wor?", "work", 2);
    expect("clones", "work*", "work", 2);
}
END_TEST

START_TEST(each_function_has_its_own_cold_part)
{
    compile_clones();
    find("clones", "work");
    ck_assert_uint_eq(found.count, 2);
    for (size_t i = 0; i < 2; i++)
        ck_assert_uint_eq(found.list[i].part_count, 1);
    ck_assert_uint_eq(
        size_of("clones", "work.*cold' | head -n 1 | grep -v '^$"), found.list[0].parts[0].size);
    /* The linker lays a.o before b.o, whether the code is cold or not. */
    ck_assert_uint_lt(found.list[0].parts[0].address, found.list[1].parts[0].address);
    expect("clones", "work.cold", "", 0);
}
END_TEST

START_TEST(the_cold_part_of_an_exported_function_is_known)
{
    write_source("a.c", "#include <stdlib.h>\n"
                        "int work(int x) { if (x == 7) abort(); return x + 1; }\n");
    write_source("b.c", "#include <stdlib.h>\n"
                        "static __attribute__((noinline, used)) int work(int x)\n"
                        "{ if (x == 8) abort(); return x + 2; }\n");
    run("gcc -O2 -fPIC -shared a.c b.c -o library.so");
    ck_assert_uint_eq(number_by("nm library.so | grep -c 'work.cold$'"), 2);
    find("library.so", "work");
    ck_assert_uint_eq(found.count, 2);
    const struct function *first = &found.list[0], *second = &found.list[1];
    ck_assert_uint_eq(first->part_count, 1);
    ck_assert_uint_eq(second->part_count, 1);
    ck_assert_uint_lt(first->parts[0].address, second->parts[0].address);
}
END_TEST

START_TEST(a_name_is_looked_for_in_the_library_that_is_meant)
{
    compile_classes();
    expect("classes", "classes:plain", "plain", 1);
    expect("classes", "other:plain", "", 0);
    run("cp classes libx.so.3.1");
    expect("libx.so.3.1", "libx:plain", "plain", 1);
    expect("libx.so.3.1", "libx.so.3:plain", "plain", 1);
    run("gcc -shared -Wl,-soname,liby.so.1 -x c /dev/null -o liby-2.so");
    write_source("y.c", "int y(void) { return 1; }");
    run("gcc -shared -Wl,-soname,liby.so.1 y.c -o liby-2.so");
    expect("liby-2.so", "liby.so.1:y", "y", 1);
}
END_TEST

static void make_library(const char *text, const char *flags)
{
    write_source("library.c", text);
    run("gcc -O2 -fPIC -shared %s library.c -o library.so", flags);
}

START_TEST(aliases_are_one_function)
{
    make_library("int __read(int x) { return x + 1; }\n"
                 "int read(int) __attribute__((alias(\"__read\")));\n"
                 "int mine(int) __attribute__((alias(\"__read\")));\n",
        "");
    find("library.so", "mine,read");
    ck_assert_uint_eq(found.count, 1);
    ck_assert_str_eq(found.list[0].shown, "read");
    find("library.so", "mine");
    ck_assert_str_eq(found.list[0].shown, "mine");
}
END_TEST

START_TEST(a_function_is_called_as_its_aliases_are_known)
{
    make_library("int my_jump(int x) { return x + 1; }\n"
                 "int longjmp(int) __attribute__((alias(\"my_jump\")));\n"
                 "int mcount(int x) { return x + 2; }\n"
                 "int my_count(int) __attribute__((alias(\"mcount\")));\n"
                 "int _Unwind_It(int x) { return x + 3; }\n",
        "-fno-builtin -w");
    find("library.so", "my_jump,my_count,*_Unwind_*");
    ck_assert_uint_ne(by_symbol("my_jump")->flags & HOOK_TAIL, 0);
    ck_assert_uint_eq(by_symbol("_Unwind_It")->flags, HOOK_TAIL);
    ck_assert_ptr_null(by_symbol("my_count"));
    find("library.so", "m*");
    ck_assert_uint_eq(found.count, 1);
}
END_TEST

START_TEST(leaves_of_the_table_are_exported_functions)
{
    make_library("static __attribute__((noinline, used)) int send(int x) { return x + 1; }\n"
                 "int recv(int x) { return x + 2; }\n"
                 "int read = 3;\n"
                 "int poll(void *, long, int);\n"
                 "int call(void) { return poll(0, 0, 1); }\n",
        "-fno-builtin -w");
    expect("library.so", "send,recv,read,poll", "recv", 1);
}
END_TEST

/* A library with the functions `recv` and `setjmp`, in this version, with that name of its own. */
static void make_namesake(const char *version, const char *soname)
{
    char options[200];
    write_source("versions", "");
    run("echo '%s { global: recv; setjmp; };' >versions", version);
    snprintf(options, sizeof options, "-w -Wl,--version-script=versions -Wl,-soname,%s", soname);
    make_library(
        "int recv(int x) { return x + 2; }\nint setjmp(int x) { return x + 3; }\n", options);
}

START_TEST(what_is_known_of_a_function_holds_for_the_c_library)
{
    make_namesake("GLIBC_2.2.5", "libc.so.6");
    find("library.so", "@net,setjmp");
    ck_assert_uint_eq(
        by_symbol("recv")->flags, HOOK_IMPLIED | HOOK_OBJECT_OF(HOOK_OBJECT_DESCRIPTOR));
    ck_assert_uint_eq(by_symbol("setjmp")->flags, HOOK_TAIL);
}
END_TEST

static void expect_namesakes(const char *version, const char *soname)
{
    make_namesake(version, soname);
    expect("library.so", "@net", "", 0);
    find("library.so", "recv,setjmp");
    ck_assert_uint_eq(by_symbol("recv")->flags, HOOK_STACK_ARGS);
    ck_assert_uint_eq(by_symbol("setjmp")->flags, HOOK_TAIL);
    find("library.so", "*");
    ck_assert_uint_eq(by_symbol("recv")->flags, HOOK_STACK_ARGS);
}

START_TEST(namesakes_in_other_libraries_are_in_no_group)
{
    expect_namesakes("MINE_1", "libc.so.6");
    expect_namesakes("GLIBC_2.2.5", "libmine.so.6");
    expect_namesakes("ONE {}; GLIBC_2.2.5", "libc.so.6");
}
END_TEST

START_TEST(both_kinds_of_hash_tables_are_read)
{
    const char *text = "int recv(int x) { return x + 2; }\n"
                       "int clock_nanosleep(int x) { return x + 3; }\n"
                       "int v1(void) { return 1; }\n"
                       "int v2(void) { return 2; }\n"
                       "__asm__(\".symver v1, poll@ONE\\n.symver v2, poll@@TWO\");\n";
    write_source(
        "map", "ONE { global: recv; poll; clock_nanosleep; local: v1; v2; };\nTWO { } ONE;\n");
    make_library(text, "-fno-builtin -w -Wl,--version-script=map -Wl,--hash-style=sysv");
    find("library.so", "recv,poll,send,clock_nanosleep");
    ck_assert_uint_eq(count_shown("recv"), 1);
    ck_assert_uint_eq(count_shown("clock_nanosleep"), 1);
    ck_assert_uint_eq(count_shown("poll"), 2);
    make_library(text, "-fno-builtin -w -Wl,--version-script=map -Wl,--hash-style=gnu");
    find("library.so", "recv,poll,send,clock_nanosleep");
    ck_assert_uint_eq(count_shown("recv"), 1);
    ck_assert_uint_eq(count_shown("clock_nanosleep"), 1);
    ck_assert_uint_eq(count_shown("poll"), 2);
}
END_TEST

START_TEST(an_ifunc_is_told_apart)
{
    make_library("static int one(int x) { return x + 1; }\n"
                 "static void *choose(void) { return one; }\n"
                 "int chosen(int) __attribute__((ifunc(\"choose\")));\n"
                 "int direct(int x) { return x; }\n",
        "");
    find("library.so", "chosen,direct");
    ck_assert(by_symbol("chosen")->is_ifunc);
    ck_assert_uint_eq(by_symbol("chosen")->address, address_of("library.so", "choose"));
    ck_assert(!by_symbol("direct")->is_ifunc);
}
END_TEST

START_TEST(data_and_what_is_undefined_are_no_functions)
{
    make_library("int number = 1;\n"
                 "extern int elsewhere(int);\n"
                 "int direct(int x) { return elsewhere(x) + 1; }\n",
        "");
    expect("library.so", "number,elsewhere", "", 0);
    expect("library.so", "*e[lr]*", "", 0);
    make_library(
        "__asm__(\".data\\n.globl odd\\n.type odd, @function\\nodd: .long 1, 2\\n.text\\n\");", "");
    expect("library.so", "odd", "", 0);
}
END_TEST

START_TEST(what_a_program_calls_through_its_plt_is_not_its_own)
{
    write_source("main.c", "int puts(const char *);\n"
                           "int (*volatile function)(const char *) = 0;\n"
                           "int main(void) { function = puts; return function(\"x\"); }\n");
    run("gcc -O1 -no-pie -fno-pic main.c -o program");
    ck_assert_uint_ne(
        number_by("readelf -sW --dyn-syms program | grep UND | grep -c '[1-9a-f]0* .* puts'"), 0);
    expect("program", "puts,putss,p*s", "", 0);
}
END_TEST

static const char assembly[] =
    "__asm__(\".text\\n\"\n"
    "    \".globl sized, framed, bare, next, label\\n\"\n"
    "    \".type sized, @function\\n.type framed, @function\\n\"\n"
    "    \".type bare, @function\\n.type next, @function\\n\"\n"
    "    \"sized: nop; nop; ret\\n.size sized, 3\\n\"\n"
    "    \"framed: .cfi_startproc; nop; inner: nop; nop; ret; .cfi_endproc\\n\"\n"
    "    \"bare: nop; nop; nop; nop; ret\\n\"\n"
    "    \"next: nop; ret\\n.size next, 2\\n\"\n"
    "    \"label: nop; nop; nop; nop; nop; nop; ret\\n\");\n";

START_TEST(what_has_no_size_ends_where_it_can_be_seen)
{
    make_library(assembly, "");
    find("library.so", "sized,framed,bare,next,label");
    ck_assert_uint_eq(by_symbol("sized")->size, 3);
    ck_assert_uint_eq(by_symbol("framed")->size, 4);
    ck_assert_uint_eq(by_symbol("bare")->size, 5);
    ck_assert_uint_eq(by_symbol("next")->size, 2);
    ck_assert_uint_ge(by_symbol("label")->size, 7);
    find("library.so", "l*");
    ck_assert_ptr_null(by_symbol("label"));
}
END_TEST

START_TEST(entries_are_told_within_functions_and_behind_them)
{
    make_library(assembly, "");
    find("library.so", "framed");
    uint64_t start = found.list[0].address;
    size_t at = 0;
    while (at < found.entry_count && found.entries[at] < start)
        at++;
    ck_assert_uint_eq(at, 0);
    ck_assert_uint_ge(found.entry_count, 5);
    ck_assert_uint_eq(found.entries[0], start);
    ck_assert_uint_eq(found.entries[1], start + 1); /* inner */
    ck_assert_uint_eq(found.entries[2], start + 4); /* bare */
    ck_assert_uint_eq(found.entries[3], start + 9); /* next */
    ck_assert_uint_lt(found.entries[found.entry_count - 1], start + 4 + FUNCTIONS_NEAR);
}
END_TEST

START_TEST(code_is_as_in_the_file)
{
    make_library(assembly, "");
    find("library.so", "sized,framed");
    struct elf_bytes code = functions_code(&found, by_symbol("sized")->address);
    ck_assert_uint_gt(code.size, 8);
    ck_assert_mem_eq(code.bytes, "\x90\x90\xc3\x90", 4);
    ck_assert_ptr_null(functions_code(&found, 0).bytes);
    ck_assert_ptr_null(functions_code(&found, UINT64_MAX).bytes);
}
END_TEST

START_TEST(the_dynamic_linker_and_the_tools_own_are_exempt)
{
    make_library("int read(int x) { return x; }\nint scoped_trace_hooks;\n", "-w -fno-builtin");
    expect("library.so", "read,re?d", "", 0);
    expect("/lib64/ld-linux-x86-64.so.2", "_dl_*,*malloc*", "", 0);
}
END_TEST

START_TEST(what_is_no_library_is_refused)
{
    write_source("text",
        "not an ELF file, but more than sixty-four bytes of text, so that it could be one\n");
    write_source("short", "\177ELF");
    run("mkfifo fifo && gcc -c -x c /dev/null -o object.o");
    ck_assert_int_eq(try_find("text", "read"), -ENOEXEC);
    ck_assert_int_eq(try_find("short", "read"), -ENOEXEC);
    ck_assert_int_eq(try_find("fifo", "read"), -ENOEXEC);
    ck_assert_int_eq(try_find("object.o", "read"), -ENOEXEC);
    ck_assert_int_eq(try_find("missing", "read"), -ENOENT);
    ck_assert_uint_eq(found.count, 0);
}
END_TEST

/* Sets eight bytes of a copy of the file to each of some values, at each place that is used. */
START_TEST(damaged_files_do_no_harm)
{
    static const uint64_t values[] = {0, 1, UINT64_MAX, 0x7fffffffffffffff, 0x1000, 0xfffffffff};
    make_library(assembly, "-g");
    FILE *in = fopen("library.so", "r");
    static char bytes[1 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    for (size_t at = 0; at + 8 <= size; at += at < 0x600 ? 8 : 136) {
        char kept[8];
        memcpy(kept, bytes + at, 8);
        memcpy(bytes + at, &values[at / 8 % (sizeof values / sizeof *values)], 8);
        FILE *out = fopen("damaged.so", "w");
        fwrite(bytes, 1, size, out);
        fclose(out);
        memcpy(bytes + at, kept, 8);
        try_find("damaged.so", "read,fram*,bare,a::b");
    }
    for (size_t length = size; length > 0; length -= length < 512 ? length : 512) {
        ck_assert_int_eq(truncate("damaged.so", (off_t)length), 0);
        try_find("damaged.so", "read,fram*,bare,a::b");
    }
}
END_TEST

START_TEST(rusts_functions_are_found_in_both_manglings)
{
    static const char *const manglings[] = {"v0", "legacy"};
    if (system("command -v rustc >/dev/null") != 0) {
        puts("skipped: rusts_functions_are_found_in_both_manglings (no rustc)");
        return;
    }
    write_source("app.rs",
        "mod net {\n"
        "    pub struct Pool(pub u32);\n"
        "    impl Pool {\n"
        "        #[inline(never)] pub fn get(&self) -> u32 { self.0 + 1 }\n"
        "    }\n"
        "    impl Drop for Pool {\n"
        "        #[inline(never)] fn drop(&mut self) { println!(\"{}\", self.0) }\n"
        "    }\n"
        "    #[inline(never)] pub fn poll(x: u32) -> u32 { println!(\"p\"); x + 2 }\n"
        "}\n"
        "#[inline(never)] fn apply(f: &dyn Fn(u32) -> u32) -> u32 { f(3) }\n"
        "fn main() {\n"
        "    let pool = net::Pool(std::env::args().count() as u32);\n"
        "    let x = pool.0;\n"
        "    let closure = |y| { println!(\"c\"); x + y };\n"
        "    let known: &dyn Fn(u32) -> u32 = &closure;\n"
        "    let unknown = unsafe { std::ptr::read_volatile(&known) };\n"
        "    println!(\"{}\", apply(unknown) + pool.get() + net::poll(4));\n"
        "}\n");
    for (size_t i = 0; i < 2; i++) {
        run("RUSTC_BOOTSTRAP=1 rustc -Z unstable-options -C opt-level=1 "
            "-C symbol-mangling-version=%s app.rs -o app",
            manglings[i]);
        expect("app", "app::net::poll", "app::net::poll", 1);
        expect("app", "net::poll", "app::net::poll", 1);
        expect("app", "poll_", "", 0);
        find("app", "Pool::get");
        ck_assert_uint_eq(found.count, 1);
        find("app", "Pool::drop");
        ck_assert_uint_eq(found.count, 1);
        find("app", i == 0 ? "app::main::{closure#0}" : "app::main::{{closure}}");
        ck_assert_uint_eq(found.count, 1);
        find("app", "app::*");
        ck_assert_uint_ge(found.count, 5);
    }
}
END_TEST

START_TEST(functions_of_libc_are_each_found_once)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096], *path = NULL;
    while (path == NULL && fgets(line, sizeof line, maps))
        if (strstr(line, "/libc.so.6") || strstr(line, "/libc-2"))
            path = strchr(line, '/');
    fclose(maps);
    ck_assert_ptr_nonnull(path);
    path[strcspn(path, "\n")] = '\0';
    find(path, "read,memcpy,pthread_cond_wait,__libc_*");
    for (size_t i = 0; i < found.count; i++) {
        ck_assert(i == 0 || found.list[i - 1].address < found.list[i].address);
        ck_assert_uint_gt(found.list[i].size, 0);
        if (strcmp(found.list[i].symbol, "read") == 0)
            ck_assert_str_eq(found.list[i].shown, "read");
    }
    ck_assert_uint_eq(by_symbol("read")->flags, HOOK_OBJECT_OF(HOOK_OBJECT_DESCRIPTOR));
    ck_assert_uint_ge(count_shown("read"), 2); /* and __read_chk */
    ck_assert_uint_ge(count_shown("memcpy"), 1);
    ck_assert_uint_ge(count_shown("pthread_cond_wait"), 1);
    ck_assert_ptr_null(by_symbol("__libc_read")); /* an alias */
}
END_TEST

static void expect_question(const char *wanted, const char *path, const char *question)
{
    struct near_miss near;
    near_miss_begin(&near, wanted);
    ck_assert_int_eq(functions_near_misses(&near, path), 0);
    char *actual = near_miss_question(&near);
    ck_assert_str_eq(actual, question);
    free(actual);
}

START_TEST(near_misses_come_from_all_functions)
{
    compile_classes();
    expect_question("locla", "classes", "; did you mean 'local'?");
    expect_question("Server::accpet", "classes", "; did you mean 'Server::accept'?");
    expect_question("net::Sever::accept", "classes", "; did you mean 'net::Server::accept'?");
    expect_question("accept", "classes", "; did you mean 'net::Server::accept'?");
    expect_question("nothing_like_this", "classes", "");
    run("objcopy --only-keep-debug classes classes.debug");
    run("objcopy --strip-all --add-gnu-debuglink=classes.debug classes stripped");
    expect_question("locla", "stripped", "; did you mean 'local'?");
}
END_TEST

static void expect_inlined(const char *path, const char *written, bool expected)
{
    struct function_spec spec;
    bool is_inlined = !expected;
    ck_assert_int_eq(function_spec_parse(&spec, written, &problem), 0);
    ck_assert_int_eq(functions_only_inlined(&is_inlined, path, &spec), 0);
    ck_assert_msg(is_inlined == expected, "%s", written);
    function_spec_finish(&spec);
}

/* clang puts such functions below the namespace, gcc beside it. */
START_TEST(inlined_functions_are_found_in_namespaces)
{
    write_source("inlined.cpp",
        "#include <cstdio>\n"
        "namespace net { static inline int once(int x) { return printf(\"%d\", 3 * x); } }\n"
        "int main(int argc, char **) { return net::once(argc); }\n");
    if (system("command -v clang++ >/dev/null") != 0) {
        puts("skipped: inlined_functions_are_found_in_namespaces (no clang++)");
        return;
    }
    run("clang++ -O2 -g inlined.cpp -o inlined");
    expect_inlined("inlined", "net::once", true);
    expect_inlined("inlined", "once", false);
}
END_TEST

START_TEST(a_function_that_is_only_inlined_is_known_as_such)
{
    write_source("inlined.cpp",
        "#include <cstdio>\n"
        "namespace net { struct Pool {\n"
        "    inline int get(int x) { return printf(\"%d\", x); }\n"
        "};\n"
        "static inline int once(int x) { return printf(\"%d\", 3 * x); }\n"
        "struct Kept { __attribute__((noinline)) Kept() { puts(\"x\"); } }; }\n"
        "static inline int twice(int x) { return printf(\"%d\", 2 * x); }\n"
        "int main(int argc, char **)\n"
        "{ net::Kept kept; return net::Pool().get(argc) + twice(argc) + net::once(argc); }\n");
    run("g++ -O2 -g inlined.cpp -o inlined && g++ -O2 inlined.cpp -o bare");
    expect("inlined", "Pool::get", "", 0);
    expect_inlined("inlined", "Pool::get", true);
    expect_inlined("inlined", "twice", true);
    expect_inlined("inlined", "tw*", true);
    expect_inlined("inlined", "get", false);
    expect_inlined("inlined", "net::once", true);
    expect_inlined("inlined", "main", false);
    expect_inlined("inlined", "inlined:twice", true);
    expect_inlined("inlined", "other:twice", false);
    expect_inlined("inlined", "Kept::Kept", false);
    struct function_spec spec;
    bool is_inlined;
    ck_assert_int_eq(function_spec_parse(&spec, "twice", &problem), 0);
    ck_assert_int_eq(functions_only_inlined(&is_inlined, "bare", &spec), -ENOENT);
    function_spec_finish(&spec);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("functions");
    TCase *tests = tcase_create("functions");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, overloads_and_template_arguments_share_a_name);
    tcase_add_test(tests, a_name_without_colons_is_global);
    tcase_add_test(tests, constructors_operators_and_lambdas_are_found);
    tcase_add_test(tests, a_class_is_named_by_a_pattern);
    tcase_add_test(tests, thunks_are_not_the_function);
    tcase_add_test(tests, everything_leaves_the_start_code_out);
    tcase_add_test(tests, symbols_of_the_stripped_are_found_by_their_link);
    tcase_add_test(tests, a_debug_file_of_another_build_is_none);
    tcase_add_test(tests, symbols_that_are_carried_along_are_found);
    tcase_add_test(tests, clones_are_shown_as_the_function);
    tcase_add_test(tests, each_function_has_its_own_cold_part);
    tcase_add_test(tests, the_cold_part_of_an_exported_function_is_known);
    tcase_add_test(tests, a_name_is_looked_for_in_the_library_that_is_meant);
    tcase_add_test(tests, aliases_are_one_function);
    tcase_add_test(tests, a_function_is_called_as_its_aliases_are_known);
    tcase_add_test(tests, leaves_of_the_table_are_exported_functions);
    tcase_add_test(tests, what_is_known_of_a_function_holds_for_the_c_library);
    tcase_add_test(tests, namesakes_in_other_libraries_are_in_no_group);
    tcase_add_test(tests, both_kinds_of_hash_tables_are_read);
    tcase_add_test(tests, an_ifunc_is_told_apart);
    tcase_add_test(tests, data_and_what_is_undefined_are_no_functions);
    tcase_add_test(tests, what_a_program_calls_through_its_plt_is_not_its_own);
    tcase_add_test(tests, what_has_no_size_ends_where_it_can_be_seen);
    tcase_add_test(tests, entries_are_told_within_functions_and_behind_them);
    tcase_add_test(tests, code_is_as_in_the_file);
    tcase_add_test(tests, the_dynamic_linker_and_the_tools_own_are_exempt);
    tcase_add_test(tests, what_is_no_library_is_refused);
    tcase_add_test(tests, damaged_files_do_no_harm);
    tcase_add_test(tests, rusts_functions_are_found_in_both_manglings);
    tcase_add_test(tests, functions_of_libc_are_each_found_once);
    tcase_add_test(tests, near_misses_come_from_all_functions);
    tcase_add_test(tests, inlined_functions_are_found_in_namespaces);
    tcase_add_test(tests, a_function_that_is_only_inlined_is_known_as_such);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
