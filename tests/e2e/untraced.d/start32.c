/*
 * start32.c - a 32-bit program that needs nothing but its dynamic linker: writes its environment
 * and returns 3.
 */
static int call(int number, int a, const void *b, int c)
{
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

__attribute__((used)) static void begin(char **stack)
{
    char **variables = stack + *(int *)stack + 2;
    for (; *variables; variables++) {
        int length = 0;
        while ((*variables)[length])
            length++;
        if (**variables == '_') /* a shell's: who has executed it */
            continue;
        call(4, 1, *variables, length);
        call(4, 1, "\n", 1);
    }
    call(1, 3, 0, 0);
}

__asm__(".globl _start\n_start: mov %esp, %eax\n push %eax\n call begin\n");
