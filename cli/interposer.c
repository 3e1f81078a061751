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
#include "message.h"
#include "plans.h"
#include "program.h"
#include "stub_object.h"

/* The oldest version of glibc on x86-64. It gets the lowest index: to that one the dynamic
 * linker binds references of programs without version information (do_lookup_x). */
#define BASE_VERSION "GLIBC_2.2.5"

/* What is watched in any case: where addresses lose their meaning, where new code comes from, what
 * could keep the library from opening a trace file, or forbid it its system calls, what limits the
 * program's resources, what executes programs that may not be traced, and what makes two processes
 * look like one thread. */
#define RESTRICTION (HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_RESTRICTS)
#define SHARING     (HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_SHARES)
static const struct {
    const char *symbol;
    uint32_t flags;
} watched[] = {
    {"dlclose", HOOK_NOT_A_LEAF | HOOK_UNLOADS},
    {"dlopen", HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_LOADS},
    {"dlmopen", HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_LOADS},
    {"prctl", RESTRICTION},
    {"clone", SHARING},
    {"__clone", SHARING},
    {"clone3", SHARING},
    {"syscall", RESTRICTION | SHARING},
    {"chroot", RESTRICTION},
    {"pivot_root", RESTRICTION},
    {"unshare", RESTRICTION},
    {"setns", RESTRICTION},
    {"capset", RESTRICTION},
    {"setrlimit", RESTRICTION},
    {"setrlimit64", RESTRICTION},
    {"prlimit", RESTRICTION},
    {"prlimit64", RESTRICTION},
    {"mlockall", RESTRICTION},
    {"execve", RESTRICTION},
    {"execvpe", RESTRICTION},
    {"fexecve", RESTRICTION},
    {"execveat", RESTRICTION},
    {"posix_spawn", RESTRICTION},
    {"posix_spawnp", RESTRICTION},
    {"execv", RESTRICTION},
    {"execvp", RESTRICTION},
    {"execl", RESTRICTION},
    {"execlp", RESTRICTION},
    {"setuid", RESTRICTION},
    {"seteuid", RESTRICTION},
    {"setreuid", RESTRICTION},
    {"setresuid", RESTRICTION},
    {"setgid", RESTRICTION},
    {"setegid", RESTRICTION},
    {"setregid", RESTRICTION},
    {"setresgid", RESTRICTION},
    {"setgroups", RESTRICTION},
    {"initgroups", RESTRICTION},
};
#define WATCHING      (HOOK_UNLOADS | HOOK_LOADS | HOOK_RESTRICTS | HOOK_SHARES)
#define WATCHED_COUNT (sizeof watched / sizeof *watched)

/* What a function is watched for, whether or not it is a leaf as well; or 0. */
static uint32_t watch_flags(const char *symbol)
{
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        if (symbol[0] == watched[i].symbol[0] && strcmp(symbol, watched[i].symbol) == 0)
            return watched[i].flags;
    return 0;
}

struct plan {
    struct stub *stubs;
    size_t stub_count, stub_room;
    const char **versions;
    size_t version_count;
    struct exports *files; /* open, since names of versions live in them */
    size_t file_count;
};

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
        if (plan->stubs[i].version == version && strcmp(plan->stubs[i].symbol, symbol) == 0)
            return &plan->stubs[i];
    return NULL;
}

static bool has_default(const struct plan *plan, const char *symbol)
{
    for (size_t i = 0; i < plan->stub_count; i++)
        if (!plan->stubs[i].is_hidden && strcmp(plan->stubs[i].symbol, symbol) == 0)
            return true;
    return false;
}

static int add_stub(struct plan *plan, const struct stub *stub)
{
    if (plan->stub_count == plan->stub_room) {
        size_t room = plan->stub_room ? 2 * plan->stub_room : 256;
        struct stub *stubs = reallocarray(plan->stubs, room, sizeof *stubs);
        if (stubs == NULL)
            return -ENOMEM;
        plan->stubs = stubs;
        plan->stub_room = room;
    }
    plan->stubs[plan->stub_count++] = *stub;
    return 0;
}

/* A reference without a version gets the default version of the first library that has one;
 * with two defaults in one object the dynamic linker would take neither. */
static int define(
    struct plan *plan, const struct exported *symbol, const char *shown, uint32_t flags)
{
    size_t version;
    int error = intern_version(plan, symbol->version, &version);
    if (error != 0)
        return error;
    struct stub *stub = find_stub(plan, symbol->name, version);
    if (stub == NULL) {
        error = add_stub(plan, &(struct stub){.symbol = symbol->name,
                                   .shown = shown,
                                   .flags = flags,
                                   .version = version,
                                   .is_hidden = version != STUB_UNVERSIONED});
        if (error != 0)
            return error;
        stub = &plan->stubs[plan->stub_count - 1];
    }
    if (stub->is_hidden && symbol->is_default && !has_default(plan, symbol->name))
        stub->is_hidden = false;
    return 0;
}

/* A leaf that is hooked at its entry needs no stub. Which function an IFUNC stands for is known
 * to the process only, and may turn out not to be hooked so. */
static int look_at(struct plan *plan, const struct plan_file *file, const struct exported *symbol)
{
    const struct plan_function *function = plan_file_find(file, symbol->address);
    uint32_t watched_for = watch_flags(symbol->name);
    if (function && function->is_exported && (function->why || function->is_ifunc))
        return define(plan, symbol, function->shown, function->flags | (watched_for & WATCHING));
    return watched_for ? define(plan, symbol, symbol->name, watched_for) : 0;
}

static int scan(struct plan *plan, const struct exports *exports, const struct plan_file *file)
{
    struct exported symbol;
    int error = 0;
    for (size_t at = 0; error == 0 && exports_next(exports, &at, &symbol);)
        if (symbol.is_function)
            error = look_at(plan, file, &symbol);
    return error;
}

/* Functions of the program itself stand before all libraries: calls of them never come here. */
static int make_plan(
    struct plan *plan, const struct plans *plans, const struct program *program, char **problem)
{
    size_t base;
    plan->files = calloc(program->library_count + 1, sizeof *plan->files);
    int error = plan->files == NULL ? -ENOMEM : intern_version(plan, BASE_VERSION, &base);
    for (size_t i = 0; i < program->library_count && error == 0; i++) {
        const char *path = program->libraries[i];
        const struct plan_file *file = plans_find(plans, path);
        if (file == NULL || strcmp(path, program->image) == 0)
            continue;
        error = exports_open(&plan->files[plan->file_count], path);
        if (error != 0)
            return message_problem(
                problem, error, "cannot read the library '%s': %s", path, strerror(-error));
        error = scan(plan, &plan->files[plan->file_count++], file);
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
}

int interposer_write(
    const char *path, const struct plans *plans, const struct program *program, char **problem)
{
    struct plan plan = {.stub_count = 0};
    *problem = NULL;
    if (plans_load_interposer(plans, path))
        return 0;
    int error = make_plan(&plan, plans, program, problem);
    if (error != 0)
        goto out;
    error = stub_object_write(path, plan.stubs, plan.stub_count, plan.versions, plan.version_count);
    if (error != 0)
        message_problem(problem, error, "cannot write '%s': %s", path, strerror(-error));
    else
        plans_store_interposer(plans, path);
out:
    drop_plan(&plan);
    return error;
}
