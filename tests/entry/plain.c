/* plain.c - two leaves: one begins with one instruction of 5 bytes, one with two of them. */
#include <stdio.h>

#include "leaf.h"

int one(int number);
int two(int number);

LEAF(one, really);
__asm__(".text\n"
        ".globl two\n"
        ".type two, @function\n"
        ".p2align 4\n"
        "two:\n"
        ".cfi_startproc\n"
        "xorl %eax, %eax\n"
        "nopl (%rax)\n"
        "jmp really\n"
        ".cfi_endproc\n"
        ".size two, . - two\n");

IMPLEMENTATION int really(int number)
{
    return number + 1;
}

int main(void)
{
    int sum = 0;
    for (int i = 0; i < 10; i++)
        sum += one(i) + two(i);
    printf("%d\n", sum);
    return 0;
}
