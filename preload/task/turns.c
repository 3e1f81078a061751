/*
 * turns.c - what calls of a runtime's functions tell about tasks.
 */
#include "task/turns.h"

#include "code/claim.h"
#include "task/tasks.h"
#include "base/forbidden.h"

/* Forgets turns that were left by a jump: their frames are not above that of a call that is made
 * now. Only the addresses are compared: the frames may be gone. */
static void turns_forget_left(struct turns *turns, const struct call_frame *call)
{
    while (turns->depth && turns->list[turns->depth - 1].call <= call &&
           !claim_is_on_alternate_stack())
        turns->depth--;
}

static void turns_begin(const struct turns_call *of, const struct call_frame *call)
{
    struct turns *turns = of->turns;
    turns_forget_left(turns, call);
    struct trace_task *task = turns->depth < TURNS_MAX ? tasks_find_or_make(of->segment, of->key)
                                                       : NULL;
    if (task == NULL)
        return;
    tasks_begin_turn(task, of->thread, of->now);
    if (call->record->task & HOOK_TASK_HAS_WORD)
        tasks_have_word(task);
    if (turns->depth)
        tasks_nest(turns->list[turns->depth - 1].task);
    turns->list[turns->depth] = (struct turn){call, task};
    COMPILER_BARRIER(); /* a signal handler may take a waker */
    turns->depth++;
}

void turns_leave(struct turns *turns, const struct call_frame *call, uint64_t now)
{
    uint32_t depth = turns->depth;
    while (depth && turns->list[depth - 1].call != call)
        depth--;
    if (depth == 0)
        return;
    turns->depth = depth - 1;
    tasks_end_turn(turns->list[depth - 1].task, now);
}

static struct trace_task *innermost_task(const struct turns *turns)
{
    return turns->depth ? turns->list[turns->depth - 1].task : NULL;
}

static bool is_of_key(const struct trace_task *task, uint64_t key)
{
    return task && atomic_load_explicit(&task->key, memory_order_relaxed) == key;
}

/* A runtime takes wakers for its own purposes, too, such as one for the list of its tasks, which it
 * does outside of the task's turns. */
static void note_place(const struct turns_call *of, uint32_t told)
{
    struct trace_task *innermost = innermost_task(of->turns);
    if (of->node == 0)
        return;
    if (is_of_key(innermost, of->key) || (innermost && told & HOOK_TASK_TURNLESS)) {
        tasks_wait_at(innermost, of->node);
        return;
    }
    struct trace_task *task = told & HOOK_TASK_TURNLESS ? tasks_find_or_make(of->segment, of->key)
                                                        : NULL;
    if (task)
        tasks_wait_outside(task, of->node, of->now);
}

/* The task with the key, which mostly is the one whose turn it is. */
static struct trace_task *find_task(const struct turns_call *of)
{
    struct trace_task *innermost = innermost_task(of->turns);
    return is_of_key(innermost, of->key) ? innermost : tasks_find(of->segment, of->key);
}

void turns_note(const struct turns_call *of, const struct call_frame *call)
{
    uint32_t told = call->record->task;
    if (told & HOOK_TASK_TURN)
        turns_begin(of, call);
    if (told & HOOK_TASK_LEAF)
        note_place(of, told);
    struct trace_task *task = told & ~(HOOK_TASK_TURN | HOOK_TASK_LEAF | HOOK_TASK_TURNLESS)
                                  ? find_task(of)
                                  : NULL;
    if (task == NULL)
        return;
    if (told & HOOK_TASK_TAKEN)
        tasks_take_waker(task);
    if (told & HOOK_TASK_GIVEN)
        tasks_give_waker(task);
    if (told & HOOK_TASK_WOKEN)
        tasks_wake(task);
    if (told & HOOK_TASK_END)
        tasks_end(task, of->now);
}
