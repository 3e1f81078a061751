/* A program that is there for two seconds. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    puts("ready");
    fflush(stdout);
    for (int i = 0; i < 40; i++)
        usleep(50000);
    return 5;
}
