/*
 * objects.c - the pass that puts together what the calls of a view's leaves have waited for.
 *
 * Objects take lines from the tree only if they say where a good part of all time went. An object
 * that has nearly all of its leaf takes none.
 */
#include "view/objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sum.h"
#include "objects/labels.h"
#include "tree/objects.h"
#include "tree/tree.h"
#include "view/builder.h"
#include "view/weigh.h"

#define NEARLY_ALL    0.95 /* of a leaf */
#define LEAST_PERCENT 5.0  /* of the view, for a line */
#define LINES_PART    4    /* objects take one of so many lines at most */

/* ---- from trees ---- */

static struct view_object from_tree(const struct tree_object *object, const struct view_node *node)
{
    return (struct view_object){.node = node,
        .kind = object->kind,
        .text = object->text,
        .general = object->general,
        .space = object->space,
        .is_rest = object->is_rest,
        .hits = object->hits,
        .open = object->hits - object->returns,
        .time_ns = object->total_ns,
        .longest_ns = object->longest_ns,
        .ages = object->ages,
        .holder = object->holder,
        .snapshot = object->snapshot,
        .calls = object->calls};
}

/* With the leaves first, `at` is an outermost caller. */
static const struct view_node *leaf_at(
    const struct view_builder *builder, const struct view_node *at)
{
    while (builder->options->inverts && at->parent->kind != VIEW_TOP)
        at = at->parent;
    return at;
}

static void add_open(struct view_object *object, uint64_t open_ns)
{
    object->time_ns = add_clamped(object->time_ns, open_ns);
    object->longest_ns = open_ns > object->longest_ns ? open_ns : object->longest_ns;
    object->open_ns = open_ns;
}

/* The call that is open at the end is for the first object with one. */
int view_objects_add(
    struct view_builder *builder, const struct tree_node *leaf, const struct view_node *at)
{
    struct view *view = &builder->view;
    size_t count = 0;
    const struct tree_object *objects = tree_objects_of(builder->tree, leaf, &count);
    uint64_t open_ns = weigh_open_ns(builder, leaf);
    if (count == 0 || array_reserve(&view->objects, view->object_count, count,
                          &builder->object_room, sizeof *view->objects) != 0)
        return count == 0 ? 0 : -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        struct view_object *object = &view->objects[view->object_count++];
        *object = from_tree(&objects[i], leaf_at(builder, at));
        if (object->open && open_ns)
            add_open(object, open_ns);
        open_ns = object->open ? 0 : open_ns;
    }
    return 0;
}

/* ---- merging ---- */

static int view_compare_places(const struct view_object *a, const struct view_object *b)
{
    return a->node < b->node ? -1 : a->node > b->node;
}

static int compare_generals(const void *left, const void *right)
{
    const struct view_object *a = left, *b = right;
    int by_place = view_compare_places(a, b);
    int by_text = by_place ? by_place : strcmp(a->general, b->general);
    return by_text ? by_text : (a->space > b->space) - (a->space < b->space);
}

/* Those with open calls come first. */
static int view_compare_weights(const void *left, const void *right)
{
    const struct view_object *a = left, *b = right;
    if (view_compare_places(a, b) != 0)
        return view_compare_places(a, b);
    if ((a->open_ns > 0) != (b->open_ns > 0))
        return a->open_ns ? -1 : 1;
    if (a->time_ns != b->time_ns)
        return a->time_ns > b->time_ns ? -1 : 1;
    if (a->hits != b->hits)
        return a->hits > b->hits ? -1 : 1;
    int by_text = strcmp(a->text, b->text);
    return by_text ? by_text : (a->space > b->space) - (a->space < b->space);
}

static void view_merge(struct view_object *to, const struct view_object *from)
{
    bool is_better = from->open_ns != to->open_ns ? from->open_ns > to->open_ns
                                                  : from->longest_ns > to->longest_ns;
    if (is_better) {
        to->snapshot = from->snapshot;
        to->calls = from->calls;
        to->holder = from->holder;
    }
    if (strcmp(to->text, from->text) != 0)
        to->text = to->general;
    to->hits = add_clamped(to->hits, from->hits);
    to->open = add_clamped(to->open, from->open);
    to->time_ns = add_clamped(to->time_ns, from->time_ns);
    to->longest_ns = from->longest_ns > to->longest_ns ? from->longest_ns : to->longest_ns;
    to->open_ns = from->open_ns > to->open_ns ? from->open_ns : to->open_ns;
    ages_add(&to->ages, from->ages);
}

static void merge_all(struct view *view)
{
    struct view_object *objects = view->objects;
    size_t kept = 0;
    qsort(objects, view->object_count, sizeof *objects, compare_generals);
    for (size_t i = 1; i < view->object_count; i++) {
        if (compare_generals(&objects[kept], &objects[i]) == 0)
            view_merge(&objects[kept], &objects[i]);
        else
            objects[++kept] = objects[i];
    }
    view->object_count = kept + 1;
    qsort(objects, view->object_count, sizeof *objects, view_compare_weights);
}

