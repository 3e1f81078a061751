/*
 * demangle.c - demangles C++, Rust and D names with libiberty, and caches them.
 *
 * A function that is inlined in a thousand places is looked up a thousand times.
 */
#include "names/demangle.h"

#include <libiberty/demangle.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct demangler {
    void *names; /* of tsearch(3), by name */
};

struct known_name {
    struct demangled result;
    const char *name;
    char *function; /* allocated by libiberty, or NULL */
    char bytes[];   /* the name, then the linkage name */
};

struct demangler *demangler_create(void)
{
    return calloc(1, sizeof(struct demangler));
}

static void destroy_known(void *data)
{
    struct known_name *known = data;

    free(known->function);
    free(known);
}

void demangler_destroy(struct demangler *demangler)
{
    if (!demangler)
        return;
    tdestroy(demangler->names, destroy_known);
    free(demangler);
}

/* Returns whether gcc or clang has appended the text that begins with `dot` to the name of a
 * function, for a copy or a part of it. A dot alone proves nothing: Go's names have dots, and older
 * names of Rust have pairs of them (core..hot..). */
static bool is_clone_suffix(const char *dot)
{
    static const char *const words[] = {
        "isra", "constprop", "part", "cold", "hot", "lto_priv", "llvm", "localalias", "__uniq"};

    for (size_t i = 0; dot[-1] != '.' && i < sizeof(words) / sizeof(*words); i++) {
        size_t length = strlen(words[i]);
        if (strncmp(dot + 1, words[i], length) == 0 &&
            (dot[1 + length] == '\0' || dot[1 + length] == '.'))
            return true;
    }
    return false;
}

/* Also excludes the version that symbol tables write after one or two "@". */
size_t demangle_linkage_length(const char *name)
{
    size_t length = *name ? 1 + strcspn(name + 1, "@") : 0;

    for (size_t i = 1; i < length; i++) {
        if (name[i] == '.' && is_clone_suffix(name + i))
            return i;
    }
    return length;
}

/* "_D" and the length of the outermost module's name: https://dlang.org/spec/abi.html */
bool demangle_is_d(const char *linkage_name)
{
    return linkage_name[0] == '_' && linkage_name[1] == 'D' && linkage_name[2] >= '1' &&
           linkage_name[2] <= '9';
}

/* "_R", or as in C++ with a hash as the last part:
 * https://doc.rust-lang.org/rustc/symbol-mangling/v0.html, and libiberty's rust-demangle.c. */
bool demangle_is_rust(const char *linkage_name)
{
    const char *hash = strncmp(linkage_name, "_ZN", 3) == 0 ? strstr(linkage_name, "17h") : NULL;
    for (; hash; hash = strstr(hash + 1, "17h"))
        if (strspn(hash + 3, "0123456789abcdef") == 16 && hash[19] == 'E')
            return true;
    return strncmp(linkage_name, "_R", 2) == 0;
}

char *demangle_function(const char *linkage_name)
{
    char *function = cplus_demangle(
        linkage_name, DMGL_AUTO | DMGL_PARAMS | DMGL_ANSI | DMGL_RET_DROP);

    if (!function && demangle_is_d(linkage_name))
        function = cplus_demangle(linkage_name, DMGL_DLANG | DMGL_PARAMS);
    return function;
}

static struct known_name *create_known(const char *name)
{
    size_t size = strlen(name) + 1, length = demangle_linkage_length(name);
    struct known_name *known = calloc(1, sizeof(*known) + size + length + 1);

    if (!known)
        return NULL;
    memcpy(known->bytes, name, size);
    memcpy(known->bytes + size, name, length);
    known->name = known->bytes;
    known->result.linkage_name = known->bytes + size;
    known->function = demangle_function(known->result.linkage_name);
    known->result.is_mangled = known->function != NULL;
    known->result.function = known->function ? known->function : known->result.linkage_name;
    return known;
}

static int compare_known(const void *left, const void *right)
{
    const struct known_name *a = left, *b = right;

    return strcmp(a->name, b->name);
}

struct demangled demangle(struct demangler *demangler, const char *name)
{
    struct demangled unchanged = {name, name, false};
    struct known_name key = {.name = name};
    struct known_name **found = tfind(&key, &demangler->names, compare_known);

    if (found)
        return (*found)->result;
    struct known_name *known = create_known(name);
    if (!known)
        return unchanged;
    if (!tsearch(known, &demangler->names, compare_known)) {
        destroy_known(known);
        return unchanged;
    }
    return known->result;
}
