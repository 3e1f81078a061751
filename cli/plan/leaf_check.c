/*
 * leaf_check.c - whether the leaves that were named on the command line exist, and were hit.
 */
#include "plan/leaf_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "elf/exports.h"
#include "hook_record.h"
#include "leaves/hints.h"
#include "leaves/leaves.h"
#include "leaves/system_calls.h"
#include "names/function_spec.h"
#include "names/near_miss.h"
#include "plan/plans.h"
#include "program/program.h"
#include "trace/snapshot.h"

/* How many functions are named into which one was inlined. */
#define CALLERS_MAX 3

/* What the examined files have of one leaf. */
struct finding {
    size_t count;                        /* number of functions */
    size_t hooked;                       /* how many of them can be hooked in one way or another */
    const struct plan_function *refused; /* one that cannot be hooked, or NULL */
};

/* Twins are leaves with the same name: one of them is enough. */
static bool is_of(const struct leaves *leaves, const struct plan_function *function, size_t leaf)
{
    if (plan_function_is_of(function, leaf))
        return true;
    return leaves->list[leaf].spec == NULL &&
           strcmp(leaves->list[function->leaf].shown, leaves->list[leaf].shown) == 0;
}

static struct finding look_for(const struct plans *plans, const struct leaves *leaves, size_t leaf)
{
    struct finding finding = {0};
    const struct plan_file *file;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++) {
        for (size_t j = 0; j < file->count; j++) {
            const struct plan_function *function = &file->list[j];
            if (!is_of(leaves, function, leaf))
                continue;
            finding.count++;
            if (plan_function_hook(file, function) == PLAN_NOT_HOOKED)
                finding.refused = function;
            else
                finding.hooked++;
        }
    }
    return finding;
}

/* Returns whether the leaf is a system call that is made by its number: syscall(2). */
static bool is_by_number(const struct leaf *leaf)
{
    return leaf->spec == NULL && system_calls_has(leaf->shown);
}

/* Returns whether the function brings code into the process that is not known yet. The C library
 * itself uses these functions, but only on behalf of a caller. */
