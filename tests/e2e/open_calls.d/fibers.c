/* fibers.c - fibers that are suspended within calls of the leaf call_back, and go on in whatever
 * thread takes them. */
#include <pthread.h>
#include <ucontext.h>

#include "../lib/call_back.h"
#include "../lib/scheduler.h"
#include "reader.h"

#define FIBERS  500
#define THREADS 4
#define ROUNDS  40
#define STACK   (1 << 16)

static struct fiber {
    ucontext_t context;
    int rounds;
} fibers[FIBERS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int queue[FIBERS], waiting, ended;

static void suspend(void *argument)
{
    (void)argument;
    swapcontext(&(*current_fiber())->context, own_scheduler());
}

static void body(void)
{
    for (int i = 0; i < ROUNDS; i++)
        call_back(suspend, NULL);
    (*current_fiber())->rounds = ROUNDS;
    setcontext(own_scheduler());
}

static struct fiber *take(void)
{
    pthread_mutex_lock(&lock);
    struct fiber *fiber = waiting ? &fibers[queue[--waiting]] : NULL;
    pthread_mutex_unlock(&lock);
    return fiber;
}

static void give(struct fiber *fiber)
{
    pthread_mutex_lock(&lock);
    memmove(queue + 1, queue, sizeof *queue * (size_t)waiting);
    queue[0] = (int)(fiber - fibers);
    waiting++;
    pthread_mutex_unlock(&lock);
}

/* Each thread runs so many turns; then all suspended fibers stand in the queue. */
static void *run(void *turns)
{
    for (long i = 0; i < (long)turns; i++) {
        struct fiber *fiber = take();
        if (fiber == NULL)
            continue;
        *current_fiber() = fiber;
        swapcontext(own_scheduler(), &fiber->context);
        if (fiber->rounds < ROUNDS) {
            give(fiber);
        } else {
            pthread_mutex_lock(&lock);
            ended++;
            pthread_mutex_unlock(&lock);
        }
    }
    return NULL;
}

static void in_threads(long turns)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, run, (void *)turns);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%d fibers suspended: %d open, %d not returned\n", FIBERS - ended,
        (int)reader_count("call_back"), (int)reader_unreturned("call_back"));
}

static void nothing(void *argument)
{
    (void)argument;
}

int main(void)
{
    call_back(nothing, NULL);
    for (int i = 0; i < FIBERS; i++) {
        getcontext(&fibers[i].context);
        fibers[i].context.uc_stack.ss_sp = malloc(STACK);
        fibers[i].context.uc_stack.ss_size = STACK;
        makecontext(&fibers[i].context, body, 0);
        queue[waiting++] = i;
    }
    in_threads(FIBERS); /* all are in their first rounds after that */
    in_threads(2000);
    while (ended < FIBERS)
        in_threads(1000);
    return 0;
}
