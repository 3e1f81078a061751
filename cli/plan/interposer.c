/*
 * interposer.c - writes the shared object with the stubs of the hooked functions.
 *
 * It chooses the object's definitions: every version in which some library defines a leaf, and
 * nothing else. A name that no library defines would turn on weak references, and without the right
 * versions an old program would be bound to the wrong function.
 */
#include "plan/interposer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/machine.h"
#include "base/array.h"
#include "base/message.h"
#include "elf/c_library.h"
#include "elf/exports.h"
#include "hook_record.h"
#include "leaves/system_calls.h"
#include "plan/binding.h"
#include "plan/plans.h"
#include "plan/stub_object.h"
#include "program/program.h"
#include "watched_functions.h"

/* The oldest version of glibc. It gets the lowest index: the dynamic linker binds references of
 * programs without version information to that index (do_lookup_x). */
#define BASE_VERSION ARCH_GLIBC_BASE

#define WATCHING                                                                                   \
    (HOOK_UNLOADS | HOOK_LOADS | HOOK_RESTRICTS | HOOK_SHARES | HOOK_HANDLES | HOOK_ENDS |         \
        HOOK_NUMBERS | HOOK_WAKES)

/* Returns for what a function is watched, whether or not it is a leaf, too; or 0. */
static uint32_t watch_flags(const char *symbol)
{
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        if (symbol[0] == watched_functions[i].symbol[0] &&
            strcmp(symbol, watched_functions[i].symbol) == 0)
            return watched_functions[i].flags;
    return 0;
}

struct plan {
    struct stub *stubs;
    size_t stub_count, stub_room;
    const char **versions;
    size_t version_count, version_room;
    size_t asked_base;     /* index of BASE_VERSION for references that ask for it; 0: not needed
                            * yet */
    struct exports *files; /* the libraries after the interposer, in load order; they stay open,
                            * because they hold the names of versions */
    const struct plan_file **plans; /* one for each file */
    size_t file_count;
    struct system_call *calls; /* malloc'ed */
    size_t call_count;
};

static int add_version(struct plan *plan, const char *name, size_t *index)
{
    if (array_reserve(&plan->versions, plan->version_count, 1, &plan->version_room,
            sizeof *plan->versions) != 0)
        return -ENOMEM;
    *index = plan->version_count++;
    plan->versions[*index] = name;
    return 0;
}

/* Sets *index to that of the version, and adds the version if it is new. */
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
    return add_version(plan, name, index);
}

static struct stub *find_stub(const struct plan *plan, const char *symbol, size_t version)
{
    for (size_t i = 0; i < plan->stub_count; i++)
        if (plan->stubs[i].version == version && strcmp(plan->stubs[i].symbol, symbol) == 0)
            return &plan->stubs[i];
    return NULL;
}

static int add_stub(struct plan *plan, const struct stub *stub)
{
    if (array_reserve(&plan->stubs, plan->stub_count, 1, &plan->stub_room, sizeof *plan->stubs) !=
        0)
        return -ENOMEM;
    plan->stubs[plan->stub_count++] = *stub;
    return 0;
}

/* Returns to what a reference to the version would be bound without the interposer. `version` as in
 * binding_find, or NULL for a definition without one. */
static struct definition bound(const struct plan *plan, const char *name, const char *version)
{
    return binding_find(plan->files, plan->file_count, name, version ? version : binding_old);
}

static bool is_bound(
    const struct plan *plan, const char *name, const char *version, const struct definition *to)
{
    return bound(plan, name, version).symbol == to->symbol;
}

/* References without versions go to the oldest version. If they mean another function than this
 * one, the version is listed twice; only references that ask for it are bound to the second one. */
static int choose_version(struct plan *plan, const char *name, const char *version,
    const struct definition *real, size_t *index)
{
    if (version == NULL || strcmp(version, BASE_VERSION) != 0 ||
        is_bound(plan, name, binding_old, real))
        return intern_version(plan, version, index);
    int error = plan->asked_base ? 0 : add_version(plan, version, &plan->asked_base);
    *index = plan->asked_base;
    return error;
}

