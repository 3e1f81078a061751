/* A preloaded library that wraps the leaf, as others do, and says how often it was called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

static int calls;

ssize_t read(int fd, void *buffer, size_t size)
{
    static ssize_t (*next)(int, void *, size_t);
    if (next == NULL)
        next = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    calls++;
    return next(fd, buffer, size);
}

__attribute__((destructor)) static void say(void)
{
    if (calls > 10) /* in the tool it is loaded as well */
        printf("wrapped %d\n", calls);
}
