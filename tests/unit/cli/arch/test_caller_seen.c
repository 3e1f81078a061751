/*
 * test_caller_seen.c - which functions look at where they return to.
 *
 * The functions are assembled while the test runs, and compiled ones stand in this file's own code.
 */
// needs: cli
#include "arch/caller_seen.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf/image.h"
#include "planner/callees.h"
#include "suite.h"

/* A function named `name` with its code; name_end is behind it. */
#define FUNCTION(name, code)                                                                       \
    extern char name##_start[], name##_end[];                                                      \
    __asm__(".pushsection .text.cases,\"ax\"\n.balign 16, 0xcc\n" #name "_start:\n" code           \
            "\n" #name "_end:\n"                                                                   \
            ".balign 16, 0xcc\n.popsection\n")

__asm__(".pushsection .text.cases,\"ax\"\n.globl cases_start\ncases_start:\n.popsection\n");
extern char cases_start[], cases_end[];

FUNCTION(reads, "mov (%rsp), %rax; ret");
FUNCTION(reads_in_frame, "push %rbp; mov %rsp, %rbp; sub $32, %rsp; mov 8(%rbp), %rdi; leave; ret");
FUNCTION(reads_without_frame, "push %rbx; sub $16, %rsp; mov 24(%rsp), %rax; add $16, %rsp;"
                              "pop %rbx; ret");
FUNCTION(reads_marked, "endbr64; push %rbx; mov 8(%rsp), %rax; pop %rbx; ret");
FUNCTION(reads_by_copy, "mov %rsp, %r11; push %rbx; mov (%r11), %rax; pop %rbx; ret");
FUNCTION(pushes, "push (%rsp); pop %rax; ret");
FUNCTION(pops, "pop %rdx; xor %eax, %eax; jmp *%rdx");
FUNCTION(writes, "mov %rdi, (%rsp); ret");
FUNCTION(takes_address, "push %rbp; mov %rsp, %rbp; lea 8(%rbp), %rax; pop %rbp; ret");
FUNCTION(walks, "push %rbp; mov %rsp, %rbp; sub $16, %rsp; mov (%rbp), %rax; mov 8(%rax), %rax;"
                "leave; ret");
FUNCTION(gives_stack, "lea 8(%rsp), %rax; ret");
FUNCTION(drops, "add $8, %rsp; jmp *%rdi");
FUNCTION(saves, "mov %rbx, (%rdi); lea 8(%rsp), %rdx; mov %rdx, 8(%rdi); mov (%rsp), %rdx;"
                "mov %rdx, 16(%rdi); xor %eax, %eax; ret");
FUNCTION(behind_branch, "test %edi, %edi; je 1f; push %rbx; call *%rsi; pop %rbx; ret;"
                        "1: mov (%rsp), %rax; ret");
FUNCTION(behind_jump, "push %rbx; jmp 2f; 1: mov 8(%rsp), %rax; pop %rbx; ret;"
                      "2: test %edi, %edi; jne 1b; pop %rbx; ret");
FUNCTION(in_case, "push %rbx; sub $16, %rsp; jmp *(%rax,%rdi,8); mov 24(%rsp), %rax; ret");
FUNCTION(jumps_to_reader, "mov %rsi, %rdi; jmp reads_start");
FUNCTION(realigned,
    "lea 8(%rsp), %r10; and $-32, %rsp; push -8(%r10); push %rbp; mov %rsp, %rbp;"
    "push %r10; sub $40, %rsp; mov 8(%rbp), %rax; add $40, %rsp; pop %r10; pop %rbp;"
    "lea -8(%r10), %rsp; ret");

FUNCTION(plain, "lea (%rdi,%rsi), %rax; ret");
FUNCTION(frame, "push %rbp; mov %rsp, %rbp; mov 16(%rbp), %rax; lea 16(%rbp), %rdi; leave; ret");
FUNCTION(variadic, "sub $216, %rsp; lea 224(%rsp), %rax; mov %rax, 8(%rsp); lea 32(%rsp), %rax;"
                   "mov %rax, 16(%rsp); call *%rdi; add $216, %rsp; ret");
