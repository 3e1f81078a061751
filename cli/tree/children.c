/*
 * children.c - finds the children of a tree's nodes by their contents.
 */
#include "tree/children.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/optional_text.h"
#include "tree/tree.h"

#define NODES_IN_BLOCK 512

struct node_block {
    struct node_block *next;
    size_t used;
    struct tree_node nodes[NODES_IN_BLOCK];
};

/* A slot of the hash table of (parent, contents of the child) -> child. */
struct child_slot {
    uint64_t hash;
    struct tree_node *node; /* NULL: free */
    const char *path;       /* of the module: different files can have equal base names */
};

static bool has_line(const struct tree_node *node)
{
    return node->file && node->line;
}

static uint64_t hash_node(const struct tree_node *node, const char *path)
{
    uint64_t hash = hash_number(HASH_BEGIN, (uintptr_t)node->parent);
    hash = hash_number(hash, node->is_leaf);
    if (node->is_leaf || node->is_phase || (node->is_gone && !has_line(node)))
        return hash_text(hash, node->function);
    if (!has_line(node))
        return hash_text(hash_number(hash, node->address), path);
    hash = hash_text(hash_text(hash, node->function), node->file);
    return hash_number(hash, (uint64_t)(uint32_t)node->line << 32 | (uint32_t)node->column);
}

/* Returns whether the report shows two nodes as one. */
static bool is_same(const struct child_slot *slot, const struct tree_node *node, const char *path)
{
    const struct tree_node *other = slot->node;
    if (other->parent != node->parent || other->is_leaf != node->is_leaf ||
        other->is_gone != node->is_gone || other->is_phase != node->is_phase)
        return false;
    if (node->is_leaf || node->is_phase || (node->is_gone && !has_line(node) && !has_line(other)))
        return text_is_equal(other->function, node->function);
    if (other->is_interrupted != node->is_interrupted || has_line(other) != has_line(node))
        return false;
    if (!has_line(node))
        return other->address == node->address && text_is_equal(slot->path, path);
    return other->line == node->line && other->column == node->column &&
           text_is_equal(other->function, node->function) && text_is_equal(other->file, node->file);
}

/* Returns the slot of such a node, or the free slot for it. */
static struct child_slot *find_slot(
    const struct children *children, const struct tree_node *node, const char *path, uint64_t hash)
{
    size_t mask = children->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct child_slot *slot = &children->slots[i];
        if (slot->node == NULL || (slot->hash == hash && is_same(slot, node, path)))
            return slot;
    }
}

/* Keeps at least half of the slots free. */
static bool grow_slots(struct children *children)
{
    if (children->count * 2 < children->capacity)
        return true;
    size_t capacity = children->capacity ? children->capacity * 2 : 1024;
    struct child_slot *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < children->capacity; i++) {
        struct child_slot *old = &children->slots[i];
        size_t place = old->hash & (capacity - 1);
        while (old->node && slots[place].node)
            place = (place + 1) & (capacity - 1);
        if (old->node)
            slots[place] = *old;
    }
    free(children->slots);
    children->slots = slots;
    children->capacity = capacity;
    return true;
}

struct tree_node *children_allocate(struct children *children)
{
    struct node_block *block = children->blocks;
    if (block == NULL || block->used == NODES_IN_BLOCK) {
        block = calloc(1, sizeof *block);
        if (block == NULL)
            return NULL;
        block->next = children->blocks;
        children->blocks = block;
    }
    return &block->nodes[block->used++];
}

static void append_child(struct tree_node *parent, struct tree_node *child)
{
    if (parent->last_child)
        parent->last_child->next_sibling = child;
    else
        parent->first_child = child;
    parent->last_child = child;
}

struct tree_node *children_find(
    struct children *children, const struct tree_node *wanted, const char *path)
{
    if (!grow_slots(children))
        return NULL;
    uint64_t hash = hash_node(wanted, path);
    struct child_slot *slot = find_slot(children, wanted, path, hash);
    if (slot->node)
        return slot->node;
    struct tree_node *node = children_allocate(children);
    if (node == NULL)
        return NULL;
    *node = *wanted;
    *slot = (struct child_slot){hash, node, path};
    children->count++;
    append_child(wanted->parent, node);
    return node;
}

struct tree_node *children_find_leaf(
    const struct children *children, struct tree_node *parent, const char *name)
{
    struct tree_node wanted = {.parent = parent, .function = name, .is_leaf = true};
    if (children->capacity == 0)
        return NULL;
    return find_slot(children, &wanted, NULL, hash_node(&wanted, NULL))->node;
}

void children_free_blocks(struct node_block *blocks)
{
    while (blocks) {
        struct node_block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}
