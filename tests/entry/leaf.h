/*
 * leaf.h - functions whose first instructions are known, whatever the compiler is.
 */
#ifndef LEAF_H
#define LEAF_H

/* Defines the function `name`, which is like `function`: its first instruction has 5 bytes and
 * does nothing, then it jumps. */
#define LEAF(name, function)                                                                       \
    __asm__(".pushsection .text\n"                                                                 \
            ".globl " #name "\n"                                                                   \
            ".type " #name ", @function\n"                                                         \
            ".p2align 4\n" #name ":\n"                                                             \
            ".cfi_startproc\n"                                                                     \
            ".byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n"                                                 \
            "jmp " #function "\n"                                                                  \
            ".cfi_endproc\n"                                                                       \
            ".size " #name ", . - " #name "\n"                                                     \
            ".popsection\n")

/* For a function that LEAF jumps to. */
#define IMPLEMENTATION __attribute__((used, noinline, visibility("hidden")))

#endif
