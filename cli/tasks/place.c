/*
 * place.c - where a task waits, as text.
 */
#include "tasks/place.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/path.h"
#include "names/short_name.h"
#include "names/short_path.h"
#include "symbols/symbols.h"
#include "trace/own_modules.h"
#include "trace/snapshot.h"
#include "tree/tree.h"
#include "view/facts.h"
#include "view/internals.h"

#define FUNCTIONS_MAX 200 /* of a deeper path the innermost ones are taken */

/* The functions of a path, the innermost first. */
struct path {
    struct tree_node list[FUNCTIONS_MAX];
    size_t count;
    bool has_begun; /* the last one is the runtime's, which has called the task */
};

/* Adds the functions at one place, of which inlined ones come last in the chain. */
static void place_add_chain(struct path *path, const struct symbol_chain *chain, const char *module)
{
    for (size_t i = chain->count; i-- > 0 && !path->has_begun && path->count < FUNCTIONS_MAX;) {
        const struct symbol_frame *frame = &chain->frames[i];
        const struct tree_node node = {.function = frame->function,
            .linkage_name = frame->linkage_name,
            .module = module,
            .file = frame->file,
            .line = frame->line};
        if (frame->function == NULL)
            continue;
        path->has_begun = internals_begins_task(&node);
        path->list[path->count++] = node;
    }
}

static void place_add_frame(struct path *path, const struct snapshot *snapshot,
    const struct snapshot_node *node, struct symbols *symbols)
{
    if (node->module == SNAPSHOT_NONE)
        return;
    const struct snapshot_module *module = &snapshot->modules[node->module];
    const char *base = path_base_name(module->path);
    if (!module_is_ours(base))
        place_add_chain(path,
            symbols_resolve(symbols, module->path, &module->identity, node->address,
                node->kind == SNAPSHOT_FRAME),
            base);
}

/* Before the first function of a thread, and main, there is code that starts it. */
static void drop_start(struct path *path)
{
    static const char *const files[] = {"libc.so", "libpthread.so", "ld-linux"};
    for (; path->count > 1 && !path->has_begun; path->count--) {
        const struct tree_node *node = &path->list[path->count - 1];
        bool is_start = strcmp(node->function, "_start") == 0;
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
            is_start |= strncmp(node->module, files[i], strlen(files[i])) == 0;
        if (!is_start)
            return;
    }
}

/* The body of an asynchronous function is a closure in it: `f::{closure}`, `f::{{closure}}`,
 * `f::{async_fn#0}`. */
static void drop_closures(char *name)
{
    size_t length = strlen(name);
    while (length > 0 && name[length - 1] == '}') {
        while (length > 0 && name[length - 1] != ':')
            length--;
        if (length < 3 || name[length] != '{' || name[length - 2] != ':')
            return;
        length -= 2;
        name[length] = '\0';
    }
}

static void write_task_source(FILE *out, const struct tree_node *node, const char *directory)
{
    char *path = short_path(node->file, directory);
    fprintf(out, " at %s:%d", path ? path : node->file, node->line);
    free(path);
}

/* Writes the function, unless it is the one before: that has called its own body. */
static bool write_function(
    FILE *out, char **before, const struct tree_node *node, const struct place_style *style)
{
    char *name = short_name(node->function, style->ellipsis, SHORT_NAME_BRIEF);
    if (name == NULL)
        return false;
    drop_closures(name);
    if (*before == NULL || strcmp(*before, name) != 0 || style->has_sources)
        fprintf(out, "%s%s", *before ? style->arrow : "", name);
    if (style->has_sources && node->file && node->line)
        write_task_source(out, node, style->directory);
    free(*before);
    *before = name;
    return true;
}

static bool write_places(FILE *out, const struct path *path, const struct place_style *style)
{
    const struct internals_rule *caller = NULL;
    char *before = NULL;
    bool is_whole = true;
    for (size_t i = path->count - path->has_begun; i-- > 0 && is_whole;) {
        const struct internals_rule *rule = internals_find(&path->list[i]);
        if (!style->shows_all && internals_hides_in_task(&path->list[i], rule, caller))
            continue;
        is_whole = write_function(out, &before, &path->list[i], style);
        caller = rule;
    }
    free(before);
    return is_whole;
}

/* Returns the text, malloc'ed; NULL when out of memory. */
static char *place_write_text(const struct path *path, const struct place_style *style)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool is_whole = out && write_places(out, path, style);
    if (out && fclose(out) == 0 && is_whole)
        return text;
    free(text);
    return NULL;
}

static int mark_by_name(
    struct place *place, const struct tree_node *node, struct facts_table *table)
{
    struct facts facts;
    if (facts_find(table, &facts, node) != 0)
        return -ENOMEM;
    place->is_under |= facts.is_under;
    place->is_through |= facts.is_through;
    place->is_without |= facts.is_without;
    place->is_idle |= facts.is_idle;
    return 0;
}

/* Patterns and tables name the function of which this is the body. */
static int mark_by_function(
    struct place *place, const struct tree_node *node, struct facts_table *table)
{
    struct tree_node of = *node;
    char *name = strdup(node->function);
    if (name == NULL)
        return -ENOMEM;
    drop_closures(name);
    of.function = name;
    int error = mark_by_name(place, &of, table);
    free(name);
    return error;
}

static int place_mark(struct place *place, const struct path *path, struct facts_table *table)
{
    int error = 0;
    for (size_t i = 0; i < path->count && table && error == 0; i++) {
        error = mark_by_name(place, &path->list[i], table);
        if (error == 0)
            error = mark_by_function(place, &path->list[i], table);
    }
    return error;
}

/* A path of which nothing would be shown is shown whole. */
static char *place_text(const struct path *path, const struct place_style *style)
{
    struct place_style shows_all = *style;
    shows_all.shows_all = true;
    char *text = place_write_text(path, style);
    if (text == NULL || *text)
        return text;
    free(text);
    return place_write_text(path, &shows_all);
}

int place_describe(struct place *place, const struct snapshot *snapshot, uint32_t node,
    struct symbols *symbols, const struct place_style *style)
{
    struct path path = {.count = 0};
    *place = (struct place){.text = NULL};
    for (uint32_t at = node; at != SNAPSHOT_NONE && !path.has_begun;
         at = snapshot->nodes[at].caller)
        place_add_frame(&path, snapshot, &snapshot->nodes[at], symbols);
    drop_start(&path);
    if (place_mark(place, &path, style->facts) == 0)
        place->text = place_text(&path, style);
    return place->text ? 0 : -ENOMEM;
}