/* Defines a stub for `real` in this version. If one object had two default versions, the dynamic
 * linker would take neither. */
static int define(struct plan *plan, const struct exported *symbol, const struct definition *real,
    const char *shown, uint32_t flags)
{
    size_t version;
    int error = choose_version(plan, symbol->name, symbol->version, real, &version);
    if (error != 0 || find_stub(plan, symbol->name, version))
        return error;
    return add_stub(plan, &(struct stub){.symbol = symbol->name,
                              .shown = shown,
                              .flags = flags,
                              .version = version,
                              .is_hidden = version != STUB_UNVERSIONED &&
                                           !is_bound(plan, symbol->name, binding_newest, real)});
}

/* A stub without a version gets the references to all versions. For references that would be bound
 * to other functions, adds stubs that only pass calls on. Returns false if one would be bound to
 * data, which can have no stub. */
static bool shield(struct plan *plan, const char *name, int *error)
{
    struct definition other = {NULL, NULL};
    *error = 0;
    while (*error == 0 && binding_next(&other, plan->files, plan->file_count, name)) {
        const char *version = binding_version(&other);
        if (version == NULL || !is_bound(plan, name, version, &other))
            continue;
        if (!binding_is_function(&other))
            return false;
        const struct exported symbol = {.name = name, .version = version};
        *error = define(plan, &symbol, &other, name, HOOK_NOT_A_LEAF | HOOK_TAIL);
    }
    return *error == 0;
}

static int define_unversioned(
    struct plan *plan, const struct exported *symbol, const char *shown, uint32_t flags)
{
    struct definition real = bound(plan, symbol->name, NULL);
    int error;
    if (!shield(plan, symbol->name, &error))
        return error;
    return define(plan, symbol, &real, shown, flags);
}

/*
 * Returns whether a stub may stand before the function `symbol` of a file, and updates its flags.
 * Calls must not be meant for a function of another library, or for a variable. A function of
 * another library that passes calls on to the C library's function (the interceptors of sanitizers,
 * libfakeroot) is allowed; its arguments are not known.
 *
 * Variables and functions of a library that is loaded later are as safe as without the interposer:
 * the interposer defines a name only if one of the libraries that were loaded at the start defines
 * it for the same references, and these would be bound to that library.
 */
static bool find_real(const struct plan *plan, const struct exports *file,
    const struct exported *symbol, struct definition *real, uint32_t *flags)
{
    *real = bound(plan, symbol->name, symbol->version);
    if (real->file == file && real->symbol->st_value == symbol->address)
        return true;
    if (real->symbol == NULL || !c_library_is(&file->image) || !binding_is_function(real) ||
        !binding_passes_on(real, symbol->name))
        return false;
    if (!(*flags & HOOK_TAIL))
        *flags |= HOOK_STACK_ARGS;
    return true;
}

/* A leaf that is to be hooked at its entry also has a stub, which lets all calls pass: at run time
 * its code may be different, or not writable. The library finds the target of such a stub at its
 * first call, which most stubs never get. Only the process knows which function an IFUNC stands
 * for. What the library itself needs to see is handled once, at the entry (HOOK_OWN), or by the
 * stubs of watched functions if that entry cannot be hooked. */
static uint32_t interposer_flags_of(const struct plan_function *function, uint32_t watched_for)
{
    uint32_t flags = (function->flags & ~HOOK_OWN) | (watched_for & WATCHING);
    bool is_expected = function->why == NULL && !function->is_ifunc && watched_for == 0;
    return flags | (is_expected ? HOOK_LATE : 0);
}

/* Returns whether the function needs a stub, and with which name and flags: it may be a leaf, or
 * watched, or both. */
