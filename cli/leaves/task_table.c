/*
 * task_table.c - the functions of asynchronous runtimes that tell of tasks.
 *
 * All of them stand in tables of pointers (vtables), so they exist in every build that has symbols,
 * and in each of them the first argument is the address of the task.
 *
 * tokio 1.x: src/runtime/task/raw.rs, waker.rs, harness.rs. wake_by_val gives back the waker.
 * complete() runs once for each task, when it is finished or cancelled. The first word of a task is
 * its state (trace/tasks/word.c).
 *
 * async-task 4.x, which smol and async-std use: src/raw.rs. Its functions call each other directly,
 * inlined or not, so some wakers are taken and given back unseen, and their number is not known;
 * nor is the end of a task, which is inlined into run().
 *
 * futures 0.3: futures-task/src/waker.rs, for every waker that is made of an Arc: those of
 * LocalPool, ThreadPool and block_on, and of FuturesUnordered within a task of any runtime.
 */
#include "leaves/task_table.h"

#include <stdio.h>
#include <string.h>

#include "hook_record.h"

#define FIRST HOOK_TASK_KEY_OF(1)

const struct task_function task_functions[] = {
    {"tokio", "tokio::runtime::task::raw::poll", HOOK_TASK_TURN | HOOK_TASK_HAS_WORD | FIRST, true},
    {"tokio", "tokio::runtime::task::waker::clone_waker", HOOK_TASK_LEAF | HOOK_TASK_TAKEN | FIRST,
        true},
    {"tokio", "tokio::runtime::task::waker::drop_waker", HOOK_TASK_GIVEN | FIRST, true},
    {"tokio", "tokio::runtime::task::waker::wake_by_val", HOOK_TASK_GIVEN | HOOK_TASK_WOKEN | FIRST,
        true},
    {"tokio", "tokio::runtime::task::waker::wake_by_ref", HOOK_TASK_WOKEN | FIRST, true},
    {"tokio", "tokio::runtime::task::harness::Harness::complete", HOOK_TASK_END | FIRST, false},
    {"async-task", "async_task::raw::RawTask::run", HOOK_TASK_TURN | FIRST, true},
    {"async-task", "async_task::raw::RawTask::clone_waker", HOOK_TASK_LEAF | FIRST, true},
    {"async-task", "async_task::raw::RawTask::wake", HOOK_TASK_WOKEN | FIRST, false},
    {"async-task", "async_task::raw::RawTask::wake_by_ref", HOOK_TASK_WOKEN | FIRST, false},
    {"async-task", "async_task::raw::RawTask::drop_future", HOOK_TASK_END | FIRST, false},
    {"async-task", "async_task::raw::RawTask::destroy", HOOK_TASK_END | FIRST, false},
    {"futures", "futures_task::waker::clone_arc_raw",
        HOOK_TASK_LEAF | HOOK_TASK_TURNLESS | HOOK_TASK_TAKEN | FIRST, true},
    {"futures", "futures_task::waker::drop_arc_raw", HOOK_TASK_GIVEN | FIRST, false},
    {"futures", "futures_task::waker::wake_arc_raw", HOOK_TASK_GIVEN | HOOK_TASK_WOKEN | FIRST,
        false},
    {"futures", "futures_task::waker::wake_by_ref_arc_raw", HOOK_TASK_WOKEN | FIRST, false},
};

const size_t task_function_count = sizeof task_functions / sizeof *task_functions;

bool task_table_has(const char *runtime)
{
    for (size_t i = 0; i < task_function_count; i++)
        if (strcmp(task_functions[i].runtime, runtime) == 0)
            return true;
    return false;
}

void task_table_names(char *text, size_t size)
{
    char *end = text;
    for (size_t i = 0; i < task_function_count; i++)
        if (i == 0 || task_functions[i].runtime != task_functions[i - 1].runtime)
            end += snprintf(
                end, (size_t)(text + size - end), "%s%s", i ? ", " : "", task_functions[i].runtime);
}
