/*
 * root.h - the names of recorded frames, and where the root is.
 */
#ifndef TREE_ROOT_H
#define TREE_ROOT_H

#include <stdbool.h>

#include "tree/builder.h"

/* Returns whether the node is in the tool's own library or its interposer. */
bool root_is_ours(const struct builder *builder, const struct snapshot_node *node);

/* Returns the functions at the node's place; never NULL. */
const struct symbol_chain *root_chain_of(
    struct builder *builder, const struct snapshot_node *node, struct site *site);

/* Finds out from its name what each module is. Returns false if there is no memory. */
bool root_name_modules(struct builder *builder);

/* Fills in the site of each node of the thread: the first pass. */
void root_look_at_nodes(struct builder *builder);

/* For a snapshot of one call of the root: a call from the place where the root was called is the
 * root itself, or what the root has jumped to. Marks these places. */
void root_note_calls(struct builder *builder);

#endif
