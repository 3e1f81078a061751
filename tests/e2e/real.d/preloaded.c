/* Somebody's own preloaded library; its letter, LETTER, is given when it is built. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int which(void);

int which(void)
{
    return LETTER;
}

__attribute__((constructor)) static void start(void)
{
    if (strcmp(program_invocation_short_name, "preloading") == 0) /* not in the tool itself */
        putchar(LETTER);
}

#ifdef WRAPS_USLEEP
int usleep(useconds_t microseconds)
{
    int (*next)(useconds_t) = (int (*)(useconds_t))dlsym(RTLD_NEXT, "usleep");
    putchar('u');
    return next(microseconds);
}
#endif
