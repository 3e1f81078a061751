/*
 * interposer.c - writes the shared object whose stubs stand before the hooked functions.
 *
 * Chooses what it is to define: every version in which some library defines a leaf,
 * and nothing else, for a name that was made up would turn weak references on, and
 * without the right versions an old program would be bound to the wrong function.
 */
#include "interposer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exports.h"
#include "hook_record.h"
#include "leaves.h"
#include "message.h"
#include "near_miss.h"
#include "program.h"
#include "stub_object.h"

/* The oldest version of glibc on x86-64. It gets the lowest index: to that one the dynamic
 * linker binds references of programs without version information (do_lookup_x). */
#define BASE_VERSION "GLIBC_2.2.5"

/* What is watched in any case: where addresses lose their meaning, and what could keep the library
 * from opening a trace file, or forbid it its system calls. */
#define WATCH(name, flags)                                                                         \
    {                                                                                              \
        name, name, HOOK_NOT_A_LEAF | (flags), false, NULL                                         \
    }
#define RESTRICTION(name) WATCH(name, HOOK_TAIL | HOOK_RESTRICTS)
static const struct leaf watched[] = {
    WATCH("dlclose", HOOK_UNLOADS),
    RESTRICTION("prctl"),
    RESTRICTION("syscall"),
    RESTRICTION("chroot"),
    RESTRICTION("pivot_root"),
    RESTRICTION("unshare"),
    RESTRICTION("setns"),
    RESTRICTION("capset"),
    RESTRICTION("setuid"),
    RESTRICTION("seteuid"),
    RESTRICTION("setreuid"),
    RESTRICTION("setresuid"),
    RESTRICTION("setgid"),
    RESTRICTION("setegid"),
    RESTRICTION("setregid"),
    RESTRICTION("setresgid"),
    RESTRICTION("setgroups"),
    RESTRICTION("initgroups"),
};
#define WATCHED_COUNT (sizeof watched / sizeof *watched)

/* What a function is watched for, whether or not it is a leaf as well. */
static uint32_t watch_flags(const char *symbol)
{
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        if (strcmp(symbol, watched[i].symbol) == 0)
            return watched[i].hook_flags & (HOOK_UNLOADS | HOOK_RESTRICTS);
    return 0;
}

/* A function that is wanted, and what became of it. */
struct wanted {
    const struct leaf *leaf;
    bool is_found, has_default;
    const char *data_in; /* a file in which it is data, or NULL */
};

struct plan {
    struct wanted *wanted;
    size_t wanted_count;
    uint32_t *table; /* by hash of the name: index in wanted + 1; 0: empty */
    size_t table_size;
    struct stub *stubs;
    size_t stub_count, stub_room;
    const char **versions;
    size_t version_count;
    struct exports *files; /* open, since names of versions live in them */
    size_t file_count;
};

static struct wanted *find_wanted(const struct plan *plan, const char *name, uint32_t hash)
{
    size_t mask = plan->table_size - 1;
    for (size_t at = hash & mask; plan->table[at] != 0; at = (at + 1) & mask) {
        struct wanted *wanted = &plan->wanted[plan->table[at] - 1];
        if (strcmp(wanted->leaf->symbol, name) == 0)
            return wanted;
    }
    return NULL;
}

/* Of two with the same symbol the first counts. */
static void want(struct plan *plan, const struct leaf *leaf)
{
    size_t mask = plan->table_size - 1, at = stub_object_hash(leaf->symbol) & mask;
    while (plan->table[at] != 0)
        at = (at + 1) & mask;
    plan->wanted[plan->wanted_count++] = (struct wanted){.leaf = leaf};
    plan->table[at] = (uint32_t)plan->wanted_count;
}

