/*
 * words.c - reads from the memory of a process what its tasks say of themselves.
 */
#include "commands/now/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "trace/snapshot.h"
#include "trace/tasks/word.h"

static bool has_task_to_settle(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++)
        if (task_word_is_of_use(&snapshot->tasks[i]))
            return true;
    return false;
}

/* proc(5), /proc/PID/mem: EIO says that nothing is mapped there. */
static void settle_task(struct snapshot_task *task, int memory)
{
    uint64_t word;
    ssize_t size = pread(memory, &word, sizeof word, (off_t)task->key);
    if (size == sizeof word)
        task_word_settle(task, &word);
    else if (size < 0 && errno == EIO)
        task_word_settle(task, NULL);
}

void words_settle_tasks(struct snapshot *snapshot)
{
    char path[32];
    if (!has_task_to_settle(snapshot))
        return;
    snprintf(path, sizeof path, "/proc/%d/mem", snapshot->pid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    if (memory < 0)
        return;
    for (size_t i = 0; i < snapshot->task_count; i++)
        if (task_word_is_of_use(&snapshot->tasks[i]))
            settle_task(&snapshot->tasks[i], memory);
    close(memory);
}
