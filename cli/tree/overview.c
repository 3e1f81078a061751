/*
 * overview.c - the processes of a run as a tree: who started whom, and how long they ran.
 */
#include "tree/overview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sum.h"
#include "tree/kind.h"
#include "tree/process.h"
#include "tree/tree.h"

/* A number can be used again, so the latest process with it is meant. */
static struct overview_process *find_process(const struct overview *overview, int pid)
{
    for (size_t i = overview->process_count; i-- > 0;)
        if (overview->processes[i].pid == pid)
            return &overview->processes[i];
    return NULL;
}

/* Returns the index of the group, which may be new; OVERVIEW_NONE when out of memory. */
static size_t overview_find_group(struct overview *overview, size_t parent, char *kind)
{
    for (size_t i = 0; i < overview->count; i++) {
        struct overview_group *group = &overview->groups[i];
        if (group->parent == parent && strcmp(group->kind, kind) == 0) {
            free(kind);
            return i;
        }
    }
    if (array_reserve(&overview->groups, overview->count, 1, &overview->room,
            sizeof *overview->groups) != 0) {
        free(kind);
        return OVERVIEW_NONE;
    }
    overview->groups[overview->count] = (struct overview_group){.kind = kind, .parent = parent};
    return overview->count++;
}

static uint64_t cpu_of(const struct tree_process *process)
{
    return add_clamped(process->usage.user_ns, process->usage.system_ns);
}

static void add_end(struct overview_group *group, const struct tree_process *process)
{
    const struct process_usage *usage = &process->usage;
    if (process->is_running)
        group->running++;
    else if (!usage->has_wait_status)
        group->unknown++;
    else if (usage->wait_status && group->failed++ == 0)
        group->status = usage->wait_status;
}

static void add_numbers_of(struct overview_group *group, const struct tree_process *process)
{
    const struct process_usage *usage = &process->usage;
    if (group->count++ == 0)
        group->title = process->title;
    if (group->command == NULL || usage->wall_ns > group->longest_ns) {
        group->command = process->command;
        group->longest_ns = usage->wall_ns;
    }
    group->wall_ns = add_clamped(group->wall_ns, usage->wall_ns);
    group->cpu_ns = add_clamped(group->cpu_ns, cpu_of(process));
    group->waiting_ns = add_clamped(group->waiting_ns, process->waiting_ns);
    group->hits = add_clamped(group->hits, process->hits);
    add_end(group, process);
}

int overview_add(struct overview *overview, const struct tree_process *process)
{
    bool is_next_program = process->former_program != NULL;
    struct overview_process *former = is_next_program ? find_process(overview, process->pid) : NULL;
    struct overview_process *parent = find_process(overview, process->parent_pid);
    size_t above = former ? former->group : parent ? parent->group : OVERVIEW_NONE;
    char *kind = tree_process_kind(process), *name = tree_process_name(process);
    bool has_role = kind && name && strcmp(kind, name) != 0;
    free(name);
    if (kind == NULL)
        return -ENOMEM;
    size_t at = overview_find_group(overview, above, kind);
    if (at == OVERVIEW_NONE || array_reserve(&overview->processes, overview->process_count, 1,
                                   &overview->process_room, sizeof *overview->processes) != 0)
        return -ENOMEM;
    overview->processes[overview->process_count++] = (struct overview_process){process->pid, at};
    add_numbers_of(&overview->groups[at], process);
    overview->groups[at].has_role = has_role;
    overview->groups[at].has_own_command |= above == OVERVIEW_NONE ||
                                            strcmp(overview->groups[above].command,
                                                process->command) != 0;
    return 0;
}

void overview_finish(struct overview *overview)
{
    for (size_t i = 0; i < overview->count; i++)
        free(overview->groups[i].kind);
    free(overview->groups);
    free(overview->processes);
}
