/*
 * run.c - a run that is browsed: its saved file, and the trees of its processes.
 */
#include "browse/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/stack.h"
#include "objects/labels.h"
#include "trace/snapshot.h"
#include "tree/build.h"

static bool is_implied(const void *saved, const char *leaf)
{
    return saved_is_implied(saved, leaf);
}

static void set_head(struct run *run)
{
    const struct saved *saved = &run->saved;
    run->head = (struct report_run){.name = saved_program(&saved->run),
        .wall_ns = saved_wall_ns(saved),
        .is_running = saved_is_program_running(&saved->run),
        .is_period = saved->run.is_period,
        .total = &run->total};
}

static bool is_with_root(const struct tree_process *tree)
{
    return tree->hits && tree->root_found;
}

/* If a process has called the root that the user has named, those that have not are left out. */
static void leave_out_without_root(struct run *run)
{
    size_t kept = 0;
    bool has_root = false;
    for (size_t i = 0; i < run->tree_count; i++)
        has_root |= is_with_root(run->trees[i]);
    for (size_t i = 0; has_root && i < run->tree_count; i++) {
        if (is_with_root(run->trees[i]))
            run->trees[kept++] = run->trees[i];
        else
            tree_destroy(run->trees[i]);
    }
    run->tree_count = has_root ? kept : run->tree_count;
}

static int make_trees(struct run *run, const char *root)
{
    const struct saved *saved = &run->saved;
    const struct tree_options options = {.root = root ? root : saved->run.root,
        .root_is_default = root == NULL && saved->run.root_is_default,
        .is_implied = is_implied,
        .argument = saved,
        .labels = run->labels};
    int error = 0;
    run->trees = calloc(saved->snapshot_count + 1, sizeof(struct tree_process *));
    if (run->trees == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < saved->snapshot_count && error == 0; i++) {
        struct tree_process *tree = tree_open(saved->snapshots[i], saved->symbols, &options);
        if (tree == NULL)
            return -ENOMEM;
        run->trees[run->tree_count++] = tree;
        error = tree_count(tree);
        if (error == 0)
            error = tree_total_add(&run->total, tree);
    }
    set_head(run);
    if (error == 0 && !options.root_is_default)
        leave_out_without_root(run);
    return error;
}

/* Without memory for it, what was waited for is not shown. */
static void make_labels(struct run *run, const char *root, const struct path_style *style)
{
    const struct saved *saved = &run->saved;
    struct path_style whole = *style;
    whole.root = root ? root : saved->run.root;
    run->directory = getcwd(NULL, 0);
    run->labels = labels_create(
        saved->snapshots, saved->snapshot_count, saved->symbols, &whole, run->directory);
}

struct read_call {
    struct run *run;
    const char *path;
    const struct run_source *source;
    char **problem;
    int error;
};

static int run_read_file(struct read_call *call)
{
    const char *why = NULL;
    int fd = open(call->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return message_problem(
            call->problem, -errno, "cannot read the run in '%s': %s", call->path, strerror(errno));
    int error = saved_read(fd, &call->run->saved, &why);
    close(fd);
    return error ? message_problem(
                       call->problem, error, "cannot read the run in '%s': %s", call->path, why)
                 : 0;
}

static void read_with_stack(void *argument)
{
    struct read_call *call = argument;
    const struct run_source *source = call->source;
    const struct saved_run *saved = &call->run->saved.run;
    call->error = run_read_file(call);
    if (call->error == 0 && source->root && saved->each)
        call->error = saved_refuse_root(saved->root, call->problem);
    if (call->error == 0 && source->has_objects)
        make_labels(call->run, source->root, &source->style);
    if (call->error == 0)
        call->error = make_trees(call->run, source->root);
}

void run_destroy(struct run *run)
{
    if (run == NULL)
        return;
    for (size_t i = 0; i < run->tree_count; i++)
        tree_destroy(run->trees[i]);
    free(run->trees);
    tree_total_finish(&run->total);
    labels_destroy(run->labels);
    free(run->directory);
    saved_finish(&run->saved);
    free(run);
}

/* Debugging information is read for names that were not saved, which needs much stack. */
int run_read(struct run **out, const char *path, const struct run_source *source, char **problem)
{
    struct read_call call = {
        .run = calloc(1, sizeof *call.run), .path = path, .source = source, .problem = problem};
    if (call.run == NULL)
        return -ENOMEM;
    int error = stack_call(read_with_stack, &call);
    error = error ? error : call.error;
    if (error)
        run_destroy(call.run);
    else
        *out = call.run;
    return error;
}
