/*
 * path.c - the path of a recorded leaf as text.
 *
 * It is one line for people who have the tree as well: frames without names are left out, and so is
 * what the C library has called before the first function of a thread.
 */
#include "objects/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/path.h"
#include "names/match.h"
#include "names/short_name.h"
#include "symbols/symbols.h"
#include "trace/own_modules.h"
#include "trace/snapshot.h"

#define FUNCTIONS_SHOWN 7 /* of a longer path the first one and the last ones */

struct functions {
    const struct path_style *style;
    bool is_short;
    const char **list; /* the innermost first; malloc'ed */
    size_t count, room;
    size_t known; /* how many of them are not in the C library's start code, as far as is known */
    bool has_root;
};

/* Threads begin in these files before their first function. */
static bool is_of_c_library(const char *base)
{
    return strncmp(base, "libc.so", 7) == 0 || strncmp(base, "ld-linux", 8) == 0 ||
           strncmp(base, "libpthread.so", 13) == 0;
}

static bool path_append(struct functions *functions, const char *function)
{
    if (array_reserve(
            &functions->list, functions->count, 1, &functions->room, sizeof *functions->list) != 0)
        return false;
    functions->list[functions->count++] = function;
    return true;
}

/* Adds the functions at one place, of which inlined ones come last in the chain. */
static bool add_chain(
    struct functions *functions, const struct symbol_chain *chain, const char *module)
{
    const struct path_style *style = functions->style;
    for (size_t i = chain->count; i-- > 0 && !functions->has_root;) {
        const struct symbol_frame *frame = &chain->frames[i];
        if (frame->function == NULL)
            continue;
        functions->has_root = name_matches(style->root, frame->function, frame->linkage_name);
        bool is_hidden = !functions->has_root && style->hides &&
                         style->hides(
                             frame->function, frame->linkage_name, module, functions->is_short);
        if (!is_hidden && !path_append(functions, frame->function))
            return false;
    }
    return true;
}

static bool path_add_frame(struct functions *functions, const struct snapshot *snapshot,
    const struct snapshot_node *node, struct symbols *symbols)
{
    if (node->module == SNAPSHOT_NONE)
        return true;
    const struct snapshot_module *module = &snapshot->modules[node->module];
    const char *base = path_base_name(module->path);
    if (module_is_ours(base))
        return true;
    if (!add_chain(functions,
            symbols_resolve(symbols, module->path, &module->identity, node->address,
                node->kind == SNAPSHOT_FRAME),
            base))
        return false;
    if (!is_of_c_library(base) || functions->has_root)
        functions->known = functions->count;
    return true;
}

/* Without the root, what the C library has called first is left out. */
static bool list_functions(struct functions *functions, const struct snapshot *snapshot,
    uint32_t caller, struct symbols *symbols)
{
    uint32_t at = caller;
    while (at != SNAPSHOT_NONE && !functions->has_root) {
        const struct snapshot_node *node = &snapshot->nodes[at];
        if (!path_add_frame(functions, snapshot, node, symbols))
            return false;
        at = node->caller;
    }
    functions->count = functions->known;
    return true;
}

static void path_write(char **text, const struct functions *functions, const char *leaf)
{
    const struct path_style *style = functions->style;
    bool is_short = functions->is_short, has_gap = false;
    size_t last = is_short ? 1 : FUNCTIONS_SHOWN - 1;
    *text = strdup("");
    for (size_t i = functions->count; i-- > 0 && *text;) {
        char *before = *text, *name = NULL;
        if (i >= last && (is_short || i + 1 < functions->count)) {
            has_gap |= !is_short;
            continue;
        }
        name = short_name(functions->list[i], style->ellipsis, SHORT_NAME_BRIEF);
        if (asprintf(text, "%s%s%s%s%s", before, has_gap ? style->ellipsis : "",
                has_gap ? style->arrow : "", name ? name : functions->list[i], style->arrow) < 0)
            *text = NULL;
        has_gap = false;
        free(before);
        free(name);
    }
    char *before = *text;
    if (before && asprintf(text, "%s%s", before, leaf) < 0)
        *text = NULL;
    free(before);
}

char *path_text(const struct snapshot *snapshot, uint32_t caller, const char *leaf,
    struct symbols *symbols, const struct path_style *style, bool is_short)
{
    const struct path_style shows_all = {style->root, style->arrow, style->ellipsis, NULL};
    struct functions functions = {.style = style, .is_short = is_short};
    char *text = NULL;
    bool is_listed = list_functions(&functions, snapshot, caller, symbols);
    if (is_listed && functions.count == 0 && style->hides) {
        functions.style = &shows_all;
        is_listed = list_functions(&functions, snapshot, caller, symbols);
    }
    if (is_listed)
        path_write(&text, &functions, leaf);
    free(functions.list);
    return text;
}
