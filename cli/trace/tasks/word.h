/*
 * word.h - what a word in the program's memory says of a task.
 */
#ifndef TRACE_TASKS_WORD_H
#define TRACE_TASKS_WORD_H

#include <stdbool.h>
#include <stdint.h>

struct snapshot_task;

/* Returns whether the word at the task's key would tell more than is known: whether it is finished,
 * or whether nobody can wake it. */
bool task_word_is_of_use(const struct snapshot_task *task);

/* Settles the state of such a task. `word` is what was read at its key; NULL: there is no memory at
 * that address any more. */
void task_word_settle(struct snapshot_task *task, const uint64_t *word);

#endif
