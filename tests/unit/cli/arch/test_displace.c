/*
 * test_displace.c - what is displaced does the same in its new place, and what cannot be is
 * refused.
 *
 * The functions stand in a section of their own. To see that one still does what it did, it is
 * called, hooked in place with a pad of the test's own, and called again. At the end all exported
 * functions of real libraries are displaced on paper, and the results decoded. With
 * CK_VERBOSITY=verbose it prints how many were refused, and why.
 */
// needs: cli
#include "arch/displace.h"
#include "suite.h"

#include <Zydis/Zydis.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Plans have addresses of the file: those of memory less this. Its upper half is not zero, so
 * that return addresses have one, too. */
static uint64_t base;

typedef long callable(long a, long b);

/* A function named `name` with its code; name_end is behind it. */
#define FUNCTION(name, code)                                                                       \
    extern char name##_start[], name##_end[];                                                      \
    __asm__(".pushsection .text.cases,\"ax\",@progbits\n"                                          \
            ".balign 64, 0xcc\n" #name "_start:\n" code "\n" #name "_end:\n"                       \
            ".balign 64, 0xcc\n"                                                                   \
            ".popsection\n")

__asm__(".pushsection .text.cases,\"ax\",@progbits\n"
        ".globl cases_start\n.balign 4096, 0xcc\ncases_start:\n.popsection\n");
extern char cases_start[];

long test_displace_word = 17;
long test_displace_add(long a, long b);
callable *test_displace_pointer = test_displace_add;
static void *returns_to;

__attribute__((noinline, used)) long test_displace_add(long a, long b)
{
    returns_to = __builtin_return_address(0);
    return 3 * a + b;
}

FUNCTION(frame, "push %rbp; mov %rsp, %rbp; mov %rdi, %rax; sub %rsi, %rax; pop %rbp; ret");
FUNCTION(one_long, "mov $0x1234567, %eax; add %edi, %eax; ret");
FUNCTION(marked, "endbr64; lea (%rdi,%rsi,4), %rax; not %rax; ret");
FUNCTION(reads, "mov test_displace_word(%rip), %rax; add %rdi, %rax; ret");
FUNCTION(address, "push %rsi; lea test_displace_word(%rip), %rax; add (%rax), %rdi; pop %rax;"
                  "add %rdi, %rax; ret");
FUNCTION(immediate, "cmpq $17, test_displace_word(%rip); sete %al; movzbl %al, %eax; ret");
FUNCTION(vector, "movq %rdi, %xmm1; vpaddq test_displace_word-8(%rip), %xmm1, %xmm0;"
                 "movq %xmm0, %rax; ret");
FUNCTION(branch, "test %edi, %edi; je 1f; mov %rsi, %rax; ret; 1: mov $5, %eax; ret");
FUNCTION(two_branches, "cmp %esi, %edi; jl 1f; jg 2f; xor %eax, %eax; ret;"
                       "1: mov $-1, %rax; ret; 2: mov $1, %eax; ret");
FUNCTION(near_branch, "test %esi, %esi; .byte 0x0f, 0x88; .long 1f - . - 4; mov %rsi, %rax; ret;"
                      ".skip 200, 0xcc; 1: mov %rdi, %rax; ret");
FUNCTION(jump, "jmp 1f; .byte 0xcc, 0xcc, 0xcc, 0xcc; 1: lea 7(%rdi), %rax; ret");
FUNCTION(near_jump, "jmp test_displace_add");
FUNCTION(indirect_jump, "jmp *test_displace_pointer(%rip)");
FUNCTION(register_jump, "lea test_displace_add(%rip), %rax; jmp *%rax");
FUNCTION(rcx_is_zero, "mov %edi, %ecx; jrcxz 1f; mov %rsi, %rax; ret; 1: mov $5, %eax; ret");
FUNCTION(ecx_is_zero, "mov %edi, %ecx; jecxz 1f; mov %rsi, %rax; ret; 1: mov $5, %eax; ret");
FUNCTION(counts, "mov %edi, %ecx; loop 1f; mov %rsi, %rax; ret; 1: mov %rcx, %rax; ret");
FUNCTION(calls, "sub $8, %rsp; call test_displace_add; add $8, %rsp; inc %rax; ret");
FUNCTION(calls_at_once, "call 1f; add %rsi, %rax; ret; 1: lea 1(%rdi), %rax; ret");
FUNCTION(calls_pointer, "push %rbx; call *test_displace_pointer(%rip); pop %rbx; inc %rax; ret");
FUNCTION(calls_register, "lea test_displace_add(%rip), %r9; push %rbx; call *%r9;"
                         "pop %rbx; inc %rax; ret");
FUNCTION(calls_new_register, "push %r12; call *%r9; pop %r12; inc %rax; ret");
FUNCTION(calls_memory, "sub $8, %rsp; call *8(%rdx,%rcx); add $8, %rsp; inc %rax; ret");
FUNCTION(where_am_i, "call 1f; 1: pop %rax; lea 1b(%rip), %rdx; sub %rdx, %rax; ret");
FUNCTION(recurses, "sub $8, %rsp; dec %rdi; js 1f; call recurses_start; inc %rax; add $8, %rsp;"
                   "ret; 1: xor %eax, %eax; add $8, %rsp; ret");
