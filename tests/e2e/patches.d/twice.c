/* A library that is loaded later, with a function that can be hooked, and one that is too short. */
int twice(int n);
__attribute__((noinline)) int twice(int n)
{
    __asm__ volatile("nop\n nop\n nop\n nop" : "+r"(n));
    return 2 * n;
}

__asm__(".globl same\n.type same,@function\nsame: mov %edi,%eax\n ret\n.size same, . - same\n"
        ".type next,@function\nnext: ret\n.size next, 1\n.p2align 4\n");
