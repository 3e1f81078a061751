/*
 * registers.c - what a caller that knows its callee relies on: every register arrives at the leaf
 * as it was, and comes back as the leaf has left it; the stack is as aligned as it was.
 *
 * usage: registers LEAF, one of: plain tail clobbering
 * Exit status: 0 if all is right, 1 if not. The leaf `clobbering` leaves another value in rsi.
 * One register does not arrive, except by a jump: rbp, by which the trampoline's frame is found.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define REGISTERS 15 /* rax rbx rcx rdx rsi rdi rbp r8 ... r15 */
#define RBP       6

static const char *const names[REGISTERS] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
    "r9", "r10", "r11", "r12", "r13", "r14", "r15"};

/* Of the call: what registers hold before and after it, and what the leaf sees and leaves. */
uint64_t given[REGISTERS], seen[REGISTERS], left[REGISTERS], found[REGISTERS];
uint64_t stack_seen, shift, caller_stack;
void (*leaf)(void);

void call_leaf(void);
void leaf_plain(void);
void leaf_tail(void);
void leaf_clobbering(void);

__asm__(".macro each_register operation table\n"
        "\\operation %rax, \\table + 0(%rip)\n"
        "\\operation %rbx, \\table + 8(%rip)\n"
        "\\operation %rcx, \\table + 16(%rip)\n"
        "\\operation %rdx, \\table + 24(%rip)\n"
        "\\operation %rsi, \\table + 32(%rip)\n"
        "\\operation %rdi, \\table + 40(%rip)\n"
        "\\operation %rbp, \\table + 48(%rip)\n"
        "\\operation %r8, \\table + 56(%rip)\n"
        "\\operation %r9, \\table + 64(%rip)\n"
        "\\operation %r10, \\table + 72(%rip)\n"
        "\\operation %r11, \\table + 80(%rip)\n"
        "\\operation %r12, \\table + 88(%rip)\n"
        "\\operation %r13, \\table + 96(%rip)\n"
        "\\operation %r14, \\table + 104(%rip)\n"
        "\\operation %r15, \\table + 112(%rip)\n"
        ".endm\n"
        ".macro store register, place\n"
        "movq \\register, \\place\n"
        ".endm\n"
        ".macro fetch register, place\n"
        "movq \\place, \\register\n"
        ".endm\n"
        /* Scratch registers only are left changed. */
        ".macro define_leaf name\n"
        ".globl \\name\n"
        ".type \\name, @function\n"
        ".p2align 4\n"
        "\\name:\n"
        ".cfi_startproc\n"
        "movq %rsp, stack_seen(%rip)\n"
        "each_register store seen\n"
        "movq left + 0(%rip), %rax\n"
        "movq left + 16(%rip), %rcx\n"
        "movq left + 24(%rip), %rdx\n"
        "movq left + 32(%rip), %rsi\n"
        "movq left + 40(%rip), %rdi\n"
        "movq left + 56(%rip), %r8\n"
        "movq left + 64(%rip), %r9\n"
        "movq left + 72(%rip), %r10\n"
        "movq left + 80(%rip), %r11\n"
        ".ifc \\name, leaf_clobbering\n"
        "notq %rsi\n"
        ".endif\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size \\name, . - \\name\n"
        ".endm\n"
        ".text\n"
        "define_leaf leaf_plain\n"
        "define_leaf leaf_tail\n"
        "define_leaf leaf_clobbering\n"
        ".globl call_leaf\n"
        ".type call_leaf, @function\n"
        "call_leaf:\n"
        ".cfi_startproc\n"
        "pushq %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset %rbp, -16\n"
        "pushq %rbx\n"
        ".cfi_def_cfa_offset 24\n"
        "pushq %r12\n"
        ".cfi_def_cfa_offset 32\n"
        "pushq %r13\n"
        ".cfi_def_cfa_offset 40\n"
        "pushq %r14\n"
        ".cfi_def_cfa_offset 48\n"
        "pushq %r15\n"
        ".cfi_def_cfa_offset 56\n"
        "movq %rsp, caller_stack(%rip)\n"
        /* From here rsp is off by `shift`: walks may go astray, which is not what is tested. */
        "subq shift(%rip), %rsp\n"
        "each_register fetch given\n"
        "call *leaf(%rip)\n"
        "each_register store found\n"
        "movq caller_stack(%rip), %rsp\n"
        "popq %r15\n"
        "popq %r14\n"
        "popq %r13\n"
        "popq %r12\n"
        "popq %rbx\n"
        "popq %rbp\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size call_leaf, . - call_leaf\n");

static int is_scratch(int i)
{
    return i != 1 && i != 6 && i < 11;
}

/* Whether the trampoline may have called the leaf, instead of jumping to it. */
static int is_called;

static int check(void)
{
    int wrong = 0;
    for (int i = 0; i < REGISTERS; i++) {
        uint64_t expected = is_scratch(i) ? left[i] : given[i];
        if (seen[i] != given[i] && !(i == RBP && is_called))
            wrong += printf("shift %lu: %s arrives as another\n", shift, names[i]);
        if (found[i] != expected)
            wrong += printf("shift %lu: %s comes back as another\n", shift, names[i]);
    }
    if ((stack_seen - (caller_stack - shift - 8)) % 64 != 0)
        wrong += printf("shift %lu: the stack is aligned otherwise\n", shift);
    return wrong;
}

/* Of the vector registers one, and the x87 stack. */
static int check_vectors(void)
{
    uint64_t after[2];
    double x87 = 0;
    static const uint64_t before[2] = {0x0123456789abcdef, 0xfedcba9876543210};
    __asm__ volatile(
        "movdqu %2, %%xmm13\n"
        "fldpi\n"
        "call *%3\n"
        "fstpl %1\n"
        "movdqu %%xmm13, %0\n"
        : "=m"(after), "=m"(x87)
        : "m"(before), "m"(leaf)
        : "memory", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm13");
    return memcmp(after, before, sizeof after) != 0 || x87 < 3.14159 || x87 > 3.14160;
}

int main(int argc, char **argv)
{
    int wrong = 0;
    const char *name = argc > 1 ? argv[1] : "plain";
    leaf = strcmp(name, "tail") == 0         ? leaf_tail
           : strcmp(name, "clobbering") == 0 ? leaf_clobbering
                                             : leaf_plain;
    is_called = leaf != leaf_tail;
    for (int i = 0; i < REGISTERS; i++) {
        given[i] = 0x1111111111111111u * (unsigned)(i + 1);
        left[i] = ~given[i] ^ 0xf0f0;
    }
    wrong += check_vectors();
    for (shift = 0; shift < 512; shift += 8) {
        call_leaf();
        wrong += check();
    }
    return wrong != 0;
}