FUNCTION(calls_itself, "test %edi, %edi; jns 1f; mov %rsi, %rax; ret; 1: sub $8, %rsp;"
                       "sub $1, %edi; call calls_itself_start; add $8, %rsp; inc %rax; ret");
FUNCTION(short_one, "mov %edi, %eax; ret");
FUNCTION(short_with_nops, "mov %edi, %eax; ret; nopl 0(%rax); mov $1, %eax; ret");
FUNCTION(popping_return, "ret $0");
FUNCTION(nops, "nop; nop; nop; nop; nop; lea (%rdi,%rsi), %rax; ret");
FUNCTION(system_call, "mov $39, %eax; syscall; ret");
FUNCTION(long_instructions, "xor %eax, %eax; cmp %rsi, %rdi; 1: setb %al; ret");

FUNCTION(loop_head, "lea (%rdi,%rsi), %rax; dec %rdi; jns loop_head_start; ret");
FUNCTION(marked_loop, "endbr64; 1: lea (%rdi,%rsi), %rax; dec %rdi; jns 1b; ret");
FUNCTION(loop_within, "xor %eax, %eax; 1: add %edi, %eax; dec %edi; jns 1b; ret");
FUNCTION(jump_to_next, "test %edi, %edi; je 1f; 1: mov %esi, %eax; nop; ret");
FUNCTION(loop_behind, "xor %eax, %eax; test %edi, %edi; nop; 1: add %edi, %eax; dec %edi;"
                      "jns 1b; ret");
FUNCTION(warm, "test %edi, %edi; js cold_start; lea (%rdi,%rsi), %rax; ret");
FUNCTION(cold, "neg %edi; jmp warm_start");
FUNCTION(too_short, "ret; mov %edi, %eax; ret");
FUNCTION(runs_on, "nop");
FUNCTION(call_between, "call *%rdx; mov %rdi, %rax; ret");
FUNCTION(call_via_stack, "push %rbx; sub $16, %rsp; call *24(%rsp); ret");
FUNCTION(call_stack_first, "call *8(%rsp); nop; ret");
FUNCTION(transaction, "xbegin 1f; xend; 1: ret");
FUNCTION(low_address, ".byte 0x67; mov test_displace_word(%rip), %eax; ret");
FUNCTION(far_return, "mov %rdi, %rax; lretq");
FUNCTION(two_sizes, ".byte 0x66, 0xe8, 0, 0, 0, 0; ret");
FUNCTION(second_way, "mov %edi, %eax; endbr64; ret");
FUNCTION(no_code, ".byte 0x06, 0x06, 0x06, 0x06, 0x06, 0x06, 0x06; ret");
FUNCTION(data_within, "lea (%rdi,%rsi), %rax; nop; nop; ret; .byte 0x06, 0x06");
FUNCTION(reads_itself, "mov $5, %eax; mov reads_itself_start+1(%rip), %eax; ret");
FUNCTION(reads_first_byte, "mov $5, %eax; mov reads_first_byte_start(%rip), %eax; ret");
FUNCTION(takes_itself, "xor %eax, %eax; xor %edx, %edx; nop; lea takes_itself_start(%rip), %rax;"
                       "ret");
FUNCTION(takes_middle, "xor %eax, %eax; xor %edx, %edx; nop; lea takes_middle_start+2(%rip), %rax;"
                       "jmp *%rax");
FUNCTION(neighbours, "mov %rdi, %rax; jmp 1f; .balign 16, 0xcc;"
                     "neighbours_second: mov %rsi, %rax; 1: cmp %rdi, %rax; nop; ret;");
extern char neighbours_second[];
FUNCTION(distant, "mov %rdi, %rax; jmp 1f; .skip 1000, 0xcc;"
                  "distant_second: mov %rsi, %rax; 1: cmp %rdi, %rax; nop; ret;"
                  "distant_third: mov %rsi, %rax; 2: cmp %rdi, %rax; nop; ret;"
                  ".skip 1000, 0xcc; distant_fourth: test %eax, %eax; jne 2b; ret");
extern char distant_second[], distant_third[], distant_fourth[];
FUNCTION(switches, "xor %eax, %eax; mov %edi, %ecx; nop; lea switches_table(%rip), %rdx;"
                   "movslq (%rdx,%rcx,4), %rcx; add %rdx, %rcx; jmp *%rcx; 1: ret;"
                   ".pushsection .rodata; .balign 8; switches_table: .long 1b - switches_table;"
                   ".long switches_start + 2 - switches_table; .popsection");
FUNCTION(switches_on, "xor %eax, %eax; mov %edi, %ecx; nop; lea switches_on_table(%rip), %rdx;"
                      "movslq (%rdx,%rcx,4), %rcx; add %rdx, %rcx; jmp *%rcx; 1: ret;"
                      ".pushsection .rodata; .balign 8; switches_on_table:"
                      ".long 1b - switches_on_table, 1b - switches_on_table; .popsection");
FUNCTION(last, "ret");
extern char switches_table[], switches_on_table[];

static uint64_t file_address(const void *address)
{
    return (uint64_t)address - base;
}

static struct code_bytes text_of_cases(void)
{
    return (struct code_bytes){.bytes = (const uint8_t *)cases_start,
        .address = file_address(cases_start),
        .size = (uint64_t)(last_end - cases_start)};
}

