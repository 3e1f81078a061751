/* Contexts of ucontext.h on stacks that are freed and taken again, between which a thread goes to
 * and fro in the middle of a leaf's callback and of a deep call. */
#include "hits.h"

#include <ucontext.h>

#define ROUNDS 100
#define SIZE   32768

static _Thread_local ucontext_t outside, inside;

static void body(void)
{
    for (unsigned i = 0; i < 6; i++) {
        hit_by_path(i, (int)i);
        swapcontext(&inside, &outside);
    }
}

/* qsort is a leaf as well: the switch is made within it. */
static int compare(const void *left, const void *right)
{
    swapcontext(&outside, &inside);
    return *(const int *)left - *(const int *)right;
}

static void *work(void *unused)
{
    for (int round = 0; round < ROUNDS; round++) {
        int numbers[] = {3, 1, 2};
        void *stack = malloc(SIZE);
        getcontext(&inside);
        inside.uc_stack.ss_sp = stack;
        inside.uc_stack.ss_size = SIZE;
        inside.uc_link = &outside;
        makecontext(&inside, body, 0);
        qsort(numbers, 3, sizeof *numbers, compare);
        count_hit();
        if (numbers[0] != 1)
            exit(2);
        free(stack);
    }
    return unused;
}

int main(void)
{
    begin_hits();
    work_twice(work);
    say_hits();
    return 0;
}