static bool brings_code(const char *name)
{
    static const char *const names[] = {"dlopen", "dlmopen", "execve", "execv", "execvp", "execvpe",
        "execl", "execlp", "execle", "execveat", "fexecve", "posix_spawn", "posix_spawnp", "system",
        "popen", "syscall"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool imports_such(const char *path)
{
    struct elf_image image;
    bool is_found = false;
    if (elf_image_open(&image, path) != 0)
        return true;
    bool is_libc = image.soname && strcmp(image.soname, "libc.so.6") == 0;
    struct elf_symbols symbols = elf_image_all_dynamic(&image);
    for (size_t i = 1; i < symbols.count && !is_found && !is_libc; i++) {
        const Elf64_Sym *symbol = &symbols.list[i];
        is_found = symbol->st_shndx == SHN_UNDEF && brings_code(elf_symbols_name(&symbols, symbol));
    }
    elf_image_close(&image);
    return is_found;
}

static bool may_bring_code(const struct program *program)
{
    for (size_t i = 0; i < program->library_count; i++)
        if (imports_such(program->libraries[i]))
            return true;
    return false;
}

/* Returns the file in which the name is data, or NULL. */
static const char *find_data(const struct program *program, const char *name)
{
    for (size_t i = 0; i < program->library_count; i++) {
        struct exports file;
        struct exported symbol;
        bool is_data = false;
        if (exports_open(&file, program->libraries[i]) != 0)
            continue;
        for (size_t at = 0; !is_data && exports_next(&file, &at, &symbol);)
            is_data = !symbol.is_function && strcmp(symbol.name, name) == 0;
        exports_close(&file);
        if (is_data)
            return program->libraries[i];
    }
    return NULL;
}

/* Returns the file in which the function was inlined into all its callers, or NULL. */
static const char *find_inlined(const struct program *program, const struct leaf *leaf)
{
    for (size_t i = 0; leaf->spec && i < program->library_count; i++) {
        bool is_inlined = false;
        if (functions_only_inlined(&is_inlined, program->libraries[i], leaf->spec) == 0 &&
            is_inlined)
            return program->libraries[i];
    }
    return NULL;
}

static char *ask_back(const struct program *program, const struct leaf *leaf)
{
    struct near_miss near;
    near_miss_begin(&near, leaf->symbol);
    for (size_t i = 0; i < program->library_count; i++)
        functions_near_misses(&near, program->libraries[i]);
    return near_miss_question(&near);
}

/* Returns whether a library that the leaf names is loaded. */
static bool has_library(const struct program *program, const struct leaf *leaf)
{
    if (leaf->spec == NULL || leaf->spec->library == NULL)
        return true;
    for (size_t i = 0; i < program->library_count; i++) {
        struct elf_image image;
        if (elf_image_open(&image, program->libraries[i]) != 0)
            continue;
        bool fits = function_spec_fits_file(leaf->spec, program->libraries[i], image.soname);
        elf_image_close(&image);
        if (fits)
            return true;
    }
    return false;
}

/* The library is not loaded. A user who names a library that is loaded later knows that; the report
 * says if it was never loaded. */
static int explain_no_library(
    const struct program *program, const struct leaf *leaf, char **problem)
{
    if (may_bring_code(program))
        return 0;
    return message_problem(problem, -ENOENT, "'%s': '%s' loads no library '%s'",
        leaf->spec->written, program->image, leaf->spec->library);
}

static int explain_data(const struct leaf *leaf, const char *name, const char *file, char **problem)
{
    return message_problem(problem, -ENOENT,
        "'%s' cannot be %s: it is data, not a function, in '%s'", name,
        leaf->hook_flags & HOOK_ROOT ? "the root" : "a leaf", file);
}

/* The name does not exist anywhere. */
static int explain_unknown(const struct program *program, const struct leaf *leaf, const char *name,
    leaf_check_warn *warn, char **problem)
{
    char *question = ask_back(program, leaf), *line = NULL;
    if (question == NULL)
        return -ENOMEM;
    bool is_clear = !may_bring_code(program);
    if (is_clear)
        message_problem(problem, -ENOENT, "neither '%s' nor its libraries have a function '%s'%s",
            program->image, name, question);
    else if (message_problem(&line, 0, "no function '%s' in '%s' and its libraries%s%s", name,
                 program->image, question,
                 *question ? "" : "; a file that is loaded or executed later may have it") == 0 &&
             line)
        warn(line);
    free(line);
    free(question);
    return is_clear ? -ENOENT : 0;
}

/* Returns "'load', 'reload'", or NULL. */
static char *list_callers(const struct leaf *leaf, const char *file)
{
    char *callers[CALLERS_MAX + 1], *text = NULL;
    size_t count = functions_inlined_into(callers, CALLERS_MAX + 1, file, leaf->spec), size;
    FILE *out = count ? open_memstream(&text, &size) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (out && i < CALLERS_MAX)
            fprintf(out, "%s'%s'", i ? ", " : "", callers[i]);
        free(callers[i]);
    }
    if (out && count > CALLERS_MAX)
        fputs(" and others", out);
    if (out)
        fclose(out);
    return text;
}

static int explain_inlined(
    const struct leaf *leaf, const char *name, const char *file, char **problem)
{
    char *callers = list_callers(leaf, file);
    int error = message_problem(problem, -ENOENT,
        "'%s' cannot be hooked: in '%s' it exists only inlined, into %s; name one of them%s", name,
        file, callers ? callers : "its callers",
        leaf->hook_flags & HOOK_ROOT ? ", or leave --each out" : "");
    free(callers);
    return error;
}

/* The leaf has no function. */
static int explain_missing(
    const struct program *program, const struct leaf *leaf, leaf_check_warn *warn, char **problem)
{
    const char *name = leaf->spec ? leaf->spec->written : leaf->symbol;
    if (!has_library(program, leaf))
        return explain_no_library(program, leaf, problem);
    const char *file = find_data(program, name);
    if (file)
        return explain_data(leaf, name, file, problem);
    file = find_inlined(program, leaf);
    if (file)
        return explain_inlined(leaf, name, file, problem);
    return explain_unknown(program, leaf, name, warn, problem);
}

/* Returns what else the user can do about a function that is not hooked. */
static const char *advice(const struct plans *plans)
{
    return plans_policy(plans) == PLAN_AUTO ? "name a function that calls it" : "try --hook=auto";
}

static int check_one(const struct plans *plans, const struct leaves *leaves, size_t leaf,
    const struct program *program, bool yes_many, leaf_check_warn *warn, char **problem)
{
    const struct leaf *wanted = &leaves->list[leaf];
    struct finding finding = look_for(plans, leaves, leaf);
    if (finding.count == 0 && is_by_number(wanted))
        return 0;
    if (finding.count == 0)
        return explain_missing(program, wanted, warn, problem);
    if (finding.hooked == 0 && finding.refused->is_refused)
        return message_problem(problem, -EOPNOTSUPP, "'%s' cannot be %s: %s",
            finding.refused->symbol, wanted->hook_flags & HOOK_ROOT ? "the root" : "a leaf",
            finding.refused->why);
    if (finding.hooked == 0)
        return message_problem(problem, -EOPNOTSUPP, "'%s' cannot be hooked at its entry: %s; %s",
            finding.refused->symbol, finding.refused->why, advice(plans));
    if (finding.count > LEAF_CHECK_MANY && !yes_many)
        return message_problem(problem, -E2BIG,
            "'%s' matches %zu functions; --yes-many hooks them all, a longer pattern fewer",
            wanted->spec ? wanted->spec->written : wanted->symbol, finding.count);
    return 0;
}

int leaf_check_before(const struct plans *plans, const struct leaves *leaves,
    const struct program *program, bool yes_many, leaf_check_warn *warn, char **problem)
{
    int error = 0;
    for (size_t i = 0; i < leaves->count && error == 0; i++)
        if (leaves->list[i].is_asked_for)
            error = check_one(plans, leaves, i, program, yes_many, warn, problem);
    return error;
}

static bool has_function(const struct program *program, const struct function_spec *spec)
{
    bool is_there = false;
    for (size_t i = 0; i < program->library_count && !is_there; i++)
        if (functions_any(&is_there, program->libraries[i], spec) != 0)
            return true; /* not known: assume it is there */
    return is_there;
}

int leaf_check_root(
    const struct program *program, const char *root, leaf_check_warn *warn, char **problem)
{
    struct function_spec spec;
    char *why = NULL;
    if (strcmp(root, "main") == 0) /* a stripped program has one, too */
        return 0;
    if (strchr(root, '.') && strchr(root, '(')) /* a whole name of D, which is not parsed here */
        return 0;
    if (function_spec_parse(&spec, root, &why) != 0) {
        free(why);
        return 0;
    }
    spec.is_anywhere = true; /* like name_matches */
    int error = 0;
    if (!spec.is_pattern && !spec.library && !has_function(program, &spec)) {
        struct leaf wanted = {.shown = spec.name, .symbol = spec.name, .hook_flags = HOOK_ROOT};
        const char *file = find_data(program, spec.name);
        error = file ? explain_data(&wanted, spec.name, file, problem)
                     : explain_unknown(program, &wanted, spec.name, warn, problem);
    }
    function_spec_finish(&spec);
    return error;
}

/* ---- after the run ---- */

static bool is_hit(struct snapshot *const *snapshots, size_t count, const char *shown)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < snapshots[i]->leaf_count; j++) {
            const struct snapshot_leaf *leaf = &snapshots[i]->leaves[j];
            if (leaf->hits && strcmp(leaf->name, shown) == 0)
                return true;
        }
    return false;
}