static uint8_t *pads;

static void set_up(void)
{
    size_t size = (size_t)(last_end - cases_start);
    base = 0x1000;
    ck_assert_int_eq(mprotect(cases_start, size, PROT_READ | PROT_WRITE | PROT_EXEC), 0);
    /* In the gap above or below the program. */
    for (intptr_t distance = 1 << 26; distance < 1 << 30; distance <<= 1) {
        pads = mmap(cases_start - distance, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (pads != MAP_FAILED)
            return;
    }
    ck_abort_msg("no room near the program");
}

static void tear_down(void)
{
    munmap(pads, 4096);
}

static void store_distance(uint8_t *at, const uint8_t *end, uint64_t to)
{
    int64_t distance = (int64_t)(to - (uint64_t)end);
    int32_t stored = (int32_t)distance;
    ck_assert_int_eq(stored, distance);
    memcpy(at, &stored, sizeof stored);
}

static void apply_fixup(uint8_t *code, const struct hook_plan_fixup *fixup)
{
    uint64_t to = fixup->to + base;
    uint32_t low = (uint32_t)to, high = (uint32_t)(to >> 32);
    switch (fixup->kind) {
    case HOOK_PLAN_RELATIVE: store_distance(code + fixup->at, code + fixup->end, to); break;
    case HOOK_PLAN_LOW: memcpy(code + fixup->at, &low, sizeof low); break;
    case HOOK_PLAN_HIGH: memcpy(code + fixup->at, &high, sizeof high); break;
    default: ck_abort_msg("a fixup of kind %d", fixup->kind);
    }
}

static void write_jump(uint8_t *at, uint64_t to)
{
    *at = 0xe9;
    store_distance(at + 1, at + HOOK_PLAN_JUMP, to);
}

/* The pad: a count of the calls, then it is filled up with int3. */
struct pad {
    uint64_t count;
    uint8_t code[HOOK_PLAN_CODE + 16];
};

/* Carries the plan out. The code of the pad begins with incq count(%rip). */
static struct pad *hook(const struct hook_plan_entry *entry)
{
    struct pad *pad = (struct pad *)pads;
    uint8_t *code = pad->code + 7;
    memset(pads, 0xcc, 4096);
    pad->count = 0;
    memcpy(pad->code, "\x48\xff\x05", 3);
    store_distance(pad->code + 3, code, (uint64_t)&pad->count);
    memcpy(code, entry->code, entry->code_size);
    for (size_t i = 0; i < entry->fixup_count; i++)
        apply_fixup(code, &entry->fixups[i]);
    if (!entry->ends_by_itself)
        write_jump(code + entry->code_size, entry->address + base + entry->displaced_size);
    uint8_t *function = (uint8_t *)entry->address + base;
    ck_assert_mem_eq(function, entry->displaced, entry->displaced_size);
    /* What is displaced must not be executed in its old place any more. */
    memset(function, 0xcc, entry->displaced_size);
    write_jump(function, (uint64_t)pad->code);
    return pad;
}

static int displace_in(const struct code_bytes *tables, struct code_function *function,
    struct hook_plan_entry *entry, const char **why)
{
    struct code_bytes text = text_of_cases();
    /* Everything is to be written. */
    memset(entry, 0xff, sizeof *entry);
    *why = NULL;
    return displace(&text, tables, function, entry, why);
}

static void plan(const char *start, const char *end, struct hook_plan_entry *entry)
{
    const char *why;
    struct code_function function = {
        .address = file_address(start), .size = (uint64_t)(end - start)};
    uint64_t next = file_address(start + (end - start + 63) / 64 * 64);
    function.entries = &next;
    function.entry_count = 1;
    int error = displace_in(NULL, &function, entry, &why);
    ck_assert_msg(error == 0, "refused: %s", why);
    ck_assert_ptr_null(why);
}

static const long arguments[][2] = {{0, 0}, {1, 2}, {-3, 7}, {4, -1}, {1L << 40, 5}, {2, 1L << 33}};
#define ARGUMENTS (sizeof arguments / sizeof *arguments)

typedef long wide_callable(long a, long b, void *c, long d, long e, callable *f);

static void call_all(const char *start, long *results, void **returns)
{
    void *memory[] = {NULL, (void *)test_displace_add};
    for (size_t i = 0; i < ARGUMENTS; i++) {
        returns_to = NULL;
        results[i] = ((wide_callable *)start)(
            arguments[i][0], arguments[i][1], memory, 0, 0, test_displace_add);
        returns[i] = returns_to;
    }
}

/* Small numbers only, where it calls itself as often as its argument says. */
static void expect_same(const char *start, const char *end, size_t size, size_t first_count)
{
    long before[ARGUMENTS], after[ARGUMENTS];
    void *returns_before[ARGUMENTS], *returns_after[ARGUMENTS];
    struct hook_plan_entry entry;
    call_all(start, before, returns_before);
    plan(start, end, &entry);
    ck_assert_uint_eq(entry.displaced_size, size);
    struct pad *pad = hook(&entry);
    call_all(start, after, returns_after);
    for (size_t i = 0; i < ARGUMENTS; i++) {
        ck_assert_int_eq(before[i], after[i]);
        ck_assert_ptr_eq(returns_before[i], returns_after[i]);
    }
    ck_assert_uint_eq(pad->count, first_count);
}

#define SAME(name, size) expect_same(name##_start, name##_end, size, ARGUMENTS)

static void expect_refused(const char *start, const char *end, const char *reason)
{
    const char *why;
    struct hook_plan_entry entry, untouched;
    struct code_function function = {
        .address = file_address(start), .size = (uint64_t)(end - start)};
    memset(&untouched, 0xff, sizeof untouched);
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, reason);
    ck_assert_mem_eq(&entry, &untouched, sizeof entry);
}

