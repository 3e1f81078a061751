/* Hits before and after main lie outside of it, and are counted. */
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void before(void)
{
    usleep(100);
}

__attribute__((destructor)) static void after(void)
{
    usleep(100);
}

static void at_exit(void)
{
    usleep(100);
}

int main(void)
{
    atexit(at_exit);
    usleep(100);
    return 0;
}
