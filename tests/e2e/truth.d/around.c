/* Calls before and after main. With an argument, main calls exit. */
#include <stdlib.h>
#include <unistd.h>

static volatile int done;

__attribute__((constructor)) static void early(void)
{
    usleep(100);
    done++;
}

__attribute__((destructor)) static void destroy(void)
{
    usleep(100);
    done++;
}

static void late(void)
{
    usleep(100);
    done++;
}

int main(int count, char **words)
{
    (void)words;
    atexit(late);
    usleep(100);
    if (count > 1)
        exit(0);
    return 0;
}
