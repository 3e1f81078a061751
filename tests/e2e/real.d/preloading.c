#include <stdio.h>
#include <unistd.h>

int which(void) __attribute__((weak));

int main(void)
{
    printf(" %c\n", which ? which() : '-');
    usleep(100);
    putchar('\n');
    return 0;
}
