/*
 * objects.c - what the calls of a tree's leaves have waited for.
 */
#include "tree/objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sum.h"
#include "objects/labels.h"

/* `share`: one of so many equal calls of the root. */
static struct tree_object make_object(const struct snapshot *snapshot,
    const struct snapshot_object_calls *calls, const struct object_text *text, uint64_t share)
{
    return (struct tree_object){.kind = text->kind,
        .text = text->text,
        .general = text->general,
        .space = text->space,
        .is_rest = text->says_nothing,
        .hits = calls->hits / share,
        .returns = calls->returns / share,
        .total_ns = calls->total_ns / share,
        .longest_ns = calls->longest_ns,
        .ages = calls->ages,
        .holder = calls->holder,
        .snapshot = snapshot,
        .calls = calls};
}

/* Returns the objects of a node, and their number. Of equal calls of the root, it is known only of
 * all of them together what they waited for: of each, if that was one object. */
static const struct snapshot_object_calls *recorded_objects(
    const struct builder *builder, uint32_t node, size_t *count)
{
    const struct tree_origin *origin = builder->options.origin;
    *count = 0;
    if (builder->options.labels == NULL)
        return NULL;
    if (origin == NULL)
        return objects_of(&builder->snapshot->objects, node, count);
    uint32_t leaf = origin->leaves[node];
    if (leaf == SNAPSHOT_NONE)
        return NULL;
    const struct snapshot_object_calls *calls = objects_of(&origin->whole->objects, leaf, count);
    uint64_t hits = snapshot_leaf_of(origin->whole, &origin->whole->nodes[leaf])->hits;
    if (origin->calls > 1 && (*count != 1 || calls->hits != hits))
        *count = 0;
    return calls;
}

static bool tree_objects_add_one(struct builder *builder, const struct snapshot_object_calls *calls,
    const struct tree_node *leaf)
{
    const struct tree_origin *origin = builder->options.origin;
    const struct snapshot *snapshot = origin ? origin->whole : builder->snapshot;
    struct tree_thread *thread = builder->thread;
    const struct object_text *text = labels_of(builder->options.labels, snapshot, calls);
    if (text == NULL || array_reserve(&thread->objects, thread->object_count, 1,
                            &thread->object_room, sizeof *thread->objects) != 0)
        return false;
    struct tree_object *object = &thread->objects[thread->object_count++];
    *object = make_object(snapshot, calls, text, origin ? origin->calls : 1);
    object->leaf = leaf;
    return true;
}

bool tree_objects_add(
    struct builder *builder, const struct snapshot_node *node, const struct tree_node *leaf)
{
    size_t count;
    const struct snapshot_object_calls *calls = recorded_objects(
        builder, (uint32_t)(node - builder->snapshot->nodes), &count);
    for (size_t i = 0; i < count; i++)
        if (calls[i].hits > 0 && !tree_objects_add_one(builder, &calls[i], leaf))
            return false;
    return true;
}

/* ---- merging ---- */

static int tree_compare_places(const struct tree_object *a, const struct tree_object *b)
{
    return a->leaf < b->leaf ? -1 : a->leaf > b->leaf;
}

static int compare_texts(const void *left, const void *right)
{
    const struct tree_object *a = left, *b = right;
    int by_place = tree_compare_places(a, b);
    int by_text = by_place ? by_place : strcmp(a->general, b->general);
    return by_text ? by_text : (a->space > b->space) - (a->space < b->space);
}

static int compare_weights(const void *left, const void *right)
{
    const struct tree_object *a = left, *b = right;
    bool a_is_open = a->hits > a->returns, b_is_open = b->hits > b->returns;
    if (tree_compare_places(a, b) != 0)
        return tree_compare_places(a, b);
    if (a_is_open != b_is_open)
        return a_is_open ? -1 : 1;
    if (a->total_ns != b->total_ns)
        return a->total_ns > b->total_ns ? -1 : 1;
    if (a->hits != b->hits)
        return a->hits > b->hits ? -1 : 1;
    return strcmp(a->text, b->text);
}

