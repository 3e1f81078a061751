/*
 * total.c - the sum of what processes report besides their trees.
 */
#include "tree/total.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sum.h"

static struct tree_unhooked *find_reason(
    const struct tree_process *sum, const struct tree_unhooked *unhooked)
{
    for (size_t i = 0; i < sum->unhooked_group_count; i++) {
        struct tree_unhooked *group = &sum->unhooked_groups[i];
        if (group->is_linked == unhooked->is_linked && strcmp(group->why, unhooked->why) == 0)
            return group;
    }
    return NULL;
}

/* The same leaf is missing in each process with the same file, so the largest number is shown. */
static int total_add_unhooked(struct tree_total *total, const struct tree_unhooked *unhooked)
{
    struct tree_process *sum = &total->sum;
    struct tree_unhooked *group = find_reason(sum, unhooked);
    if (group && group->count >= unhooked->count)
        return 0;
    if (group == NULL) {
        if (array_reserve(&sum->unhooked_groups, sum->unhooked_group_count, 1,
                &total->unhooked_room, sizeof *sum->unhooked_groups) != 0)
            return -ENOMEM;
        group = &sum->unhooked_groups[sum->unhooked_group_count++];
    }
    *group = *unhooked;
    return 0;
}

static void total_add_untimed(struct tree_process *sum, const struct tree_untimed *untimed)
{
    size_t at = 0;
    while (at < TREE_UNTIMED && sum->untimed[at].leaf &&
           strcmp(sum->untimed[at].leaf, untimed->leaf) != 0)
        at++;
    uint64_t *calls = at < TREE_UNTIMED ? &sum->untimed[at].calls : &sum->others_untimed;
    *calls = add_clamped(*calls, untimed->calls);
    if (at < TREE_UNTIMED)
        sum->untimed[at].leaf = untimed->leaf;
}

static void total_add_numbers(struct tree_process *sum, const struct tree_process *process)
{
    sum->hits = add_clamped(sum->hits, process->hits);
    sum->outside_hits = add_clamped(sum->outside_hits, process->outside_hits);
    sum->unhooked += process->unhooked;
    sum->unseen_calls = add_clamped(sum->unseen_calls, process->unseen_calls);
    sum->deep_calls = add_clamped(sum->deep_calls, process->deep_calls);
    sum->malformed = add_clamped(sum->malformed, process->malformed);
    sum->others_untimed = add_clamped(sum->others_untimed, process->others_untimed);
    for (size_t i = 0; i < sizeof sum->losses / sizeof *sum->losses; i++)
        sum->losses[i] = add_clamped(sum->losses[i], process->losses[i]);
}

int tree_total_add(struct tree_total *total, const struct tree_process *process)
{
    struct tree_process *sum = &total->sum;
    int error = 0;
    const struct process_usage *usage = &process->usage;
    total->process_count++;
    total->cpu_ns = add_clamped(total->cpu_ns, add_clamped(usage->user_ns, usage->system_ns));
    total->is_cpu_least |= !usage->is_known && !process->is_running;
    total_add_numbers(sum, process);
    sum->has_times |= process->has_times;
    sum->has_clock_stopped |= process->has_clock_stopped;
    sum->has_unmapped |= process->has_unmapped;
    sum->root_found |= process->root_found;
    if (process->root_caller)
        sum->root_caller = process->root_caller;
    sum->is_root_implied |= process->is_root_implied;
    for (size_t i = 0; i < TREE_UNTIMED && process->untimed[i].leaf; i++)
        total_add_untimed(sum, &process->untimed[i]);
    for (size_t i = 0; i < process->unhooked_group_count && error == 0; i++)
        error = total_add_unhooked(total, &process->unhooked_groups[i]);
    return error;
}

void tree_total_finish(struct tree_total *total)
{
    free(total->sum.unhooked_groups);
    *total = (struct tree_total){.process_count = 0};
}
