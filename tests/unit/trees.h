/*
 * trees.h - trees that a test writes as paths, views of them, and views as text.
 *
 * A path is "main > work@libx.so > ?7 > [read]": functions with " > " between them, where [] is a
 * leaf, which also the last one has to be, @ says the module ("prog" by default, none behind an @
 * alone), #12 the line in a.c, and ?7 is a frame without a name at address 7. Paths that begin
 * alike share nodes.
 */
#ifndef TREES_H
#define TREES_H

#include <stdbool.h>
#include <stdint.h>

#include "tree/tree.h"
#include "view/build.h"
#include "view/view.h"

#define TREES_PROCESSES 16
#define TREES_THREADS   16

/* Removes all processes, threads, paths and the view. */
void trees_clear(void);

/* Adds a process with its main thread. */
struct tree_process *trees_process(int pid, const char *program);

/* Adds a thread to the latest process. */
struct tree_thread *trees_thread(int tid, const char *name);

/* Adds hits and time to a path of the latest thread. Returns its last node. */
struct tree_node *trees_path(const char *path, uint64_t hits, uint64_t ns);

/* The same; one of the hits has not returned, and has lasted open_ns. */
struct tree_node *trees_open_path(const char *path, uint64_t hits, uint64_t ns, uint64_t open_ns);

/* Adds an object of a leaf of the latest thread, by its name and a general one; `open`: one of its
 * hits has not returned. The next call may move it. */
struct tree_object *trees_object(const struct tree_node *leaf, const char *name,
    const char *general, uint64_t hits, uint64_t ns, bool open);

/* Fills in the sums of the processes, as tree_create does. They last until trees_clear. */
void trees_sum_up(void);

struct tree_process *trees_processes(int *count);

/* Sums up, and returns a view of all processes. The options must outlive it. The next view, or
 * trees_clear, ends it. */
const struct view *trees_view(const struct view_options *options);
struct view_builder *trees_builder(void);

/* Returns the nodes as lines, which the next call overwrites: "  read 3/70", after the hits the
 * time, with what is special about them: "idle 5/2" (time and hits), "open 1:9" (calls, time),
 * "deep 3", "frames 2", "gap", "processes 2" and "threads 2" where they are not those of the group.
 * Lines of groups begin with "=". */
const char *trees_text(const struct view *view, bool shown_only);

/* Returns options that show everything as it is: no table of internals, nothing is idle. */
struct view_options trees_plain(void);

/* Returns the patterns in a list that ends with NULL. */
struct view_patterns trees_patterns(const char *const *list);

/* The list lasts as long as the block in which this stands. */
#define PATTERNS(...) trees_patterns((const char *const[]){__VA_ARGS__, NULL})

#endif