static bool is_wanted(const struct exports *file, const struct plan_file *functions,
    const struct exported *symbol, const char **shown, uint32_t *flags)
{
    const struct plan_function *function = plan_file_find(functions, symbol->address);
    uint32_t watched_for = watch_flags(symbol->name);
    if (watched_for && !c_library_is(&file->image))
        watched_for = 0;
    bool is_own = function && function->flags & HOOK_OWN && function->flags & HOOK_NOT_A_LEAF;
    bool is_leaf = function && function->is_exported && (!is_own || watched_for);
    *shown = is_leaf ? function->shown : symbol->name;
    *flags = is_leaf ? interposer_flags_of(function, watched_for) : watched_for;
    return is_leaf || watched_for;
}

static int interposer_look_at(struct plan *plan, const struct exports *file,
    const struct plan_file *functions, const struct exported *symbol)
{
    const char *shown;
    uint32_t flags;
    struct definition real;
    if (!is_wanted(file, functions, symbol, &shown, &flags) ||
        !find_real(plan, file, symbol, &real, &flags))
        return 0;
    return symbol->version ? define(plan, symbol, &real, shown, flags)
                           : define_unversioned(plan, symbol, shown, flags);
}

/* Scans the functions with a version, or those without; the latter need the stubs of the former. */
static int scan(struct plan *plan, bool has_version)
{
    struct exported symbol;
    int error = 0;
    for (size_t i = 0; i < plan->file_count; i++)
        for (size_t at = 0; error == 0 && exports_next(&plan->files[i], &at, &symbol);)
            if (symbol.is_function && (symbol.version != NULL) == has_version)
                error = interposer_look_at(plan, &plan->files[i], plan->plans[i], &symbol);
    return error;
}

/* Returns whether the file is loaded before the interposer, so that no stub can lead to it: the
 * program itself, and AddressSanitizer's runtime. */
static bool is_before(const struct program *program, const char *path)
{
    const char *first = program_library(program, PROGRAM_FIRST_LIBRARY);
    return strcmp(path, program->image) == 0 || (first && strcmp(path, first) == 0);
}

static int open_files(
    struct plan *plan, const struct plans *plans, const struct program *program, char **problem)
{
    plan->files = calloc(program->library_count + 1, sizeof *plan->files);
    plan->plans = calloc(program->library_count + 1, sizeof(struct plan_file *));
    if (plan->files == NULL || plan->plans == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < program->library_count; i++) {
        const char *path = program->libraries[i];
        const struct plan_file *functions = plans_find(plans, path);
        if (functions == NULL || is_before(program, path))
            continue;
        int error = exports_open(&plan->files[plan->file_count], path);
        if (error != 0)
            return message_problem(
                problem, error, "cannot read the library '%s': %s", path, strerror(-error));
        plan->plans[plan->file_count++] = functions;
    }
    return 0;
}

static int interposer_make_plan(
    struct plan *plan, const struct plans *plans, const struct program *program, char **problem)
{
    size_t base;
    int error = open_files(plan, plans, program, problem);
    if (error == 0)
        error = intern_version(plan, BASE_VERSION, &base);
    if (error == 0)
        error = scan(plan, true);
    return error ? error : scan(plan, false);
}

static void drop_plan(struct plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++)
        exports_close(&plan->files[i]);
    free(plan->files);
    free(plan->plans);
    free(plan->versions);
    free(plan->stubs);
    free(plan->calls);
}

static int interposer_write_object(const char *path, const struct plan *plan)
{
    return stub_object_write(
        path, &(struct stub_contents){plan->stubs, plan->stub_count, plan->versions,
                  plan->version_count, plan->calls, plan->call_count});
}

int interposer_write(const char *path, const struct plans *plans, const struct leaves *leaves,
    const struct program *program, char **problem)
{
    struct plan plan = {.stub_count = 0};
    *problem = NULL;
    if (plans_load_interposer(plans, path))
        return 0;
    int error = interposer_make_plan(&plan, plans, program, problem);
    if (error == 0)
        error = system_calls_of(leaves, &plan.calls, &plan.call_count);
    if (error != 0)
        goto out;
    error = interposer_write_object(path, &plan);
    if (error != 0)
        message_problem(problem, error, "cannot write '%s': %s", path, strerror(-error));
    else
        plans_store_interposer(plans, path);
out:
    drop_plan(&plan);
    return error;
}
