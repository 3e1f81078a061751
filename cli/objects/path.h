/*
 * path.h - the path of a recorded leaf as text.
 */
#ifndef OBJECTS_PATH_H
#define OBJECTS_PATH_H

#include <stdbool.h>
#include <stdint.h>

struct snapshot;
struct symbols;

struct path_style {
    const char *root;     /* where paths begin, if it is on them */
    const char *arrow;    /* between two functions */
    const char *ellipsis; /* for functions that are left out, and within their names */
    /* Returns whether a function of a module, a base name, says nothing to most readers;
     * `is_short`: or only what a library does. NULL: each says something. */
    bool (*hides)(
        const char *function, const char *linkage_name, const char *module, bool is_short);
};

/* Returns the functions from the root to the frame `caller` (index in nodes[], or SNAPSHOT_NONE)
 * and the leaf that it has called, as "main > work > read"; of a long path the first and the last
 * ones. `is_short`: the leaf and the function that has called it. malloc'ed; NULL when out of
 * memory. */
char *path_text(const struct snapshot *snapshot, uint32_t caller, const char *leaf,
    struct symbols *symbols, const struct path_style *style, bool is_short);

#endif