#define REFUSED(name, reason) expect_refused(name##_start, name##_end, reason)

/* What does the same elsewhere. */

START_TEST(whole_instructions_are_displaced)
{
    SAME(frame, 7);
    SAME(one_long, 5);
    SAME(nops, 5);
    SAME(system_call, 5);
    SAME(long_instructions, 5);
}
END_TEST

START_TEST(the_mark_for_indirect_branches_stays)
{
    struct hook_plan_entry entry;
    plan(marked_start, marked_end, &entry);
    ck_assert_uint_eq(entry.address, file_address(marked_start) + 4);
    SAME(marked, 7);
}
END_TEST

START_TEST(operands_that_are_relative_still_reach)
{
    SAME(reads, 7);
    SAME(address, 8);
    SAME(immediate, 8);
    SAME(vector, 5);
}
END_TEST

START_TEST(a_relative_operand_ends_where_its_instruction_does)
{
    struct hook_plan_entry entry;
    plan(immediate_start, immediate_end, &entry);
    ck_assert_uint_eq(entry.fixup_count, 1);
    ck_assert_uint_eq(entry.fixups[0].at, 3);
    ck_assert_uint_eq(entry.fixups[0].end, 8); /* behind the immediate */
    ck_assert_uint_eq(entry.fixups[0].to, file_address(&test_displace_word));
}
END_TEST

START_TEST(branches_lead_where_they_led)
{
    SAME(branch, 7);
    SAME(two_branches, 6);
    SAME(near_branch, 8);
    SAME(jump, 5);
    SAME(near_jump, 5);
    SAME(indirect_jump, 6);
    SAME(register_jump, 7);
}
END_TEST

START_TEST(branches_on_rcx_lead_where_they_led)
{
    SAME(rcx_is_zero, 7);
    SAME(ecx_is_zero, 5);
    SAME(counts, 7);
}
END_TEST

START_TEST(a_call_returns_to_the_function_itself)
{
    SAME(calls, 9);
    SAME(calls_at_once, 5);
    SAME(calls_pointer, 7);
    SAME(calls_register, 7);
    SAME(calls_memory, 8);
    SAME(where_am_i, 5);
}
END_TEST

START_TEST(a_call_through_a_register_keeps_its_prefix)
{
    SAME(calls_new_register, 5);
}
END_TEST

START_TEST(calls_of_itself_are_hooked_each_time)
{
    static const char *const starts[] = {recurses_start, calls_itself_start};
    static const char *const ends[] = {recurses_end, calls_itself_end};
    for (size_t i = 0; i < 2; i++) {
        struct hook_plan_entry entry;
        long before = ((callable *)starts[i])(3, 2);
        plan(starts[i], ends[i], &entry);
        struct pad *pad = hook(&entry);
        ck_assert_int_eq(((callable *)starts[i])(3, 2), before);
        ck_assert_uint_eq(pad->count, i == 0 ? 4 : 5);
    }
}
END_TEST

START_TEST(the_padding_behind_a_short_function_is_used)
{
    SAME(short_one, 5);
    SAME(popping_return, 5);
    expect_same(short_with_nops_start, short_with_nops_start + 3, 5, ARGUMENTS);
}
END_TEST

START_TEST(nothing_follows_what_ends_by_itself)
{
    struct hook_plan_entry entry;
    plan(short_one_start, short_one_end, &entry);
    ck_assert_uint_eq(entry.ends_by_itself, 1);
    ck_assert_uint_eq(entry.code_size, 3);
    plan(near_jump_start, near_jump_end, &entry);
    ck_assert_uint_eq(entry.ends_by_itself, 1);
    plan(calls_start, calls_end, &entry);
    ck_assert_uint_eq(entry.ends_by_itself, 1);
    plan(frame_start, frame_end, &entry);
    ck_assert_uint_eq(entry.ends_by_itself, 0);
}
END_TEST

START_TEST(one_instruction_is_told_from_several)
{
    struct hook_plan_entry entry;
    plan(reads_start, reads_end, &entry);
    ck_assert_uint_eq(entry.is_one_instruction, 1);
    plan(popping_return_start, popping_return_end, &entry); /* nobody executes the padding */
    ck_assert_uint_eq(entry.is_one_instruction, 1);
    plan(frame_start, frame_end, &entry);
    ck_assert_uint_eq(entry.is_one_instruction, 0);
    plan(short_one_start, short_one_end, &entry);
    ck_assert_uint_eq(entry.is_one_instruction, 0);
}
END_TEST