FUNCTION(realigns, "lea 8(%rsp), %r10; and $-32, %rsp; push -8(%r10); push %rbp; mov %rsp, %rbp;"
                   "push %r10; sub $40, %rsp; mov (%r10), %rax; add $40, %rsp; pop %r10; pop %rbp;"
                   "lea -8(%r10), %rsp; ret");
FUNCTION(fence, "lock orq $0, (%rsp); ret");
FUNCTION(saves_all, "push %rbx; push %r12; sub $8, %rsp; call *%rdi; add $8, %rsp; pop %r12;"
                    "pop %rbx; ret; push %rbx; pop %rbx; mov (%rsp), %rax; ret");
FUNCTION(place_of_code, "call 1f; 1: pop %rax; ret");
FUNCTION(allocates, "push %rbp; mov %rsp, %rbp; sub %rdi, %rsp; mov %rsp, %rax; mov (%rsp), %rcx;"
                    "leave; ret");
FUNCTION(
    switches, "push %rbp; push %rbx; mov %rsp, (%rdi); mov %rsi, %rsp; pop %rbx; pop %rbp; ret");

__asm__(".pushsection .text.cases,\"ax\"\n.globl cases_end\ncases_end:\n.popsection\n");

static const struct caller_seen_calls no_calls;

static struct code_bytes cases(void)
{
    return (struct code_bytes){(const uint8_t *)cases_start, (uint64_t)cases_start,
        (uint64_t)cases_end - (uint64_t)cases_start};
}

static const char *seen_in(const char *start, const char *end)
{
    const struct code_bytes text = cases();
    const struct code_function function = {
        .address = (uint64_t)start, .size = (uint64_t)(end - start)};
    return caller_seen(&text, &function, &no_calls);
}

#define IS_SEEN(name)  ck_assert_msg(seen_in(name##_start, name##_end) != NULL, #name)
#define NOT_SEEN(name) ck_assert_pstr_eq(seen_in(name##_start, name##_end), NULL)

START_TEST(who_reads_or_writes_it_is_found)
{
    IS_SEEN(reads);
    IS_SEEN(reads_in_frame);
    IS_SEEN(reads_without_frame);
    IS_SEEN(reads_marked);
    IS_SEEN(reads_by_copy);
    IS_SEEN(pushes);
    IS_SEEN(pops);
    IS_SEEN(writes);
    IS_SEEN(takes_address);
    IS_SEEN(walks);
    IS_SEEN(gives_stack);
    IS_SEEN(drops);
    IS_SEEN(saves);
    IS_SEEN(jumps_to_reader);
    IS_SEEN(realigned);
}
END_TEST

START_TEST(it_is_found_behind_branches)
{
    IS_SEEN(behind_branch);
    IS_SEEN(behind_jump);
    IS_SEEN(in_case);
}
END_TEST

START_TEST(who_does_something_else_with_the_stack_is_not)
{
    NOT_SEEN(plain);
    NOT_SEEN(frame);
    NOT_SEEN(variadic);
    NOT_SEEN(realigns);
    NOT_SEEN(fence);
    NOT_SEEN(saves_all);
    NOT_SEEN(place_of_code);
    NOT_SEEN(allocates);
    NOT_SEEN(switches);
}
END_TEST

START_TEST(other_code_of_the_function_is_looked_at)
{
    const struct code_bytes text = cases();
    const struct code_range part = {(uint64_t)reads_start, 5};
    struct code_function function = {
        .address = (uint64_t)behind_branch_start, .size = 4, .parts = &part, .part_count = 1};
    ck_assert_pstr_eq(caller_seen(&text, &function, &no_calls), NULL); /* nobody jumps there */
    function = (struct code_function){.address = (uint64_t)jumps_to_reader_start,
        .size = (uint64_t)(jumps_to_reader_end - jumps_to_reader_start),
        .parts = &part,
        .part_count = 1};
    ck_assert_ptr_nonnull(caller_seen(&text, &function, &no_calls));
}
END_TEST

