/* Threads with the smallest stack that there can be, and handlers on a stack that has room for the
 * signal's frame and what the documentation says a hit needs, with a page without access below. */
#include "hits.h"

#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#define HIT_NEEDS 1536
#define OWN       512 /* the handler, count_hit and read */

static void handle(int signal)
{
    (void)signal;
    count_hit();
}

static void *work(void *unused)
{
    size_t size = ((size_t)sysconf(_SC_MINSIGSTKSZ) + HIT_NEEDS + OWN + 63) & ~(size_t)63;
    char *memory = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const stack_t stack = {.ss_sp = memory + 4096, .ss_size = size};
    mprotect(memory, 4096, PROT_NONE);
    sigaltstack(&stack, NULL);
    hit_by_paths(8);
    for (int i = 0; i < 3; i++)
        raise(SIGUSR1);
    const stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    munmap(memory, 1 << 16);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    const struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    begin_hits();
    sigaction(SIGUSR1, &action, NULL);
    pthread_attr_init(&attributes);
    say("stack size", pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN));
    for (int i = 0; i < 3; i++) {
        int error = pthread_create(&thread, &attributes, work, NULL);
        if (error)
            return 2;
        pthread_join(thread, NULL);
    }
    say_hits();
    return 0;
}