START_TEST(what_others_fill_in_is_zero)
{
    static const uint8_t zeroes[sizeof(struct hook_plan_entry)];
    struct hook_plan_entry entry;
    plan(one_long_start, one_long_end, &entry);
    ck_assert_uint_eq(entry.shown | entry.symbol | entry.flags | entry.task | entry.is_resolver, 0);
    ck_assert_uint_eq(entry.reserved, 0);
    ck_assert_mem_eq(entry.displaced + 5, zeroes, HOOK_PLAN_BYTES - 5);
    ck_assert_mem_eq(entry.code + 5, zeroes, HOOK_PLAN_CODE - 5);
    ck_assert_mem_eq(entry.fixups, zeroes, sizeof entry.fixups);
}
END_TEST

START_TEST(the_next_entry_ends_a_function_of_unknown_size)
{
    const char *why;
    struct hook_plan_entry entry;
    struct code_function function = {.address = file_address(branch_start)};
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "its size is unknown");
    uint64_t entries[] = {function.address - 64, function.address, function.address + 64};
    function.entries = entries;
    function.entry_count = 2;
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "its size is unknown");
    function.entry_count = 3;
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), 0);
    ck_assert_uint_eq(entry.displaced_size, 7);
    entries[2] = file_address(last_end) + 64; /* of another section */
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "its size is unknown");
}
END_TEST

/* What is refused. */

#define LED_BACK "it jumps back to its first instructions"

START_TEST(a_loop_through_the_entry_is_refused)
{
    REFUSED(loop_head, LED_BACK);
    REFUSED(marked_loop, LED_BACK);
}
END_TEST

START_TEST(a_branch_between_the_first_instructions_is_refused)
{
    REFUSED(loop_within, LED_BACK);
    REFUSED(jump_to_next, LED_BACK);
    SAME(loop_behind, 5);
}
END_TEST

START_TEST(a_branch_from_another_part_is_refused)
{
    const char *why;
    struct hook_plan_entry entry;
    struct code_range part = {file_address(cold_start), (uint64_t)(cold_end - cold_start)};
    struct code_function function = {.address = file_address(warm_start),
        .size = (uint64_t)(warm_end - warm_start),
        .parts = &part,
        .part_count = 1};
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, LED_BACK);
    function.part_count = 0;
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), 0);
}
END_TEST

START_TEST(a_part_outside_of_the_text_is_refused)
{
    const char *why;
    struct hook_plan_entry entry;
    struct code_range part = {0x10, 8};
    struct code_function function = {.address = file_address(frame_start),
        .size = (uint64_t)(frame_end - frame_start),
        .parts = &part,
        .part_count = 1};
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "not all of its instructions are known");
}
END_TEST

START_TEST(a_second_function_within_the_first_instructions_is_refused)
{
    const char *why;
    struct hook_plan_entry entry;
    struct code_function function = {.address = file_address(two_branches_start),
        .size = (uint64_t)(two_branches_end - two_branches_start)};
    uint64_t entries[] = {function.address, function.address, function.address + 4};
    function.entries = entries;
    function.entry_count = 3;
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "another function begins within its first instructions");
    entries[2] = function.address + 6;
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), 0);
}
END_TEST

START_TEST(a_function_without_room_for_the_jump_is_refused)
{
    REFUSED(too_short, "it is too short");
    REFUSED(runs_on, "it is too short");
    const char *why;
    struct hook_plan_entry entry;
    struct code_function function = {.address = file_address(short_one_start), .size = 3};
    uint64_t next = function.address + 4;
    function.entries = &next;
    function.entry_count = 1;
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "it is too short");
}
END_TEST

START_TEST(a_call_with_displaced_instructions_behind_it_is_refused)
{
    REFUSED(call_between, "a call among its first instructions returns between them");
}
END_TEST

START_TEST(a_call_through_the_moved_stack_is_refused)
{
    REFUSED(call_stack_first, "a call among its first instructions returns between them");
    SAME(calls_memory, 8);
    const char *why;
    struct hook_plan_entry entry;
    /* push %rbx; sub $16, %rsp are 5 bytes, so begin behind the push. */
    struct code_function function = {.address = file_address(call_via_stack_start) + 1,
        .size = (uint64_t)(call_via_stack_end - call_via_stack_start - 1)};
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "it begins with a call through the stack");
}
END_TEST

START_TEST(what_works_in_its_place_only_is_refused)
{
    REFUSED(transaction, "it begins with a transaction");
    REFUSED(low_address, "one of its first instructions works in its place only");
    REFUSED(far_return, "one of its first instructions is a rare branch");
    REFUSED(two_sizes, "one of its first instructions is a rare branch");
    REFUSED(second_way, "there is a second way into its first instructions");
}
END_TEST

START_TEST(what_cannot_be_decoded_is_refused)
{
    REFUSED(no_code, "its first instructions are unknown");
    REFUSED(data_within, "not all of its instructions are known");
}
END_TEST

START_TEST(what_reads_its_own_first_instructions_is_refused)
{
    REFUSED(reads_itself, LED_BACK);
    REFUSED(reads_first_byte, LED_BACK);
    REFUSED(takes_middle, LED_BACK);
    SAME(takes_itself, 5);
}
END_TEST

START_TEST(what_lies_outside_of_the_text_is_refused)
{
    const char *why;
    struct hook_plan_entry entry;
    struct code_function function = {.address = file_address(cases_start) - 1, .size = 20};
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "its bytes are not in the file");
    function.address = file_address(frame_start);
    function.size = UINT64_MAX;
    ck_assert_int_eq(displace_in(NULL, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "its bytes are not in the file");
}
END_TEST

