/* A library with a function whose first instruction can fault. */
__asm__(".text\n.p2align 4\n.globl there\n.type there,@function\n"
        "there: mov (%rdi),%rax\n nop\n nop\n nop\n nop\n ret\n"
        ".globl there_end\nthere_end: mov $-1,%rax\n ret\n.size there, . - there\n");
