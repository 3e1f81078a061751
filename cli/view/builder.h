/*
 * builder.h - what the passes of a view know.
 */
#ifndef VIEW_BUILDER_H
#define VIEW_BUILDER_H

#include "view/nodes.h"
#include "view/view.h"

struct facts;
struct groups_pattern;
struct facts_table;
struct tree_node;
struct tree_process;
struct tree_thread;

/* A node on the path that is being walked, from the outermost one. */
struct step {
    const struct tree_node *node;
    const struct facts *facts;
    struct view_node *at; /* where it is in the view; NULL: it was not needed so far */
    const char *family;   /* of the internals it belongs to, or NULL */
    bool is_internal;     /* by the table, whether internals are shown or not */
    bool is_at_top;       /* all above it are internals */
    bool is_hidden;       /* its children stand below its caller */
    bool has_gap;         /* hidden frames that are marked are between the shown caller and this */
    bool is_under, is_through, is_without, is_merged, is_idle; /* this, or one above */
    size_t cover; /* index + 1 of the nearest leaf above that has the time of this; 0: none */
};

struct view_builder {
    struct view view;
    const struct view_options *options;
    struct facts_table *facts;
    struct nodes nodes;
    size_t group_room, leaf_room;
    struct step *steps;
    size_t step_room;
    struct view_group *group; /* of the thread that is being added; NULL: no path of it is
                               * wanted so far */
    uint32_t process, thread; /* its numbers, from 1 */
    uint32_t owners;          /* number of threads that the tree stands for */
    const char *program;      /* base name of the process's file, the tree's */
    const struct tree_process *tree_process; /* the process that is being added */
    const struct tree_thread *tree;          /* the thread that is being added */
    char **short_names;                      /* malloc'ed, of malloc'ed ones */
    size_t short_name_count;
    struct groups_pattern *threads, *processes; /* by pattern in the options; malloc'ed */
    size_t object_room;
    size_t object_lines; /* how many of options->lines are for objects */
    int *idle;           /* malloc'ed: ids of threads of the latest process that wait for work */
    size_t idle_count, idle_room;
};

#endif