static int displace_between(const char *start, const char *end, const char **why)
{
    struct hook_plan_entry entry;
    struct code_function function = {
        .address = file_address(start), .size = (uint64_t)(end - start)};
    return displace_in(NULL, &function, &entry, why);
}

START_TEST(a_neighbour_that_jumps_into_the_first_instructions_is_noticed)
{
    const char *why;
    ck_assert_int_eq(displace_between(neighbours_second, neighbours_end, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "another function jumps into its first instructions");
    ck_assert_int_eq(displace_between(neighbours_start, neighbours_start + 5, &why), 0);
}
END_TEST

START_TEST(a_jump_from_afar_into_the_first_instructions_is_noticed)
{
    const char *why;
    ck_assert_int_eq(displace_between(distant_second, distant_third, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "another function jumps into its first instructions");
    ck_assert_int_eq(displace_between(distant_third, distant_third + 8, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, "another function jumps into its first instructions");
    ck_assert_int_eq(displace_between(distant_fourth, distant_end, &why), 0);
}
END_TEST

static int displace_switch(const char *start, const char *end, const char *table, const char **why)
{
    struct hook_plan_entry entry;
    struct code_bytes tables = {
        .bytes = (const uint8_t *)table, .address = file_address(table), .size = 8};
    struct code_function function = {
        .address = file_address(start), .size = (uint64_t)(end - start)};
    return displace_in(&tables, &function, &entry, why);
}

START_TEST(a_switch_that_leads_to_the_first_instructions_is_refused)
{
    const char *why;
    ck_assert_int_eq(
        displace_switch(switches_start, switches_end, switches_table, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, LED_BACK);
    ck_assert_int_eq(
        displace_switch(switches_on_start, switches_on_end, switches_on_table, &why), 0);
}
END_TEST

START_TEST(a_table_of_addresses_is_followed_as_well)
{
    /* xor %eax, %eax; mov %edi, %ecx; nop; jmp *0x2000(,%rcx,8); ret */
    static const uint8_t code[] = {
        0x31, 0xc0, 0x89, 0xf9, 0x90, 0xff, 0x24, 0xcd, 0x00, 0x20, 0, 0, 0xc3};
    uint64_t targets[] = {0x100c, 0x1002};
    struct code_bytes text = {code, 0x1000, sizeof code};
    struct code_bytes tables = {(const uint8_t *)targets, 0x2000, sizeof targets};
    struct code_function function = {.address = 0x1000, .size = sizeof code};
    struct hook_plan_entry entry;
    const char *why;
    ck_assert_int_eq(displace(&text, &tables, &function, &entry, &why), -EOPNOTSUPP);
    ck_assert_str_eq(why, LED_BACK);
    targets[1] = 0x100c;
    ck_assert_int_eq(displace(&text, &tables, &function, &entry, &why), 0);
}
END_TEST

/* Real libraries, as they are in memory. */

struct library {
    const char *name;
    struct code_bytes text, tables;
    uint64_t *entries; /* of .eh_frame_hdr and .dynsym */
    size_t entry_count;
    const Elf64_Sym *symbols; /* .dynsym, from the file */
    size_t symbol_count;
    const uint8_t *file;
    size_t file_size;
};

static int compare_addresses(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

/* The table of .eh_frame_hdr: pairs of distances from its own beginning. */
static void read_fdes(struct library *library, const uint8_t *header, uint64_t address)
{
    uint32_t count;
    ck_assert_mem_eq(header + 1, "\x1b\x03\x3b", 3);
    memcpy(&count, header + 8, sizeof count);
    for (size_t i = 0; i < count; i++) {
        int32_t distance;
        memcpy(&distance, header + 12 + 8 * i, sizeof distance);
        library->entries[library->entry_count++] = address + (uint64_t)(int64_t)distance;
    }
}

static bool is_function(const Elf64_Sym *symbol)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF && type == STT_FUNC;
}

static void read_entries(struct library *library)
{
    library->entries = calloc(1 << 20, sizeof *library->entries);
    for (size_t i = 0; i < library->symbol_count; i++)
        if (is_function(&library->symbols[i]))
            library->entries[library->entry_count++] = library->symbols[i].st_value;
    const Elf64_Phdr *header = (const Elf64_Phdr *)(library->file +
                                                    ((const Elf64_Ehdr *)library->file)->e_phoff);
    while (header->p_type != PT_GNU_EH_FRAME)
        header++;
    read_fdes(library, library->file + header->p_offset, header->p_vaddr);
    qsort(library->entries, library->entry_count, sizeof *library->entries, compare_addresses);
}

static void read_sections(struct library *library)
{
    const Elf64_Ehdr *elf = (const Elf64_Ehdr *)library->file;
    const Elf64_Shdr *section = (const Elf64_Shdr *)(library->file + elf->e_shoff);
    const char *names = (const char *)library->file + section[elf->e_shstrndx].sh_offset;
    for (size_t i = 0; i < elf->e_shnum; i++, section++) {
        const uint8_t *bytes = library->file + section->sh_offset;
        struct code_bytes content = {bytes, section->sh_addr, section->sh_size};
        if (strcmp(names + section->sh_name, ".text") == 0)
            library->text = content;
        if (strcmp(names + section->sh_name, ".rodata") == 0)
            library->tables = content;
        if (section->sh_type != SHT_DYNSYM)
            continue;
        library->symbols = (const Elf64_Sym *)bytes;
        library->symbol_count = section->sh_size / sizeof(Elf64_Sym);
    }
}

static bool open_library(struct library *library, const char *name)
{
    static const char *const directories[] = {
        "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"};
    char path[256];
    struct stat status;
    int fd = -1;
    for (size_t i = 0; fd < 0 && i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", directories[i], name);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return false;
    ck_assert_int_eq(fstat(fd, &status), 0);
    *library = (struct library){.name = name, .file_size = (size_t)status.st_size};
    library->file = mmap(NULL, library->file_size, PROT_READ, MAP_PRIVATE, fd, 0);
    ck_assert_ptr_ne(library->file, MAP_FAILED);
    close(fd);
    read_sections(library);
    read_entries(library);
    return true;
}

static void close_library(struct library *library)
{
    free(library->entries);
    munmap((void *)library->file, library->file_size);
}

static ZydisDecoder decoder;

static size_t decode(const uint8_t *bytes, size_t size, ZydisDecodedInstruction *instruction,
    ZydisDecodedOperand *operands)
{
    ck_assert(ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, size, instruction, operands)));
    return instruction->length;
}

static bool is_nop(const ZydisDecodedInstruction *instruction)
{
    return instruction->mnemonic == ZYDIS_MNEMONIC_NOP ||
           instruction->mnemonic == ZYDIS_MNEMONIC_INT3;
}

/* The displaced bytes are whole instructions, but for padding at the end. */
static void check_boundary(const struct hook_plan_entry *entry, const struct library *library)
{
    size_t size = 0;
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    uint64_t offset = entry->address - library->text.address;
    ck_assert_mem_eq(library->text.bytes + offset, entry->displaced, entry->displaced_size);
    while (size < entry->displaced_size)
        size += decode(library->text.bytes + offset + size, 15, &instruction, operands);
    ck_assert(size == entry->displaced_size || is_nop(&instruction));
}

/* Where a relative operand of the instruction leads, or 0. */
static uint64_t relative_target(const ZydisDecodedInstruction *instruction,
    const ZydisDecodedOperand *operands, uint64_t address)
{
    uint64_t target = 0;
    for (size_t i = 0; i < instruction->operand_count_visible; i++) {
        bool is_memory = operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
                         operands[i].mem.base == ZYDIS_REGISTER_RIP;
        bool is_branch = operands[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                         operands[i].imm.is_relative;
        if (is_memory || is_branch)
            ck_assert(ZYAN_SUCCESS(
                ZydisCalcAbsoluteAddress(instruction, &operands[i], address, &target)));
    }
    return target;
}

struct targets {
    uint64_t all[16];
    size_t count;
};

/* Collects the targets that lie outside of the code itself, in their order. */
static void collect_targets(
    struct targets *targets, const uint8_t *code, size_t size, uint64_t address)
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    targets->count = 0;
    for (size_t at = 0; at < size; at += instruction.length) {
        decode(code + at, size - at, &instruction, operands);
        uint64_t target = relative_target(&instruction, operands, address + at);
        if (target != 0 && target - address >= size)
            targets->all[targets->count++] = target;
    }
}

/* The same targets come out of the code in a pad as out of what was displaced. */
static void check_targets(const struct hook_plan_entry *entry)
{
    const uint64_t pad = 0x40001230;
    uint8_t code[HOOK_PLAN_CODE];
    struct targets before, after;
    memcpy(code, entry->code, sizeof code);
    for (size_t i = 0; i < entry->fixup_count; i++) {
        const struct hook_plan_fixup *fixup = &entry->fixups[i];
        ck_assert_uint_le(fixup->end, entry->code_size);
        ck_assert_uint_le(fixup->at + 4, fixup->end);
        int32_t distance = (int32_t)(fixup->to - (pad + fixup->end));
        if (fixup->kind == HOOK_PLAN_RELATIVE)
            memcpy(code + fixup->at, &distance, sizeof distance);
        else
            ck_assert_uint_eq(fixup->to, entry->address + entry->displaced_size);
    }
    size_t end = entry->displaced_size;
    while (entry->ends_by_itself && end > 0 && entry->displaced[end - 1] == 0xcc)
        end--;
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    before.count = 0;
    for (size_t at = 0; at < end; at += instruction.length) {
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                &decoder, entry->displaced + at, end - at, &instruction, operands)))
            break; /* in the midst of padding */
        uint64_t target = relative_target(&instruction, operands, entry->address + at);
        if (target != 0 && !is_nop(&instruction))
            before.all[before.count++] = target;
    }
    collect_targets(&after, code, entry->code_size, pad);
    ck_assert_uint_eq(before.count, after.count);
    for (size_t i = 0; i < before.count; i++)
        ck_assert_uint_eq(before.all[i], after.all[i]);
}

