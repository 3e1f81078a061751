/*
 * word.c - what a word in the program's memory says of a task.
 *
 * tokio 1.x: src/runtime/task/state.rs. The state is the first word of a task, and has been the
 * same in all versions. As long as a task is not finished, its runtime has a reference to it, so
 * its memory is there. That of a finished one may be used otherwise: what then cannot be a state
 * that waits says that, too.
 */
#include "trace/tasks/word.h"

#include <stddef.h>

#include "trace/tasks/task.h"

#define RUNNING         0x1u
#define COMPLETE        0x2u
#define NOTIFIED        0x4u
#define REFERENCE_SHIFT 6
#define REFERENCES_MAX  (UINT64_C(1) << 20)

bool task_word_is_of_use(const struct snapshot_task *task)
{
    return task->has_word && (task->state == TASK_ENDED_OR_LOST || task->state == TASK_NO_WAKER);
}

static bool word_waits(uint64_t word)
{
    uint64_t references = word >> REFERENCE_SHIFT;
    return !(word & COMPLETE) && references > 0 && references <= REFERENCES_MAX;
}

void task_word_settle(struct snapshot_task *task, const uint64_t *word)
{
    if (word == NULL || !word_waits(*word))
        task->state = TASK_FINISHED;
    else if (*word & RUNNING)
        task->state = TASK_RUNNING;
    else if (*word & NOTIFIED)
        task->state = TASK_READY;
    else
        task->state = TASK_NO_WAKER;
}