/* What the compiler makes of a function in a library with mcount of another one. */
static const char *seen_in_library(const char *options, const char *source, const char *name)
{
    char path[] = "/tmp/test_caller_seen-XXXXXX", command[400];
    struct elf_image image;
    struct caller_seen_calls calls;
    ck_assert_int_ge(mkstemp(path), 0);
    snprintf(command, sizeof command, "cc -O1 -w -shared -fPIC %s -o %s -x c -", options, path);
    FILE *compiler = popen(command, "w");
    fputs(source, compiler);
    ck_assert_int_eq(pclose(compiler), 0);
    ck_assert_int_eq(elf_image_open(&image, path), 0);
    remove(path);
    callees_find(&calls, &image);
    size_t index = elf_symbols_look_up(&image.dynamic, &image.hash, name, 0);
    ck_assert_uint_ne(index, 0);
    const Elf64_Sym *symbol = &image.dynamic.list[index];
    const Elf64_Phdr *code = elf_image_code(&image, symbol->st_value);
    struct elf_bytes bytes = elf_image_at(&image, code->p_vaddr);
    const struct code_bytes text = {bytes.bytes, code->p_vaddr, bytes.size};
    const struct code_function function = {.address = symbol->st_value, .size = symbol->st_size};
    const char *why = caller_seen(&text, &function, &calls);
    elf_image_close(&image);
    return why;
}

START_TEST(calls_for_a_profiler_are_found)
{
    const char *source = "int other(int); int f(int n) { return other(n) + other(n + 1); }";
    ck_assert_pstr_eq(seen_in_library("", source, "f"), NULL);
    ck_assert_ptr_nonnull(strstr(seen_in_library("-pg", source, "f"), "-pg"));
    ck_assert_ptr_nonnull(strstr(seen_in_library("-pg -fno-plt", source, "f"), "-pg"));
    ck_assert_ptr_nonnull(strstr(seen_in_library("-pg -mfentry", source, "f"), "-pg"));
    ck_assert_ptr_nonnull(seen_in_library("-finstrument-functions", source, "f"));
}
END_TEST

START_TEST(a_jump_to_who_asks_for_its_caller_is_found)
{
    const char *source = "void *dlsym(void *, const char *); void *f(void *a, const char *b)"
                         "{ return dlsym(a, b); } int g(void *a) { return dlsym(a, \"x\") != 0; }";
    ck_assert_ptr_nonnull(seen_in_library("-O2", source, "f"));
    ck_assert_ptr_nonnull(seen_in_library("-O2 -fno-plt -Wl,-z,now", source, "f"));
    ck_assert_pstr_eq(seen_in_library("-O2", source, "g"), NULL);
}
END_TEST

START_TEST(what_the_compiler_makes_of_it_is_found)
{
    const char *source = "extern void g(void *, ...); void f(int n) { char a[100]; if (n) g(a, n);"
                         " g(__builtin_return_address(0)); g(a); }"
                         "void h(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n);"
                         "g(&l); __builtin_va_end(l); }";
    static const char *const options[] = {"-O0", "-O1", "-O2", "-O3", "-Os",
        "-O2 -fno-omit-frame-pointer", "-O2 -mstackrealign", "-O2 -fcf-protection"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        ck_assert_msg(seen_in_library(options[i], source, "f") != NULL, "%s", options[i]);
        ck_assert_pstr_eq(seen_in_library(options[i], source, "h"), NULL);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("caller_seen");
    TCase *tests = tcase_create("caller_seen");
    tcase_add_test(tests, who_reads_or_writes_it_is_found);
    tcase_add_test(tests, it_is_found_behind_branches);
    tcase_add_test(tests, who_does_something_else_with_the_stack_is_not);
    tcase_add_test(tests, other_code_of_the_function_is_looked_at);
    tcase_add_test(tests, calls_for_a_profiler_are_found);
    tcase_add_test(tests, a_jump_to_who_asks_for_its_caller_is_found);
    tcase_add_test(tests, what_the_compiler_makes_of_it_is_found);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
