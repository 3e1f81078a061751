/*
 * nodes.c - makes a view's nodes, and finds the children of one by their contents.
 */
#include "view/nodes.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/optional_text.h"

#define NODES_IN_BLOCK 256

struct nodes_block {
    struct nodes_block *next;
    size_t used;
    struct view_node nodes[NODES_IN_BLOCK];
};

static bool nodes_has_line(const struct view_node *node)
{
    return node->file && node->line;
}

static uint64_t hash_place(uint64_t hash, const struct view_node *node)
{
    if (!nodes_has_line(node))
        return hash_number(hash, node->address);
    hash = hash_text(hash, node->file);
    return hash_number(hash, (uint64_t)(uint32_t)node->line << 32 | (uint32_t)node->column);
}

void nodes_hash(struct view_node *wanted, bool sites)
{
    uint64_t hash = hash_number(
        HASH_BEGIN, 4 * (uint64_t)wanted->kind + 2 * wanted->is_gone + wanted->is_idle);
    hash = hash_text(hash_text(hash, wanted->function), wanted->module);
    wanted->hash = sites && wanted->kind != VIEW_LEAF ? hash_place(hash, wanted) : hash;
}

static bool is_same_place(const struct view_node *a, const struct view_node *b)
{
    if (nodes_has_line(a) != nodes_has_line(b))
        return false;
    if (!nodes_has_line(a))
        return a->address == b->address;
    return a->line == b->line && a->column == b->column && text_is_equal(a->file, b->file);
}

bool nodes_is_same(const struct view_node *a, const struct view_node *b, bool sites)
{
    return a->hash == b->hash && a->kind == b->kind && a->is_idle == b->is_idle &&
           a->is_gone == b->is_gone && text_is_equal(a->function, b->function) &&
           text_is_equal(a->module, b->module) &&
           (!sites || a->kind == VIEW_LEAF || is_same_place(a, b));
}

static size_t nodes_slot_of(const struct nodes *nodes, const struct view_node *node)
{
    return hash_number(node->hash, (uintptr_t)node->parent) & (nodes->capacity - 1);
}

/* Keeps at least half of the slots free. */
static bool nodes_grow(struct nodes *nodes)
{
    if (nodes->count * 2 < nodes->capacity)
        return true;
    size_t old_capacity = nodes->capacity;
    struct view_node **old = nodes->slots;
    struct view_node **slots = calloc(old_capacity ? 2 * old_capacity : 256, sizeof(void *));
    if (slots == NULL)
        return false;
    nodes->slots = slots;
    nodes->capacity = old_capacity ? 2 * old_capacity : 256;
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i] == NULL)
            continue;
        size_t at = nodes_slot_of(nodes, old[i]);
        while (slots[at])
            at = (at + 1) & (nodes->capacity - 1);
        slots[at] = old[i];
    }
    free(old);
    return true;
}

struct view_node *nodes_add(struct nodes *nodes, const struct view_node *wanted)
{
    struct nodes_block *block = nodes->blocks;
    if (block == NULL || block->used == NODES_IN_BLOCK) {
        block = malloc(sizeof *block);
        if (block == NULL)
            return NULL;
        block->next = nodes->blocks;
        block->used = 0;
        nodes->blocks = block;
    }
    struct view_node *node = &block->nodes[block->used++];
    *node = *wanted;
    node->order = nodes->made++;
    return node;
}

static void nodes_append(struct view_node *parent, struct view_node *child)
{
    if (parent->last_child)
        parent->last_child->next_sibling = child;
    else
        parent->first_child = child;
    parent->last_child = child;
}

struct view_node *nodes_find(struct nodes *nodes, const struct view_node *wanted, bool sites)
{
    if (!nodes_grow(nodes))
        return NULL;
    size_t at = nodes_slot_of(nodes, wanted);
    for (; nodes->slots[at]; at = (at + 1) & (nodes->capacity - 1)) {
        struct view_node *node = nodes->slots[at];
        if (node->parent == wanted->parent && nodes_is_same(node, wanted, sites))
            return node;
    }
    struct view_node *node = nodes_add(nodes, wanted);
    if (node == NULL)
        return NULL;
    nodes->slots[at] = node;
    nodes->count++;
    nodes_append(wanted->parent, node);
    return node;
}

static void finish_durations(struct nodes_block *block)
{
    for (size_t i = 0; i < block->used; i++) {
        if (block->nodes[i].durations)
            histogram_finish(block->nodes[i].durations);
        free(block->nodes[i].durations);
    }
}

void nodes_finish(struct nodes *nodes)
{
    while (nodes->blocks) {
        struct nodes_block *next = nodes->blocks->next;
        finish_durations(nodes->blocks);
        free(nodes->blocks);
        nodes->blocks = next;
    }
    free(nodes->slots);
    *nodes = (struct nodes){0};
}
