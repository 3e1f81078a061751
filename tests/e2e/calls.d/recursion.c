/* recursion.c - a leaf that calls itself, on a stack that has just what that takes, and the 192
 * bytes that each open call of a leaf may keep (docs/reliability.md). */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define OPEN_LEAF 192
#define REST      40960 /* for the thread's own data, and for one hit */

static uintptr_t lowest = UINTPTR_MAX;

__attribute__((noinline, noclone)) int descend(int left)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (here < lowest)
        lowest = here;
    int result = left ? descend(left - 1) : 0;
    __asm__ volatile("" : "+r"(result));
    return result + 1;
}

__attribute__((noinline, noclone)) int measure(int left)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (here < lowest)
        lowest = here;
    int result = left ? measure(left - 1) : 0;
    __asm__ volatile("" : "+r"(result));
    return result + 1;
}

static void *go(void *levels)
{
    printf("%d\n", descend((int)(intptr_t)levels));
    return NULL;
}

int main(int count, char **arguments)
{
    int levels = count > 1 ? atoi(arguments[1]) : 1000;
    pthread_attr_t attributes;
    pthread_t thread;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    measure(1000);
    size_t size = ((here - lowest) / 1000 + OPEN_LEAF) * (size_t)levels + REST;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size + 4095) & ~(size_t)4095);
    if (pthread_create(&thread, &attributes, go, (void *)(intptr_t)levels) != 0)
        return 2;
    pthread_join(thread, NULL);
    return 0;
}
