/* Writes over the beginning of one of its functions, as what instruments code at run time does: in
 * a constructor ("early"), in main, or in main before it executes itself ("exec"). */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((noinline, noclone, aligned(64))) int step(int a)
{
    usleep(10);
    return a + 1;
}

static void overwrite(void)
{
    static const unsigned char code[] = {0x8d, 0x47, 0x02, 0xc3, 0x90, 0x90}; /* return a + 2 */
    char *page = (char *)((uintptr_t)step & ~(uintptr_t)4095);
    if (mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == 0)
        memcpy((void *)step, code, sizeof code);
    mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

__attribute__((constructor)) static void begin(int count, char **words)
{
    if (count > 1 && strcmp(words[1], "early") == 0)
        overwrite();
}

int main(int count, char **words)
{
    int sum = 0;
    if (count > 1 && strcmp(words[1], "early") != 0)
        overwrite();
    for (int i = 0; i < 5; i++)
        sum = step(sum);
    printf("%d\n", sum);
    fflush(stdout);
    if (count > 1 && strcmp(words[1], "exec") == 0)
        execl("/bin/true", "true", (char *)NULL);
    return 0;
}
