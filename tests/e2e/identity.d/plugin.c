/*
 * plugin.c - a library whose inner function has the name that it is compiled with (-DNAME=...).
 */
#include <time.h>

void plugin_run(void);

__attribute__((noinline)) static void NAME(void)
{
    static const struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
    __asm__ volatile("");
}

void plugin_run(void)
{
    NAME();
    __asm__ volatile("");
}
