/* looks.c - one thread calls a leaf, another one looks at its open calls, millions of times. The
 * thread notes the clock before each call, so the reader knows how old an open call can be. */
#include <pthread.h>
#include <time.h>
#include <x86intrin.h>

#include "reader.h"

#define LOOKS 10000000

static _Atomic uint64_t before_call, inside; /* 0: not inside */
static _Atomic int is_over;
static uint64_t millisecond; /* in ticks */

__attribute__((noinline)) int quick(int number)
{
    __asm__ volatile("nopl 0(%%rax,%%rax)\n\tnopl 0(%%rax,%%rax)" : : "r"(number));
    return number * 3 + 1234567;
}

/* Some calls take 2 ms. */
__attribute__((noinline)) int slow(int number)
{
    uint64_t begin = __rdtsc();
    atomic_store(&inside, begin);
    while (__rdtsc() < begin + 2 * millisecond)
        __asm__ volatile("pause");
    atomic_store(&inside, 0);
    return number * 5 + 7654321;
}

static void *call(void *argument)
{
    for (int i = 0; !is_over; i++) {
        atomic_store(&before_call, __rdtsc());
        if (i % 20000 == 0)
            slow(i);
        else
            quick(i);
    }
    return argument;
}

static void keep_used(const struct trace_open_call *record, void *argument)
{
    const struct trace_open_call **found = argument;
    if (record->since)
        *found = record;
}

static const struct trace_open_call *find_record(void)
{
    const struct trace_open_call *found = NULL;
    own_trace_each_open(keep_used, &found);
    return found;
}

static uint64_t measure_millisecond(void)
{
    const struct timespec pause = {0, 20000000};
    uint64_t begin = __rdtsc();
    nanosleep(&pause, NULL);
    return (__rdtsc() - begin) / 20;
}

int main(void)
{
    long seen = 0, stale = 0, future = 0, missed = 0, old = 0;
    pthread_t thread;
    millisecond = measure_millisecond();
    pthread_create(&thread, NULL, call, NULL);
    own_trace_map();
    const struct trace_open_call *record;
    do
        record = find_record();
    while (record == NULL);
    for (long i = 0; i < LOOKS; i++) {
        struct open_call found;
        uint64_t begun = atomic_load(&before_call), entered = atomic_load(&inside);
        bool is_old = entered && __rdtsc() > entered + millisecond;
        bool is_open = reader_look(record, &found);
        __asm__ volatile("lfence"); /* else the clock may be read before */
        seen += is_open;
        stale += is_open && found.since < begun;
        future += is_open && found.since > __rdtsc();
        is_old = is_old && atomic_load(&inside) == entered;
        old += is_old;
        missed += is_old && !is_open;
    }
    is_over = 1;
    pthread_join(thread, NULL);
    printf("open %d, old %d, stale %ld, future %ld, missed %ld\n", seen > 0, old > 0, stale, future,
        missed);
    return 0;
}
