/*
 * groups.c - which threads and processes are wanted, and which of them are shown as one tree.
 *
 * The main threads of all processes of one kind are one tree: what only some of them do are
 * branches of it, which say how many processes were there. So are their other threads, if their
 * names differ in digits only. Where threads of one name have different first functions, these are
 * the branches.
 */
#include "view/groups.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/digits.h"
#include "base/path.h"
#include "base/sum.h"
#include "tree/kind.h"
#include "tree/process.h"
#include "tree/tree.h"
#include "view/builder.h"

/* Returns an element for each pattern; NULL when out of memory. */
static struct groups_pattern *begin_patterns(const struct view_patterns *patterns)
{
    struct groups_pattern *list = calloc(patterns->count + 1, sizeof *list);
    for (size_t i = 0; list && i < patterns->count; i++)
        near_miss_begin(&list[i].near, patterns->list[i]);
    return list;
}

int groups_begin(struct view_builder *builder)
{
    builder->threads = begin_patterns(&builder->options->threads);
    builder->processes = begin_patterns(&builder->options->processes);
    return builder->threads && builder->processes ? 0 : -ENOMEM;
}

void groups_finish(struct view_builder *builder)
{
    for (size_t i = 0; i < builder->view.group_count; i++) {
        free(builder->view.groups[i].kind);
        free(builder->view.groups[i].program);
        free(builder->view.groups[i].thread_key);
        free(builder->view.groups[i].thread_name);
    }
    free(builder->view.groups);
    free(builder->threads);
    free(builder->processes);
}

/* A thread or process is named by its number, or by a pattern for its name. */
static bool groups_matches(const struct view_patterns *patterns, struct groups_pattern *found,
    int number, const char *name)
{
    bool is_match = patterns->count == 0;
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    for (size_t i = 0; i < patterns->count; i++) {
        if (strcmp(patterns->list[i], text) != 0 && fnmatch(patterns->list[i], name, 0) != 0) {
            near_miss_consider(&found[i].near, name, strlen(name));
            continue;
        }
        found[i].has_matched = true;
        is_match = true;
    }
    return is_match;
}

/* A process is named by its program, and by its kind. */
static bool is_process_wanted(struct view_builder *builder, const struct tree_process *process)
{
    const struct view_patterns *patterns = &builder->options->processes;
    char *program = tree_process_name(process), *kind = tree_process_kind(process);
    bool is_wanted = groups_matches(
        patterns, builder->processes, process->pid, program ? program : process->program);
    if (program && kind && strcmp(program, kind) != 0)
        is_wanted |= groups_matches(patterns, builder->processes, process->pid, kind);
    free(program);
    free(kind);
    return is_wanted;
}

bool groups_is_wanted(struct view_builder *builder, const struct tree_process *process,
    const struct tree_thread *thread)
{
    const struct view_options *options = builder->options;
    return is_process_wanted(builder, process) &&
           groups_matches(&options->threads, builder->threads, thread->tid,
               thread->name[0] ? thread->name : "main");
}

bool groups_wants_tasks(struct view_builder *builder, const struct tree_process *process)
{
    return is_process_wanted(builder, process) &&
           groups_matches(&builder->options->threads, builder->threads, 0, "task");
}

/* A thread that has the name of the main thread has not got one of its own (pthread_create(3)). */
static const char *own_name(const struct tree_process *process, const struct tree_thread *thread)
{
    const struct tree_thread *first = &process->threads[0];
    bool is_inherited = first->is_main && strcmp(first->name, thread->name) == 0;
    const char *program = path_base_name(process->program);
    return is_inherited || strncmp(program, thread->name, 15) == 0 ? "" : thread->name;
}

/* What a thread's group is found by. */
struct key {
    char *kind, *thread;
    int pid, tid; /* 0: it does not matter */
    bool is_fibers;
};

