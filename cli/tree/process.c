/*
 * process.c - facts about a process, for every format.
 */
#include "tree/process.h"

#include <stdint.h>
#include <string.h>

#include "trace/words.h"
#include "tree/tree.h"

#define TITLE_LENGTH 60

/* Finds the name by which the program was called. It says more than the name of its file if one
 * file serves as several programs (redis-server, vi). A title that the process has given itself,
 * such as "nginx: worker process", is one word with a colon and the rest. Returns the length of the
 * name. */
static size_t find_name(const char *command, const char *program, const char **name)
{
    size_t length = strcspn(command, " ");
    if (length > 0 && command[length - 1] == ':') {
        *name = command;
        length = strnlen(command, TITLE_LENGTH);
        while (command[length - 1] == ' ')
            length--;
        return length;
    }
    if (length == 0) {
        command = program;
        length = strlen(command);
    }
    const char *end = command + length;
    *name = command;
    for (const char *c = command; c + 1 < end; c++)
        if (*c == '/')
            *name = c + 1;
    return (size_t)(end - *name);
}

static char *copy_name(const char *command, const char *program)
{
    const char *start;
    size_t length = find_name(command, program, &start);
    return strndup(start, length);
}

char *tree_process_name(const struct tree_process *process)
{
    return copy_name(process->command, process->program);
}

char *tree_process_former_name(const struct tree_process *process)
{
    return copy_name(process->former_command, process->former_program);
}

bool tree_process_misses_hits(const struct tree_process *process)
{
    uint64_t missing = process->outside_hits | process->malformed;
    for (size_t i = 0; trace_loss_text(i); i++)
        missing |= process->losses[i];
    return missing != 0;
}

bool tree_process_has_notes(const struct tree_process *process)
{
    return tree_process_misses_hits(process) || process->unhooked || process->has_clock_stopped ||
           process->has_unmapped;
}

bool tree_process_is_quiet(const struct tree_process *process)
{
    return process->hits == 0 && !process->is_first && !process->is_running &&
           !tree_process_has_notes(process);
}