static void take_calls(struct tree_object *to, const struct tree_object *from)
{
    to->calls = from->calls;
    to->holder = from->holder;
}

static void merge(struct tree_object *to, const struct tree_object *from)
{
    bool to_is_open = to->hits > to->returns, from_is_open = from->hits > from->returns;
    if (from_is_open ? !to_is_open : !to_is_open && from->longest_ns > to->longest_ns)
        take_calls(to, from);
    if (strcmp(to->text, from->text) != 0)
        to->text = to->general;
    to->hits = add_clamped(to->hits, from->hits);
    to->returns = add_clamped(to->returns, from->returns);
    to->total_ns = add_clamped(to->total_ns, from->total_ns);
    to->longest_ns = from->longest_ns > to->longest_ns ? from->longest_ns : to->longest_ns;
    ages_add(&to->ages, from->ages);
}

void tree_objects_settle(struct tree_thread *thread, const struct tree_options *options)
{
    struct tree_object *objects = thread->objects;
    size_t kept = 0;
    if (thread->object_count == 0)
        return;
    qsort(objects, thread->object_count, sizeof *objects, compare_texts);
    for (size_t i = 1; i < thread->object_count; i++) {
        if (compare_texts(&objects[kept], &objects[i]) == 0)
            merge(&objects[kept], &objects[i]);
        else
            objects[++kept] = objects[i];
    }
    thread->object_count = kept + 1;
    qsort(objects, thread->object_count, sizeof *objects, compare_weights);
    for (size_t i = 0; options->wants_notes && i < thread->object_count; i++)
        objects[i].note = labels_note(
            options->labels, objects[i].snapshot, objects[i].calls, false);
}

static int tree_compare_to_leaf(const void *leaf, const void *element)
{
    const struct tree_node *of = ((const struct tree_object *)element)->leaf;
    return (const struct tree_node *)leaf < of ? -1 : (const struct tree_node *)leaf > of;
}

const struct tree_object *tree_objects_of(
    const struct tree_thread *thread, const struct tree_node *leaf, size_t *count)
{
    size_t first = array_find_run(thread->objects, thread->object_count, sizeof *thread->objects,
        tree_compare_to_leaf, leaf, count);
    return *count ? &thread->objects[first] : NULL;
}

static void drop_objects_of(struct tree_thread *thread, const struct tree_node *leaf)
{
    size_t count, kept = 0;
    if (tree_objects_of(thread, leaf, &count) == NULL)
        return;
    for (size_t i = 0; i < thread->object_count; i++)
        if (thread->objects[i].leaf != leaf)
            thread->objects[kept++] = thread->objects[i];
        else
            free(thread->objects[i].note);
    thread->object_count = kept;
}

void tree_objects_keep_common(struct tree_thread *thread, const struct tree_node *leaf,
    const struct tree_thread *equal_thread, const struct tree_node *equal_leaf)
{
    size_t count, equal_count;
    struct tree_object *object = (struct tree_object *)tree_objects_of(thread, leaf, &count);
    const struct tree_object *equal = tree_objects_of(equal_thread, equal_leaf, &equal_count);
    bool is_common = count == 1 && equal_count == 1 && object->hits == leaf->leaf->hits &&
                     equal->hits == object->hits && object->space == equal->space &&
                     strcmp(object->text, equal->text) == 0;
    if (is_common)
        object->total_ns = leaf->leaf->total_ns;
    else
        drop_objects_of(thread, leaf);
}

void tree_objects_finish(struct tree_thread *thread)
{
    for (size_t i = 0; i < thread->object_count; i++)
        free(thread->objects[i].note);
    free(thread->objects);
    thread->objects = NULL;
    thread->object_count = thread->object_room = 0;
}
