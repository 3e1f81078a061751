/*
 * short_path.c - the path of a source file as people say it.
 */
#include "names/short_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What comes before the name of a library of Rust. A component "#" ends in a hash; "*" stands for
 * the rest of a component. */
static const char *const beginnings[] = {
    "/rustc/#/library/",              /* what rustc writes for its own sources */
    "/rustc/#/",                      /* likewise, for the compiler */
    "/rustc-*/library/",              /* Debian's standard library */
    "/lib/rustlib/src/rust/library/", /* the same with rustup's rust-src */
    "/rust/deps/",                    /* libraries within the standard library */
    "/registry/src/#/",               /* cargo's downloads */
    "/usr/share/cargo/registry/",     /* Debian's packages for cargo */
};

static bool is_hash_at_end(const char *component, size_t length)
{
    enum { digits = 16 };
    return length >= digits && strspn(component + length - digits, "0123456789abcdef") >= digits;
}

/* Returns what follows the beginning, or NULL if the path does not begin so. */
static const char *skip_beginning(const char *path, const char *beginning)
{
    for (; *beginning; beginning++) {
        size_t length = strcspn(path, "/");
        if (*beginning == '#' && !is_hash_at_end(path, length))
            return NULL;
        if (*beginning == '#' || *beginning == '*')
            path += length;
        else if (*path++ != *beginning)
            return NULL;
    }
    return path;
}

/* Returns what is left of the normalised path without the place where libraries lie. */
static const char *in_library(const char *path)
{
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
            const char *end = skip_beginning(at, beginnings[i]);
            if (end)
                return end;
        }
    }
    return path;
}

/* A path that is written component by component. */
struct written_path {
    char *text;
    size_t root; /* 1 for an absolute path: its first slash */
    size_t length;
};

/* Returns where the last component begins. */
static size_t last_component(const struct written_path *to)
{
    size_t start = to->length;
    while (start > to->root && to->text[start - 1] != '/')
        start--;
    return start;
}

static void short_path_append(struct written_path *to, const char *component, size_t length)
{
    if (to->length > to->root)
        to->text[to->length++] = '/';
    memcpy(to->text + to->length, component, length);
    to->length += length;
}

static void append_parent(struct written_path *to)
{
    size_t start = last_component(to), length = to->length - start;
    bool is_parent = length == 2 && memcmp(to->text + start, "..", 2) == 0;
    if (length > 0 && !is_parent)
        to->length = start > to->root ? start - 1 : to->root;
    else if (to->root == 0)
        short_path_append(to, "..", 2);
}

/* Returns the path without "//", ".", and ".." that follows a name; malloc'ed. */
static char *normalised(const char *path)
{
    struct written_path to = {.text = malloc(strlen(path) + 2), .root = *path == '/'};
    if (to.text == NULL)
        return NULL;
    to.length = to.root;
    memset(to.text, '/', to.root);
    while (*path) {
        size_t length = strcspn(path, "/");
        if (length == 2 && memcmp(path, "..", 2) == 0)
            append_parent(&to);
        else if (length > 1 || (length == 1 && *path != '.'))
            short_path_append(&to, path, length);
        path += length + (path[length] == '/');
    }
    if (to.length == 0)
        short_path_append(&to, ".", 1);
    to.text[to.length] = '\0';
    return to.text;
}

/* Returns what is left of the path below the directory, or the path. Both are normalised. */
static const char *below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    bool is_below = *directory == '/' && length > 1 && strncmp(path, directory, length) == 0 &&
                    path[length] == '/';
    return is_below ? path + length + 1 : path;
}

char *short_path(const char *path, const char *directory)
{
    if (*path == '\0')
        return strdup(path);
    char *whole = normalised(path), *base = normalised(directory ? directory : "/");
    char *result = NULL;
    if (whole && base)
        result = strdup(below(in_library(whole), base));
    free(whole);
    free(base);
    return result;
}
