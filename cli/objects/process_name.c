/*
 * process_name.c - the name by which a process was called.
 */
#include "objects/process_name.h"

#include <string.h>

#include "trace/snapshot.h"

char *process_name(const struct snapshot *snapshot)
{
    const char *command = snapshot->command[0] ? snapshot->command : snapshot->program;
    size_t end = snapshot->command[0] ? strcspn(command, " ") : strlen(command), begin = end;
    while (begin > 0 && command[begin - 1] != '/')
        begin--;
    return strndup(command + begin, end - begin);
}
