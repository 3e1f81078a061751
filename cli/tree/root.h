/*
 * root.h - the names of recorded frames, and where the root is.
 */
#ifndef TREE_ROOT_H
#define TREE_ROOT_H

#include <stdbool.h>

#include "tree/builder.h"

/* Whether the node is in the tool's own library or its interposer. */
bool root_is_ours(const struct builder *builder, const struct snapshot_node *node);

/* The functions at the node's place; never NULL. */
const struct symbol_chain *root_chain_of(
    struct builder *builder, const struct snapshot_node *node, struct site *site);

/* Finds out what each module is, by its name. */
void root_name_modules(struct builder *builder);

/* Fills in the site of each node: the first pass. */
void root_look_at_nodes(struct builder *builder);

/* A call of the root is one call: what else was called in it from where the root was, is the root,
 * or what that has jumped to. */
void root_note_calls(struct builder *builder);

#endif
