/*
 * trees.c - trees that a test writes as paths, views of them, and views as text.
 */
#include "trees.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/optional_text.h"
#include "suite.h"
#include "tree/objects.h"
#include "view/cut.h"

static struct tree_process processes[TREES_PROCESSES];
static int process_count;
static void *kept[400000]; /* what trees_clear frees */
static size_t kept_count;
static struct view_builder *builder;
static char *text;

static void *keep(void *memory)
{
    if (memory == NULL || kept_count == sizeof kept / sizeof *kept)
        abort();
    return kept[kept_count++] = memory;
}

void trees_clear(void)
{
    view_destroy(builder);
    builder = NULL;
    for (int i = 0; i < process_count; i++)
        for (size_t k = 0; k < processes[i].thread_count; k++)
            tree_objects_finish(&processes[i].threads[k]);
    while (kept_count)
        free(kept[--kept_count]);
    process_count = 0;
    free(text);
    text = NULL;
}

struct tree_process *trees_processes(int *count)
{
    *count = process_count;
    return processes;
}

struct tree_process *trees_process(int pid, const char *program)
{
    ck_assert_int_lt(process_count, TREES_PROCESSES);
    struct tree_process *process = &processes[process_count++];
    *process = (struct tree_process){.pid = pid,
        .has_times = true,
        .program = program,
        .command = program,
        .title = "",
        .root_found = true,
        .threads = keep(calloc(TREES_THREADS, sizeof(struct tree_thread)))};
    trees_thread(pid, program)->is_main = true;
    return process;
}

struct tree_thread *trees_thread(int tid, const char *name)
{
    struct tree_process *process = &processes[process_count - 1];
    ck_assert_uint_lt(process->thread_count, TREES_THREADS);
    struct tree_thread *thread = &process->threads[process->thread_count++];
    *thread = (struct tree_thread){
        .tid = tid, .name = name, .has_root = true, .top = keep(calloc(1, sizeof *thread->top))};
    return thread;
}

/* ---- paths ---- */

/* Reads one part of a path, which is overwritten. */
static struct tree_node read_part(char *part)
{
    struct tree_node node = {.module = "prog"};
    char *line = strrchr(part, '#'), *module = strrchr(part, '@');
    size_t length = strlen(part);
    if (part[0] == '[' && part[length - 1] == ']') {
        part[length - 1] = '\0';
        return (struct tree_node){.function = part + 1, .is_leaf = true};
    }
    if (line && line[strspn(line, "#0123456789")] == '\0') {
        *line = '\0';
        node.line = atoi(line + 1);
        node.file = "a.c";
    }
    if (module) {
        *module = '\0';
        node.module = module[1] ? module + 1 : NULL;
    }
    node.address = part[0] == '?' ? (uint64_t)atoi(part + 1) : 0;
    node.function = part[0] == '?' ? NULL : part;
    return node;
}

static bool is_same(const struct tree_node *a, const struct tree_node *b)
{
    return text_is_equal(a->function, b->function) && text_is_equal(a->module, b->module) &&
           a->line == b->line && a->address == b->address && a->is_leaf == b->is_leaf;
}

static struct tree_node *trees_find(struct tree_node *parent, const struct tree_node *wanted)
{
    for (struct tree_node *child = parent->first_child; child; child = child->next_sibling)
        if (is_same(child, wanted))
            return child;
    struct tree_node *node = keep(calloc(1, sizeof *node));
    *node = *wanted;
    if (node->is_leaf)
        node->leaf = keep(calloc(1, sizeof *node->leaf));
    node->parent = parent;
    if (parent->last_child)
        parent->last_child->next_sibling = node;
    else
        parent->first_child = node;
    return parent->last_child = node;
}

static struct tree_thread *latest_thread(void)
{
    struct tree_process *process = &processes[process_count - 1];
    return &process->threads[process->thread_count - 1];
}

struct tree_node *trees_path(const char *path, uint64_t hits, uint64_t ns)
{
    char *part = keep(strdup(path));
    struct tree_node *node = latest_thread()->top;
    while (part) {
        char *next = strstr(part, " > ");
        if (next) {
            *next = '\0';
            next += 3;
        }
        struct tree_node wanted = read_part(part);
        node = trees_find(node, &wanted);
        part = next;
    }
    if (!node->is_leaf)
        abort();
    node->leaf->hits += hits;
    node->leaf->returns += hits;
    node->leaf->total_ns += ns;
    node->leaf->longest_ns = hits ? ns / hits : 0;
    return node;
}

struct tree_node *trees_open_path(const char *path, uint64_t hits, uint64_t ns, uint64_t open_ns)
{
    struct tree_node *node = trees_path(path, hits, ns);
    node->leaf->returns--;
    latest_thread()->open_leaf = node;
    latest_thread()->open_ns = open_ns;
    return node;
}

