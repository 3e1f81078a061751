/*
 * test_runtimes.c - which functions must not be called through a frame of ours, by what marks the
 * files of such languages. The files are assembled while the test runs.
 */
// needs: cli
#include "planner/runtimes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf/function_tables.h"
#include "suite.h"

static char path[] = "/tmp/test_runtimes-XXXXXX";
static struct function_tables tables;
static struct runtimes runtimes;

/* A library with these functions, separated by blanks; a text with a dot first is a section. */
static void make(const char *functions)
{
    char command[200], names[400], *rest = names, *name;
    strcpy(strrchr(path, '-') + 1, "XXXXXX");
    close(mkstemp(path));
    snprintf(command, sizeof command, "cc -shared -o %s -x assembler -", path);
    FILE *assembler = popen(command, "w");
    fputs(".section .note.GNU-stack,\"\",@progbits\n.text\n", assembler);
    strcpy(names, functions);
    while ((name = strsep(&rest, " ")) != NULL) {
        if (*name == '.' || strcmp(name, "__managedcode") == 0)
            fprintf(assembler, ".section %s,\"a\"\n.long 1\n.text\n", name);
        else
            fprintf(assembler, ".globl \"%s\"\n.type \"%s\",@function\n\"%s\": nop\nret\n", name,
                name, name);
    }
    ck_assert_int_eq(pclose(assembler), 0);
    ck_assert_int_eq(function_tables_open(&tables, path), 0);
    function_tables_open_all(&tables);
    ck_assert_int_eq(runtimes_find(&runtimes, &tables), 0);
}

static void forget(void)
{
    runtimes_finish(&runtimes);
    function_tables_finish(&tables);
    remove(path);
}

static const char *refusal(const char *name)
{
    const struct elf_symbols *symbols = &tables.image.dynamic;
    size_t index = elf_symbols_look_up(symbols, &tables.image.hash, name, 0);
    ck_assert_msg(index != 0, "no '%s'", name);
    return runtimes_refusal(&runtimes, symbols->list[index].st_value, name);
}

/* In a file with these, `refused` is refused, with this word, and `other` is not; NULL: none. */
static void expect(const char *marks, const char *refused, const char *word, const char *other)
{
    char all[400];
    snprintf(all, sizeof all, "before %s %s %s", marks, refused, other ? other : "other");
    make(all);
    const char *why = refusal(refused);
    ck_assert_msg(why && strstr(why, word), "%s: %s", refused, why);
    if (other)
        ck_assert_pstr_eq(refusal(other), NULL);
    forget();
    /* Without the marks, a name says nothing. */
    snprintf(all, sizeof all, "before %s", refused);
    make(all);
    ck_assert_pstr_eq(refusal(refused), NULL);
    forget();
}

START_TEST(each_runtime_is_known_by_its_marks)
{
    expect("_ZN2v88internal3fooEv", "Builtins_ArrayMap", "V8", "Builtin");
    expect("stg_upd_frame_info", "Main_main_info", "Haskell", "my_function");
    expect(".svm_heap", "Main_main", "Java", NULL);
    expect("__managedcode", "Program_Main", ".NET", NULL);
    expect("mono_aot_file_info", "Program_Main", ".NET", NULL);
    expect("_kDartVmSnapshotInstructions", "main_1", "Dart", NULL);
    expect("lj_vm_asm_begin", "lj_BC_ADDVV", "LuaJIT", "lua_call");
    expect("MLton_jumpToSML", "L_12", "Standard ML", "L_function");
    expect("C_library_toplevel", "f_1234", "CHICKEN", "f_name");
    expect("call_into_lisp", "undefined_tramp", "Lisp", "os_init");
    expect("__gcmapstart", "pypy_g_f", "tables", NULL);
    expect(".llvm_stackmaps", "f", "tables", NULL);
    expect("swift_task_create", "$s4main1fyyYaFTY0_", "Swift", "$s4main1fyyF");
}
END_TEST

START_TEST(code_of_ocaml_and_go_is_known_by_its_place)
{
    expect("camlA__code_begin camlA__f", "camlA__g", "OCaml", NULL);
    make("a camlA__code_begin camlA__f camlA__code_end b caml_alloc camlB.code_begin camlB.f "
         "camlB.code_end c");
    ck_assert_pstr_eq(refusal("a"), NULL);
    ck_assert_ptr_nonnull(refusal("camlA__f"));
    ck_assert_pstr_eq(refusal("b"), NULL);
    ck_assert_pstr_eq(refusal("caml_alloc"), NULL);
    ck_assert_ptr_nonnull(refusal("camlB.f"));
    ck_assert_pstr_eq(refusal("c"), NULL);
    forget();
    make("a .note.go.buildid runtime.text main.f runtime.etext _cgo_1_Cfunc_f");
    ck_assert_pstr_eq(refusal("a"), NULL);
    ck_assert_ptr_nonnull(strstr(refusal("main.f"), "Go"));
    ck_assert_pstr_eq(refusal("_cgo_1_Cfunc_f"), NULL);
    forget();
}
END_TEST

/* What is not known is not guessed. */
START_TEST(where_code_of_go_is_must_be_known)
{
    make("a .gopclntab b");
    ck_assert_ptr_nonnull(strstr(refusal("a"), "Go"));
    forget();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runtimes");
    TCase *tests = tcase_create("runtimes");
    tcase_add_test(tests, each_runtime_is_known_by_its_marks);
    tcase_add_test(tests, code_of_ocaml_and_go_is_known_by_its_place);
    tcase_add_test(tests, where_code_of_go_is_must_be_known);
    tcase_set_timeout(tests, 120);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