static bool is_leaf_hit(const struct plans *plans, const struct leaves *leaves, size_t leaf,
    struct snapshot *const *snapshots, size_t snapshot_count)
{
    const struct plan_file *file;
    const char *last = NULL;
    if (is_by_number(&leaves->list[leaf]) &&
        is_hit(snapshots, snapshot_count, leaves->list[leaf].shown))
        return true;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++) {
        for (size_t j = 0; j < file->count; j++) {
            const struct plan_function *function = &file->list[j];
            if (!is_of(leaves, function, leaf) || (last && strcmp(last, function->shown) == 0))
                continue;
            last = function->shown;
            if (is_hit(snapshots, snapshot_count, last))
                return true;
        }
    }
    return false;
}

static bool has_missed_libraries(struct snapshot *const *snapshots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (snapshots[i]->has_missed_libraries)
            return true;
    return false;
}

static struct leaf_unhit look_at_unhit(
    const struct plans *plans, const struct leaves *leaves, size_t leaf, bool has_missed)
{
    const struct leaf *wanted = &leaves->list[leaf];
    struct finding finding = look_for(plans, leaves, leaf);
    const struct plan_function *refused = finding.hooked == 0 ? finding.refused : NULL;
    return (struct leaf_unhit){.name = wanted->spec ? wanted->spec->written : wanted->symbol,
        .functions = finding.count + is_by_number(wanted),
        .has_spec = wanted->spec != NULL,
        .may_be_missed = finding.count == 0 && has_missed,
        .why = refused ? refused->why : NULL,
        .is_refused = refused && refused->is_refused};
}

void leaf_check_after(const struct plans *plans, const struct leaves *leaves,
    struct snapshot *const *snapshots, size_t snapshot_count,
    void (*take)(void *argument, const struct leaf_unhit *unhit), void *argument)
{
    bool has_missed = has_missed_libraries(snapshots, snapshot_count);
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        if (!leaf->is_asked_for || leaf->hook_flags & HOOK_ROOT ||
            is_leaf_hit(plans, leaves, i, snapshots, snapshot_count))
            continue;
        struct leaf_unhit unhit = look_at_unhit(plans, leaves, i, has_missed);
        take(argument, &unhit);
    }
}