static int want_all(struct plan *plan, const struct leaves *leaves)
{
    plan->table_size = 64;
    while (plan->table_size < 4 * (leaves->count + WATCHED_COUNT))
        plan->table_size *= 2;
    plan->table = calloc(plan->table_size, sizeof *plan->table);
    plan->wanted = calloc(leaves->count + WATCHED_COUNT, sizeof *plan->wanted);
    if (plan->table == NULL || plan->wanted == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < leaves->count; i++)
        want(plan, &leaves->list[i]);
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        want(plan, &watched[i]);
    return 0;
}

/* Sets *index to that of the version, which is added if it is new. */
static int intern_version(struct plan *plan, const char *name, size_t *index)
{
    *index = STUB_UNVERSIONED;
    if (name == NULL)
        return 0;
    for (size_t i = 0; i < plan->version_count; i++) {
        if (strcmp(plan->versions[i], name) == 0) {
            *index = i;
            return 0;
        }
    }
    const char **versions = reallocarray(plan->versions, plan->version_count + 1, sizeof *versions);
    if (versions == NULL)
        return -ENOMEM;
    plan->versions = versions;
    *index = plan->version_count++;
    versions[*index] = name;
    return 0;
}

static struct stub *find_stub(const struct plan *plan, const char *symbol, size_t version)
{
    for (size_t i = 0; i < plan->stub_count; i++)
        if (plan->stubs[i].symbol == symbol && plan->stubs[i].version == version)
            return &plan->stubs[i];
    return NULL;
}

static int add_stub(struct plan *plan, const struct leaf *leaf, size_t version)
{
    if (plan->stub_count == plan->stub_room) {
        size_t room = plan->stub_room ? 2 * plan->stub_room : 256;
        struct stub *stubs = reallocarray(plan->stubs, room, sizeof *stubs);
        if (stubs == NULL)
            return -ENOMEM;
        plan->stubs = stubs;
        plan->stub_room = room;
    }
    plan->stubs[plan->stub_count++] = (struct stub){
        .symbol = leaf->symbol,
        .shown = leaf->name,
        .flags = leaf->hook_flags | watch_flags(leaf->symbol),
        .version = version,
        .is_hidden = version != STUB_UNVERSIONED,
    };
    return 0;
}

/* A reference without a version gets the default version of the first library that has one;
 * with two defaults in one object the dynamic linker would take neither. */
static int define(struct plan *plan, struct wanted *wanted, const struct exported *symbol)
{
    size_t version;
    int error = intern_version(plan, symbol->version, &version);
    if (error == 0 && find_stub(plan, wanted->leaf->symbol, version) == NULL)
        error = add_stub(plan, wanted->leaf, version);
    if (error != 0)
        return error;
    wanted->is_found = true;
    if (version != STUB_UNVERSIONED && symbol->is_default && !wanted->has_default) {
        find_stub(plan, wanted->leaf->symbol, version)->is_hidden = false;
        wanted->has_default = true;
    }
    return 0;
}

static int scan(struct plan *plan, const struct exports *file, const char *path)
{
    struct exported symbol;
    for (size_t at = 0; exports_next(file, &at, &symbol);) {
        struct wanted *wanted = find_wanted(plan, symbol.name, stub_object_hash(symbol.name));
        if (wanted == NULL)
            continue;
        if (!symbol.is_function) {
            wanted->data_in = path;
            continue;
        }
        int error = define(plan, wanted, &symbol);
        if (error != 0)
            return error;
    }
    return 0;
}

static int make_plan(
    struct plan *plan, const struct leaves *leaves, const struct program *program, char **problem)
{
    size_t base;
    int error = want_all(plan, leaves);
    plan->files = calloc(program->library_count + 1, sizeof *plan->files);
    if (error == 0)
        error = plan->files == NULL ? -ENOMEM : intern_version(plan, BASE_VERSION, &base);
    for (size_t i = 0; i < program->library_count && error == 0; i++) {
        const char *path = program->libraries[i];
        if (strcmp(path, program->image) == 0)
            continue;
        error = exports_open(&plan->files[plan->file_count], path, EXPORTS_DYNAMIC);
        if (error != 0)
            return message_problem(
                problem, error, "cannot read the library '%s': %s", path, strerror(-error));
        error = scan(plan, &plan->files[plan->file_count++], path);
    }
    return error;
}

