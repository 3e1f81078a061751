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

#define BLOCK_BYTES 65536

struct node_block {
    struct node_block *next;
    size_t used; /* of bytes[] */
    _Alignas(uint64_t) char bytes[BLOCK_BYTES];
};

/* A leaf has its numbers behind it. */
struct leaf_node {
    struct tree_node node;
    struct tree_leaf leaf;
};

/* A slot of the hash table of (parent, contents of the child) -> child. */
struct child_slot {
    uint64_t hash;
    struct tree_node *node; /* NULL: free */
};

static bool has_line(const struct tree_node *node)
{
    return node->file && node->line;
}

static uint64_t hash_node(const struct tree_node *node)
{
    uint64_t hash = hash_number(HASH_BEGIN, (uintptr_t)node->parent);
    hash = hash_number(hash, node->is_leaf);
    if (node->is_leaf || node->is_gone)
        return hash_text(hash, node->function);
    if (!has_line(node))
        return hash_number(hash_number(hash, node->address), (uintptr_t)node->module);
    hash = hash_text(hash_text(hash, node->function), node->file);
    return hash_number(hash, (uint64_t)(uint32_t)node->line << 32 | (uint32_t)node->column);
}

/* Returns whether the report shows two nodes as one. */
static bool is_same(const struct tree_node *other, const struct tree_node *node)
{
    if (other->parent != node->parent || other->is_leaf != node->is_leaf ||
        other->is_gone != node->is_gone)
        return false;
    if (node->is_leaf || node->is_gone)
        return text_is_equal(other->function, node->function);
    if (other->is_interrupted != node->is_interrupted || has_line(other) != has_line(node))
        return false;
    if (!has_line(node))
        return other->address == node->address && other->module == node->module;
    return other->line == node->line && other->column == node->column &&
           text_is_equal(other->function, node->function) && text_is_equal(other->file, node->file);
}

/* Returns the slot of such a node, or the free slot for it. */
static struct child_slot *find_slot(
    const struct children *children, const struct tree_node *node, uint64_t hash)
{
    size_t mask = children->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct child_slot *slot = &children->slots[i];
        if (slot->node == NULL || (slot->hash == hash && is_same(slot->node, node)))
            return slot;
    }
}

/* Keeps at least a quarter of the slots free. */
static bool grow_slots(struct children *children)
{
    if (children->count * 4 < children->capacity * 3)
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

static void *children_allocate(struct children *children, size_t size)
{
    struct node_block *block = children->blocks;
    if (block == NULL || size > BLOCK_BYTES - block->used) {
        block = malloc(sizeof *block);
        if (block == NULL)
            return NULL;
        block->next = children->blocks;
        block->used = 0;
        children->blocks = block;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

struct tree_node *children_add_top(struct children *children)
{
    struct tree_node *top = children_allocate(children, sizeof *top);
    if (top)
        *top = (struct tree_node){.parent = NULL};
    return top;
}

static struct tree_node *new_leaf(struct children *children, const struct tree_node *wanted)
{
    struct leaf_node *leaf = children_allocate(children, sizeof *leaf);
    if (leaf == NULL)
        return NULL;
    *leaf = (struct leaf_node){.node = *wanted};
    leaf->node.leaf = &leaf->leaf;
    return &leaf->node;
}

static struct tree_node *new_node(struct children *children, const struct tree_node *wanted)
{
    if (wanted->is_leaf)
        return new_leaf(children, wanted);
    struct tree_node *node = children_allocate(children, sizeof *node);
    if (node)
        *node = *wanted;
    return node;
}

static void append_child(struct tree_node *parent, struct tree_node *child)
{
    if (parent->last_child)
        parent->last_child->next_sibling = child;
    else
        parent->first_child = child;
    parent->last_child = child;
}

struct tree_node *children_find(struct children *children, const struct tree_node *wanted)
{
    if (!grow_slots(children))
        return NULL;
    uint64_t hash = hash_node(wanted);
    struct child_slot *slot = find_slot(children, wanted, hash);
    if (slot->node)
        return slot->node;
    struct tree_node *node = new_node(children, wanted);
    if (node == NULL)
        return NULL;
    *slot = (struct child_slot){hash, node};
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
    return find_slot(children, &wanted, hash_node(&wanted))->node;
}

void children_clear(struct children *children)
{
    if (children->blocks == NULL)
        return;
    children_free_blocks(children->blocks->next);
    children->blocks->next = NULL;
    children->blocks->used = 0;
    if (children->count > 0)
        memset(children->slots, 0, children->capacity * sizeof *children->slots);
    children->count = 0;
}

void children_free_blocks(struct node_block *blocks)
{
    while (blocks) {
        struct node_block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}