/* ---- lines ---- */

static double objects_part(uint64_t some, uint64_t all)
{
    return all ? (double)some / (double)all : 0;
}

static uint64_t time_of_leaf(const struct view_node *leaf)
{
    return add_clamped(leaf->time_ns, leaf->idle_ns);
}

/* Returns whether the object has nearly all of its leaf. */
static bool is_only(const struct view_object *object)
{
    uint64_t ns = time_of_leaf(object->node);
    if (object->is_rest)
        return false;
    return ns ? objects_part(object->time_ns, ns) >= NEARLY_ALL
              : objects_part(object->hits, object->node->hits) >= NEARLY_ALL;
}

static bool shows_all_objects(const struct view_builder *builder)
{
    return builder->options->lines == SIZE_MAX && builder->options->min_percent <= 0;
}

/* Returns whether it deserves a line if its leaf has one. */
static bool objects_weighs(const struct view_builder *builder, const struct view_object *object)
{
    double least = builder->options->min_percent > LEAST_PERCENT ? builder->options->min_percent
                                                                 : LEAST_PERCENT;
    if (shows_all_objects(builder))
        return !object->is_rest || object->hits < object->node->hits;
    return !object->is_rest && !object->node->is_idle &&
           objects_part(object->time_ns, builder->view.time_ns) * 100 >= least;
}

void view_objects_weigh(struct view_builder *builder)
{
    struct view *view = &builder->view;
    size_t most = builder->options->lines / LINES_PART;
    if (view->object_count == 0)
        return;
    merge_all(view);
    for (size_t i = 0; i < view->object_count; i++) {
        struct view_object *object = &view->objects[i];
        object->is_only = is_only(object);
        builder->object_lines += !object->is_only && objects_weighs(builder, object);
    }
    if (builder->options->lines == SIZE_MAX)
        builder->object_lines = 0;
    else if (builder->object_lines > most)
        builder->object_lines = most;
}

static int compare_times(const void *left, const void *right)
{
    const struct view_object *const *a = left, *const *b = right;
    if ((*a)->time_ns != (*b)->time_ns)
        return (*a)->time_ns > (*b)->time_ns ? -1 : 1;
    return *a < *b ? -1 : 1;
}

/* Shows the heaviest ones, as far as there are lines. Without memory, none has a line. */
static void show_heaviest(struct view_builder *builder)
{
    struct view *view = &builder->view;
    size_t count = 0,
           lines = builder->options->lines == SIZE_MAX ? SIZE_MAX : builder->object_lines;
    struct view_object **heaviest = calloc(view->object_count + 1, sizeof(void *));
    for (size_t i = 0; heaviest && i < view->object_count; i++) {
        struct view_object *object = &view->objects[i];
        if (object->node->is_shown && !object->is_only && objects_weighs(builder, object))
            heaviest[count++] = object;
    }
    if (count > 0)
        qsort(heaviest, count, sizeof(void *), compare_times);
    for (size_t i = 0; i < count && i < lines; i++)
        heaviest[i]->is_shown = true;
    free(heaviest);
}

void view_objects_choose(struct view_builder *builder)
{
    struct view *view = &builder->view;
    show_heaviest(builder);
    for (size_t i = 0; builder->options->labels && i < view->object_count; i++) {
        struct view_object *object = &view->objects[i];
        if (object->is_shown || (object->is_only && object->node->is_shown))
            object->note = labels_note(
                builder->options->labels, object->snapshot, object->calls, !object->open);
    }
}

/* ---- of one leaf ---- */

static int view_compare_to_leaf(const void *leaf, const void *element)
{
    const struct view_node *of = ((const struct view_object *)element)->node;
    return (const struct view_node *)leaf < of ? -1 : (const struct view_node *)leaf > of;
}

const struct view_object *view_objects_of(
    const struct view *view, const struct view_node *leaf, size_t *count)
{
    size_t first = array_find_run(view->objects, view->object_count, sizeof *view->objects,
        view_compare_to_leaf, leaf, count);
    return *count ? &view->objects[first] : NULL;
}

const struct view_object *view_objects_only(const struct view *view, const struct view_node *leaf)
{
    size_t count = 0;
    const struct view_object *objects = view_objects_of(view, leaf, &count);
    for (size_t i = 0; i < count; i++)
        if (objects[i].is_only)
            return &objects[i];
    return NULL;
}

void view_objects_finish(struct view_builder *builder)
{
    for (size_t i = 0; i < builder->view.object_count; i++)
        free(builder->view.objects[i].note);
    free(builder->view.objects);
}