static bool is_group(const struct view_group *group, const struct key *key)
{
    bool is_same_name = key->thread && group->thread_key
                            ? strcmp(key->thread, group->thread_key) == 0
                            : key->thread == group->thread_key;
    return strcmp(key->kind, group->kind) == 0 && is_same_name &&
           key->is_fibers == group->is_fibers && (key->pid == 0 || key->pid == group->pid) &&
           (key->tid == 0 || key->tid == group->tid);
}

static int add_group(struct view_builder *builder, struct key *key, int pid, int tid)
{
    struct view *view = &builder->view;
    struct view_node top = {.kind = VIEW_TOP};
    if (array_reserve(
            &view->groups, view->group_count, 1, &builder->group_room, sizeof *view->groups) != 0)
        return -ENOMEM;
    struct view_group *group = &view->groups[view->group_count];
    *group = (struct view_group){.kind = key->kind,
        .program = tree_process_name(builder->tree_process),
        .thread_key = key->thread,
        .is_fibers = key->is_fibers,
        .pid = pid,
        .tid = tid,
        .top = nodes_add(&builder->nodes, &top)};
    if (group->top == NULL || group->program == NULL) {
        free(group->program);
        return -ENOMEM;
    }
    *key = (struct key){0};
    view->group_count++;
    builder->group = group;
    return 0;
}

static int find_group(struct view_builder *builder, struct key *key, int pid, int tid)
{
    struct view *view = &builder->view;
    if (key->kind == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < view->group_count; i++) {
        builder->group = &view->groups[i];
        if (is_group(builder->group, key))
            return 0;
    }
    return add_group(builder, key, pid, tid);
}

/* Names that differ in digits have their key as the common name. Returns 0 or -ENOMEM. */
static int note_name(struct view_group *group, const char *name)
{
    if (group->thread_name && strcmp(group->thread_name, name) == 0)
        return 0;
    char *common = strdup(group->thread_name ? group->thread_key : name);
    free(group->thread_name);
    group->thread_name = common;
    return common ? 0 : -ENOMEM;
}

static void add_times(struct view_group *group, const struct tree_thread *thread, uint32_t owners)
{
    group->timed += thread->ran_ns ? owners : 0;
    group->ran_ns = add_clamped(group->ran_ns, thread->ran_ns);
    group->cpu_ns = add_clamped(group->cpu_ns, thread->cpu_ns);
}

int groups_enter(struct view_builder *builder)
{
    const struct view_options *options = builder->options;
    const struct tree_process *process = builder->tree_process;
    const struct tree_thread *thread = builder->tree;
    const char *name = thread->is_main ? NULL : own_name(process, thread);
    struct key key = {.kind = tree_process_kind(process),
        .thread = name ? strdup(name) : NULL,
        .pid = options->apart_processes ? process->pid : 0,
        .tid = options->apart_threads ? thread->tid : 0,
        .is_fibers = thread->is_fibers};
    int error = name && key.thread == NULL ? -ENOMEM : 0;
    if (key.thread)
        digits_mask(key.thread);
    if (error == 0)
        error = find_group(builder, &key, process->pid, thread->tid);
    if (error == 0 && name)
        error = note_name(builder->group, name);
    free(key.kind);
    free(key.thread);
    if (error)
        return error;
    struct view_group *group = builder->group;
    group->processes += group->last_process != builder->process;
    group->last_process = builder->process;
    group->threads += builder->owners;
    builder->view.threads += builder->owners;
    add_times(group, thread, builder->owners);
    return 0;
}

static const char *unmatched(const struct view_patterns *patterns,
    const struct groups_pattern *found, struct near_miss *near)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (!found[i].has_matched) {
            *near = found[i].near;
            return patterns->list[i];
        }
    return NULL;
}

const char *groups_unmatched(
    const struct view_builder *builder, const char **option, struct near_miss *near)
{
    const struct view_options *options = builder->options;
    const char *process = unmatched(&options->processes, builder->processes, near);
    *option = process ? "--process" : "--thread";
    return process ? process : unmatched(&options->threads, builder->threads, near);
}
