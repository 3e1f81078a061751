/*
 * facts.h - what the tables and the user's patterns say of a function, found once for each.
 */
#ifndef VIEW_FACTS_H
#define VIEW_FACTS_H

#include <stdbool.h>

#include "view/view.h"

struct idle_rule;
struct internals_rule;
struct tree_node;

struct facts {
    const struct internals_rule *internals; /* NULL: it is none */
    const struct idle_rule *idle;           /* the first rule with this as `outer`, or NULL */
    bool is_under, is_through, is_without, is_hidden, is_merged, is_idle, is_leaf_wanted;
};

struct facts_table;

/* Reads the user's patterns. Returns 0, -ENOMEM, or -EINVAL with *problem, one line (malloc'ed). */
int facts_create(struct facts_table **table, const struct view_options *options, char **problem);
void facts_destroy(struct facts_table *table);

/* Returns what is known of the node's function, which lives as long as the table; NULL when out of
 * memory. */
const struct facts *facts_of(struct facts_table *table, const struct tree_node *node);

/* Finds the same for a node whose texts need not live as long; that takes longer. Returns 0 or
 * -ENOMEM. */
int facts_find(struct facts_table *table, struct facts *facts, const struct tree_node *node);

/* Returns the first pattern of the user that no function has matched so far, or NULL; *option is
 * its option, such as "--under". */
const char *facts_unmatched(const struct facts_table *table, const char **option);

struct near_miss;

/* Considers the functions of the trees that the option could have named. */
void facts_consider(const struct facts_table *table, const char *option, struct near_miss *near);

#endif
