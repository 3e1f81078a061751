/*
 * task_table.h - the functions of asynchronous runtimes that tell of tasks.
 */
#ifndef LEAVES_TASK_TABLE_H
#define LEAVES_TASK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task_function {
    const char *runtime;
    const char *function; /* as in names/function_spec.h */
    uint32_t told;        /* HOOK_TASK_TURN, ... and the key: see hook_record.h */
    bool is_needed;       /* without it tasks of the runtime cannot be followed */
};

/* The functions of one runtime stand together. */
extern const struct task_function task_functions[];
extern const size_t task_function_count;

/* Returns whether there is a runtime of this name. */
bool task_table_has(const char *runtime);

/* Writes the names of the runtimes to `text`, separated by commas. */
void task_table_names(char *text, size_t size);

#endif