struct tree_object *trees_object(const struct tree_node *leaf, const char *name,
    const char *general, uint64_t hits, uint64_t ns, bool open)
{
    struct tree_thread *thread = latest_thread();
    ck_assert_int_eq(array_reserve(&thread->objects, thread->object_count, 1, &thread->object_room,
                         sizeof *thread->objects),
        0);
    struct tree_object *object = &thread->objects[thread->object_count++];
    *object = (struct tree_object){.leaf = leaf,
        .kind = "file",
        .text = name,
        .general = general,
        .hits = hits,
        .returns = hits - open,
        .total_ns = ns,
        .longest_ns = hits ? ns / hits : 0};
    return object;
}

/* ---- sums ---- */

/* A leaf within a leaf that has a time is not counted again. */
static void add_node(struct tree_thread *thread, const struct tree_node *node, bool is_covered)
{
    uint64_t ns = thread->open_leaf == node ? thread->open_ns : 0;
    ns += node->leaf ? node->leaf->total_ns : 0;
    thread->hits += node->leaf ? node->leaf->hits : 0;
    thread->waiting_ns += is_covered ? 0 : ns;
    for (const struct tree_node *child = node->first_child; child; child = child->next_sibling)
        add_node(thread, child, is_covered || ns > 0);
}

void trees_sum_up(void)
{
    for (int i = 0; i < process_count; i++) {
        struct tree_process *process = &processes[i];
        process->hits = process->waiting_ns = 0;
        for (size_t k = 0; k < process->thread_count; k++) {
            struct tree_thread *thread = &process->threads[k];
            thread->hits = thread->waiting_ns = 0;
            add_node(thread, thread->top, false);
            tree_objects_settle(thread, &(struct tree_options){.labels = NULL});
            process->hits += thread->hits;
            process->waiting_ns += thread->waiting_ns;
        }
    }
}

/* ---- views ---- */

struct view_patterns trees_patterns(const char *const *list)
{
    size_t count = 0;
    while (list[count])
        count++;
    return (struct view_patterns){list, count};
}

struct view_options trees_plain(void)
{
    struct view_options options = view_options_default;
    options.internals = options.no_idle = true;
    return options;
}

const struct view *trees_view(const struct view_options *options)
{
    view_destroy(builder);
    trees_sum_up();
    ck_assert_int_eq(view_begin(&builder, options), 0);
    for (int i = 0; i < process_count; i++)
        ck_assert_int_eq(view_add(builder, &processes[i]), 0);
    return view_end(builder);
}

struct view_builder *trees_builder(void)
{
    return builder;
}

static void write_node(FILE *out, const struct view_group *group, const struct view_node *node)
{
    const char *module = node->module ? node->module : "generated";
    fprintf(out, "%s %" PRIu64 "/%" PRIu64, node->function ? node->function : module, node->hits,
        node->time_ns);
    if (node->idle_ns || node->idle_hits)
        fprintf(out, " idle %" PRIu64 "/%" PRIu64, node->idle_ns, node->idle_hits);
    if (node->open)
        fprintf(out, " open %" PRIu64 ":%" PRIu64, node->open, node->open_ns);
    if (node->depth > 1)
        fprintf(out, " deep %" PRIu32, node->depth);
    if (node->frames > 1)
        fprintf(out, " frames %" PRIu32, node->frames);
    if (node->has_gap)
        fputs(" gap", out);
    if (node->processes != group->processes)
        fprintf(out, " processes %" PRIu32, node->processes);
    if (node->threads != group->threads)
        fprintf(out, " threads %" PRIu32, node->threads);
    putc('\n', out);
}

static void write_below(FILE *out, const struct view_group *group, const struct view_node *parent,
    int depth, bool shown_only)
{
    for (const struct view_node *child = parent->first_child; child; child = child->next_sibling) {
        if (shown_only && !child->is_shown)
            continue;
        fprintf(out, "%*s", 2 * depth, "");
        write_node(out, group, child);
        write_below(out, group, child, depth + 1, shown_only);
    }
}

static void write_group(FILE *out, const struct view_group *group)
{
    fprintf(out, "= %s[%d] %" PRIu32, group->kind, group->pid, group->processes);
    if (group->thread_key)
        fprintf(out, " thread %d \"%s\" %" PRIu32, group->tid, group->thread_name, group->threads);
    fprintf(out, " %" PRIu64 "/%" PRIu64 "\n", group->top->hits, group->top->time_ns);
}

const char *trees_text(const struct view *view, bool shown_only)
{
    size_t size;
    free(text);
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < view->group_count; i++) {
        if (shown_only && !view->groups[i].top->is_shown)
            continue;
        if (cut_has_heading(view, &view->groups[i]))
            write_group(out, &view->groups[i]);
        write_below(out, &view->groups[i], view->groups[i].top, 0, shown_only);
    }
    fclose(out);
    return text;
}