static void drop_plan(struct plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++)
        exports_close(&plan->files[i]);
    free(plan->files);
    free(plan->versions);
    free(plan->stubs);
    free(plan->wanted);
    free(plan->table);
}

/* Leaves found, each with its twins as one: twins follow each other. */
static size_t count_hooked(const struct plan *plan)
{
    const char *last = NULL;
    size_t count = 0;
    for (size_t i = 0; i < plan->wanted_count; i++) {
        const struct wanted *wanted = &plan->wanted[i];
        if (!wanted->is_found || wanted->leaf->hook_flags & HOOK_NOT_A_LEAF)
            continue;
        count += last == NULL || strcmp(last, wanted->leaf->name) != 0;
        last = wanted->leaf->name;
    }
    return count;
}

static void find_near_misses(const struct plan *plan, struct near_miss *near)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        struct exported symbol;
        for (size_t at = 0; exports_next(&plan->files[i], &at, &symbol);)
            if (symbol.is_function)
                near_miss_consider(near, symbol.name, strlen(symbol.name));
    }
}

static bool defines(const char *path, enum exports_table table, const char *name)
{
    struct exports file;
    struct exported symbol;
    bool is_found = false;
    if (exports_open(&file, path, table) != 0)
        return false;
    for (size_t at = 0; !is_found && exports_next(&file, &at, &symbol);)
        is_found = symbol.is_function && strcmp(symbol.name, name) == 0;
    exports_close(&file);
    return is_found;
}

static int explain_missing(const struct plan *plan, const struct wanted *wanted,
    const struct program *program, char **problem)
{
    const char *name = wanted->leaf->symbol;
    struct near_miss near;
    if (wanted->data_in != NULL)
        return message_problem(problem, -ENOENT,
            "'%s' cannot be a leaf: it is data, not a function, in '%s'", name, wanted->data_in);
    if (defines(program->image, EXPORTS_STATIC, name) ||
        defines(program->image, EXPORTS_DYNAMIC, name))
        return message_problem(problem, -ENOENT,
            "'%s' cannot be a leaf: it is a function of the program itself, whose calls do not "
            "pass the dynamic linker",
            name);
    near_miss_begin(&near, name);
    find_near_misses(plan, &near);
    char *question = near_miss_question(&near);
    if (question == NULL)
        return -ENOMEM;
    message_problem(problem, -ENOENT, "none of the libraries of '%s' has a function '%s'%s",
        program->image, name, question);
    free(question);
    return -ENOENT;
}

/* A leaf is there if only a twin of it is. */
static bool is_shown_found(const struct plan *plan, const char *shown)
{
    for (size_t i = 0; i < plan->wanted_count; i++)
        if (plan->wanted[i].is_found && strcmp(plan->wanted[i].leaf->name, shown) == 0)
            return true;
    return false;
}

static int check_found(const struct plan *plan, const struct program *program, char **problem)
{
    for (size_t i = 0; i < plan->wanted_count; i++) {
        const struct wanted *wanted = &plan->wanted[i];
        if (wanted->leaf->is_asked_for && !is_shown_found(plan, wanted->leaf->name))
            return explain_missing(plan, wanted, program, problem);
    }
    return 0;
}

int interposer_write(const char *path, const struct leaves *leaves, const struct program *program,
    size_t *hooked, char **problem)
{
    struct plan plan = {.wanted_count = 0};
    *problem = NULL;
    int error = make_plan(&plan, leaves, program, problem);
    if (error == 0)
        error = check_found(&plan, program, problem);
    if (error != 0)
        goto out;
    error = stub_object_write(path, plan.stubs, plan.stub_count, plan.versions, plan.version_count);
    if (error != 0)
        message_problem(problem, error, "cannot write '%s': %s", path, strerror(-error));
    else
        *hooked = count_hooked(&plan);
out:
    drop_plan(&plan);
    return error;
}