struct tally {
    const char *why[32];
    size_t counts[32], kinds;
    size_t functions, hooked;
    double nanoseconds;
};

static void count_refusal(struct tally *tally, const char *why)
{
    size_t i = 0;
    while (i < tally->kinds && strcmp(tally->why[i], why) != 0)
        i++;
    ck_assert_uint_lt(i, 32);
    if (i == tally->kinds)
        tally->why[tally->kinds++] = why;
    tally->counts[i]++;
}

static bool is_verbose(void)
{
    const char *verbosity = getenv("CK_VERBOSITY");
    return verbosity && strcmp(verbosity, "verbose") == 0;
}

static void print_tally(const char *name, const struct tally *tally)
{
    printf("%s: %zu of %zu functions can be hooked (%.1f %%), %.1f us for each\n", name,
        tally->hooked, tally->functions, 100.0 * (double)tally->hooked / (double)tally->functions,
        tally->nanoseconds / 1000 / (double)tally->functions);
    for (size_t i = 0; i < tally->kinds; i++)
        printf("%8zu: %s\n", tally->counts[i], tally->why[i]);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void displace_symbol(
    const struct library *library, const Elf64_Sym *symbol, struct tally *tally)
{
    const char *why;
    struct hook_plan_entry entry;
    struct code_function function = {.address = symbol->st_value,
        .size = symbol->st_size,
        .entries = library->entries,
        .entry_count = library->entry_count};
    double start = now();
    int error = displace(&library->text, &library->tables, &function, &entry, &why);
    tally->nanoseconds += now() - start;
    tally->functions++;
    if (error != 0) {
        count_refusal(tally, why);
        return;
    }
    tally->hooked++;
    check_boundary(&entry, library);
    check_targets(&entry);
}

/* At least so many of a hundred functions must be displaceable. */
static void displace_library(const char *name, double percent_min)
{
    struct library library;
    struct tally tally = {.functions = 0};
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    if (!open_library(&library, name))
        return;
    for (size_t i = 0; i < library.symbol_count; i++)
        if (is_function(&library.symbols[i]))
            displace_symbol(&library, &library.symbols[i], &tally);
    close_library(&library);
    if (is_verbose())
        print_tally(name, &tally);
    ck_assert_double_ge(100.0 * (double)tally.hooked, percent_min * (double)tally.functions);
}

START_TEST(nearly_all_functions_of_libc_can_be_hooked)
{
    displace_library("libc.so.6", 94);
}
END_TEST

START_TEST(nearly_all_functions_of_libm_can_be_hooked)
{
    displace_library("libm.so.6", 90);
}
END_TEST

START_TEST(nearly_all_functions_of_libstdcxx_can_be_hooked)
{
    displace_library("libstdc++.so.6", 90);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("displace");
    TCase *tests = tcase_create("displace");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, whole_instructions_are_displaced);
    tcase_add_test(tests, the_mark_for_indirect_branches_stays);
    tcase_add_test(tests, operands_that_are_relative_still_reach);
    tcase_add_test(tests, a_relative_operand_ends_where_its_instruction_does);
    tcase_add_test(tests, branches_lead_where_they_led);
    tcase_add_test(tests, branches_on_rcx_lead_where_they_led);
    tcase_add_test(tests, a_call_returns_to_the_function_itself);
    tcase_add_test(tests, a_call_through_a_register_keeps_its_prefix);
    tcase_add_test(tests, calls_of_itself_are_hooked_each_time);
    tcase_add_test(tests, the_padding_behind_a_short_function_is_used);
    tcase_add_test(tests, nothing_follows_what_ends_by_itself);
    tcase_add_test(tests, one_instruction_is_told_from_several);
    tcase_add_test(tests, what_others_fill_in_is_zero);
    tcase_add_test(tests, the_next_entry_ends_a_function_of_unknown_size);
    tcase_add_test(tests, a_loop_through_the_entry_is_refused);
    tcase_add_test(tests, a_branch_between_the_first_instructions_is_refused);
    tcase_add_test(tests, a_branch_from_another_part_is_refused);
    tcase_add_test(tests, a_part_outside_of_the_text_is_refused);
    tcase_add_test(tests, a_second_function_within_the_first_instructions_is_refused);
    tcase_add_test(tests, a_function_without_room_for_the_jump_is_refused);
    tcase_add_test(tests, a_call_with_displaced_instructions_behind_it_is_refused);
    tcase_add_test(tests, a_call_through_the_moved_stack_is_refused);
    tcase_add_test(tests, what_works_in_its_place_only_is_refused);
    tcase_add_test(tests, what_cannot_be_decoded_is_refused);
    tcase_add_test(tests, what_reads_its_own_first_instructions_is_refused);
    tcase_add_test(tests, what_lies_outside_of_the_text_is_refused);
    tcase_add_test(tests, a_neighbour_that_jumps_into_the_first_instructions_is_noticed);
    tcase_add_test(tests, a_jump_from_afar_into_the_first_instructions_is_noticed);
    tcase_add_test(tests, a_switch_that_leads_to_the_first_instructions_is_refused);
    tcase_add_test(tests, a_table_of_addresses_is_followed_as_well);
    tcase_add_test(tests, nearly_all_functions_of_libc_can_be_hooked);
    tcase_add_test(tests, nearly_all_functions_of_libm_can_be_hooked);
    tcase_add_test(tests, nearly_all_functions_of_libstdcxx_can_be_hooked);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
