/*
 * plan_maker.c - decides how the leaves of one file are hooked at their entry.
 */
#include "planner/plan_maker.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/caller_seen.h"
#include "arch/displace.h"
#include "arch/references.h"
#include "base/own_file.h"
#include "elf/frame.h"
#include "hook_plan.h"
#include "hook_record.h"
#include "leaves/fibers.h"
#include "leaves/functions.h"
#include "leaves/leaves.h"
#include "planner/callees.h"
#include "planner/draft.h"
#include "planner/runtimes.h"
#include "session_names.h"

/* Returns the whole segment that contains the code. */
static struct code_bytes bytes_around(const struct elf_image *image, uint64_t address)
{
    const Elf64_Phdr *code = elf_image_code(image, address);
    if (code == NULL)
        return (struct code_bytes){0};
    struct elf_bytes bytes = elf_image_at(image, code->p_vaddr);
    return (struct code_bytes){bytes.bytes, code->p_vaddr, bytes.size};
}

/* Returns the segment of constants, which holds the tables of switch statements. */
static struct code_bytes constants(const struct elf_image *image)
{
    for (size_t i = image->segment_count; i-- > 0;) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type != PT_LOAD || segment->p_flags != PF_R)
            continue;
        struct elf_bytes bytes = elf_image_at(image, segment->p_vaddr);
        return (struct code_bytes){bytes.bytes, segment->p_vaddr, bytes.size};
    }
    return (struct code_bytes){0};
}

/* Decides about one function; *why as in displace. Returns whether it can be hooked. */
static bool plan_entry(const struct functions *found, const struct code_function *function,
    struct hook_plan_entry *entry, const char **why)
{
    struct code_bytes text = bytes_around(&found->tables.image, function->address);
    struct code_bytes tables = constants(&found->tables.image);
    return displace(&text, tables.bytes ? &tables : NULL, function, entry, why) == 0;
}

/* What the planner must know about a file to decide about its functions. */
struct surroundings {
    const struct functions *found;
    struct runtimes runtimes;
    struct caller_seen_calls calls;
    bool has_sleds; /* those of XRay */
};

static int survey(struct surroundings *around, const struct functions *found)
{
    *around = (struct surroundings){.found = found};
    if (found->count == 0)
        return 0;
    callees_find(&around->calls, &found->tables.image);
    around->has_sleds = elf_image_section(&found->tables.image, "xray_instr_map").bytes != NULL;
    if (found->tables.is_c_library)
        return 0;
    return runtimes_find(&around->runtimes, &found->tables);
}

static struct code_function shape_of(const struct functions *found, const struct function *function)
{
    return (struct code_function){
        .address = function->address,
        .size = function->size,
        .entries = found->entries,
        .entry_count = found->entry_count,
        .parts = function->parts,
        .part_count = function->part_count,
    };
}

/* Returns whether the program may write a jump of its own there. */
static bool has_sled(const struct surroundings *around, uint64_t address)
{
    struct elf_bytes code = functions_code(around->found, address);
    return around->has_sleds && arch_has_sled(code.bytes, code.size);
}

/* A function that is known by its name and has no stack arguments need not be examined. */
static const char *why_jump(
    const struct surroundings *around, const struct code_function *shape, uint32_t flags)
{
    struct code_bytes text = bytes_around(&around->found->tables.image, shape->address);
    bool is_known = fibers_has(flags) ||
                    (around->found->tables.is_c_library && !(flags & HOOK_STACK_ARGS));
    if (flags & HOOK_TAIL || is_known || text.bytes == NULL)
        return NULL;
    return caller_seen(&text, shape, &around->calls);
}

/* Returns whether the end of each call must be seen. */
static bool needs_end(const struct function *function)
{
    return function->flags & HOOK_ROOT &&
           (function->task == 0 || hook_task_has_end(function->task));
}

/* Decides from its code whether the function may be hooked, and how. */
static void plan_maker_examine(struct plan_function *planned, const struct surroundings *around,
    const struct function *function)
{
    const struct code_function shape = shape_of(around->found, function);
    const char *why = runtimes_refusal(&around->runtimes, function->address, function->symbol);
    if (why == NULL && !function->is_ifunc)
        planned->why_jump = why_jump(around, &shape, planned->flags);
    if (planned->why_jump)
        planned->flags |= HOOK_TAIL;
    /* The end of such a call is not seen. */
    if (planned->flags & HOOK_TAIL && needs_end(function))
        why = planned->why_jump ? planned->why_jump : "its calls cannot be followed to their end";
    planned->is_refused = why != NULL;
    if (why)
        planned->why = why;
    else if (planned->why == NULL && has_sled(around, function->address))
        planned->why = "XRay writes over its first instructions";
}

/* An IFUNC's resolver is listed in the plan, but not hooked. */
static bool plan_function(const struct functions *found, const struct function *function,
    struct hook_plan_entry *entry, const char **why)
{
    if (function->is_ifunc) {
        *entry = (struct hook_plan_entry){.address = function->address, .is_resolver = 1};
        return true;
    }
    const struct code_function shape = shape_of(found, function);
    return plan_entry(found, &shape, entry, why);
}

static bool is_exported(const struct elf_image *image, const struct function *function)
{
    size_t index = elf_symbols_look_up(&image->dynamic, &image->hash, function->symbol, 0);
    return index != 0 && image->dynamic.list[index].st_shndx != SHN_UNDEF;
}

static const char *policy_refusal(enum plan_policy policy)
{
    return policy == PLAN_LINKER_ONLY ? "--hook=plt rules it out" : NULL;
}

static bool is_watched(const struct leaf *leaf)
{
    return leaf->hook_flags & HOOK_OWN;
}

/* Writes the numbers of the leaves that name the function to `to`, each once. Returns how many. */
static uint32_t note_leaves(
    uint32_t *to, const struct function *function, const struct leaves *leaves)
{
    uint32_t count = 0;
    for (size_t i = 0; i < function->match_count; i++) {
        size_t leaf = function->matches[i].leaf;
        bool is_new = i == 0 || leaf != function->matches[i - 1].leaf;
        if (is_new && !is_watched(&leaves->list[leaf]))
            to[count++] = (uint32_t)leaf;
    }
    return count;
}

/* Fills in what is known about the function without its code. */
static struct plan_function describe(
    const struct functions *found, const struct function *function, enum plan_policy policy)
{
    return (struct plan_function){.symbol = function->symbol,
        .shown = function->shown,
        .why = policy_refusal(policy),
        .leaf = (uint32_t)function->leaf,
        .flags = function->flags,
        .address = function->address,
        .is_exported = policy != PLAN_ENTRY_ONLY && function->task == 0 &&
                       is_exported(&found->tables.image, function),
        .is_ifunc = function->is_ifunc};
}

/* Returns whether the function was selected through groups only. */
static bool is_one_of_many(const struct function *function, const struct leaves *leaves)
{
    for (size_t i = 0; i < function->match_count; i++)
        if (leaves->list[function->matches[i].leaf].is_asked_for)
            return false;
    return true;
}

/* A handler of faults may know the address of a displaced instruction. The library takes care of
 * that (faults.h). Nevertheless such a function is not hooked at its entry if it can be hooked
 * through a stub and the user has not named it. Ends of fibers are passed on by their address,
 * which needs no stub. */
static int plan_one(struct plan_draft *draft, struct plan_function *planned,
    const struct functions *found, const struct function *function, const struct leaves *leaves)
{
    struct hook_plan_entry entry;
    if (!plan_function(found, function, &entry, &planned->why))
        return 0;
    entry.task = function->task;
    if (entry.may_fault && planned->is_exported && !fibers_has(planned->flags) &&
        is_one_of_many(function, leaves)) {
        planned->why =
            "one of its first instructions can fault, and a handler may depend on its address";
        return 0;
    }
    return plan_draft_add(draft, &entry, planned->symbol, planned->shown, planned->flags);
}

static int make_room(struct plan_file *file, const struct functions *found)
{
    size_t matches = 0;
    for (size_t i = 0; i < found->count; i++)
        matches += found->list[i].match_count;
    file->list = calloc(found->count + 1, sizeof *file->list);
    file->storage = calloc(matches + 1, sizeof *file->list->leaves);
    return file->list && file->storage ? 0 : -ENOMEM;
}

/* Functions are found in the order of addresses, as plans need them. The strings of the file belong
 * to `found`. A function that is no leaf is only in the plan, not in the file's list. */
static int plan_all(struct plan_draft *draft, struct plan_file *file,
    const struct surroundings *around, const struct leaves *leaves, enum plan_policy policy)
{
    const struct functions *found = around->found;
    int error = make_room(file, found);
    uint32_t *numbers = file->storage;
    for (size_t i = 0; i < found->count && error == 0; i++) {
        struct plan_function *planned = &file->list[file->count];
        *planned = describe(found, &found->list[i], policy);
        plan_maker_examine(planned, around, &found->list[i]);
        planned->leaf_count = note_leaves(numbers, &found->list[i], leaves);
        planned->leaves = numbers;
        numbers += planned->leaf_count;
        file->count += planned->leaf_count > 0;
        if (planned->why == NULL)
            error = plan_one(draft, planned, found, &found->list[i], leaves);
    }
    return error;
}

static int save(const struct plan_draft *draft, struct plan_file *file,
    const struct hook_plan_request *request, const char *directory, enum plan_policy policy)
{
    char plan[PLAN_NAME_SIZE], list[PLAN_NAME_SIZE], path[PATH_MAX];
    plan_file_name(plan, request, SESSION_PLAN_SUFFIX);
    snprintf(path, sizeof path, "%s/%s", directory, plan);
    plan_file_name(list, request, PLAN_LIST_SUFFIX);
    int error = 0;
    if (policy != PLAN_LINKER_ONLY)
        error = plan_draft_save(draft, directory, plan);
    if (error == 0 && policy != PLAN_LINKER_ONLY)
        error = own_file_sum(path, &file->plan_sum);
    return error ? error : plan_file_save(file, directory, list);
}

/* A file without anything to hook gets an empty plan. */
static int make_for_file(const struct hook_plan_request *request, const char *directory,
    const struct leaves *leaves, enum plan_policy policy)
{
    struct plan_draft draft = {0};
    struct plan_file file = {.count = 0};
    struct functions found;
    struct surroundings around;
    int error = functions_find(&found, request->path, leaves);
    if (error == -ENOEXEC)
        return save(&draft, &file, request, directory, policy);
    if (error != 0)
        return error;
    error = survey(&around, &found);
    if (error == 0)
        error = plan_all(&draft, &file, &around, leaves, policy);
    if (error == 0)
        error = save(&draft, &file, request, directory, policy);
    plan_draft_finish(&draft);
    plan_file_clear(&file);
    runtimes_finish(&around.runtimes);
    functions_finish(&found);
    return error;
}

/* Returns the function of the file that has this resolver, or NULL. */
static const struct function *find_resolver(const struct functions *found, uint64_t resolver)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].is_ifunc && found->list[i].address == resolver)
            return &found->list[i];
    return NULL;
}

/* The resolved function mostly has no name. */
static int plan_resolved(struct plan_draft *draft, const struct functions *found,
    const struct hook_plan_request *request)
{
    const struct function *function = find_resolver(found, request->resolver);
    uint64_t end = elf_frame_end(&found->tables.image, request->address, false);
    struct hook_plan_entry entry;
    const char *why;
    const struct code_function wanted = {
        .address = request->address,
        .size = end > request->address ? end - request->address : 0,
    };
    if (function == NULL || !plan_entry(found, &wanted, &entry, &why))
        return -ENOENT;
    uint32_t flags = function->flags;
    struct surroundings around = {.found = found};
    if (why_jump(&around, &wanted, flags))
        flags |= HOOK_TAIL;
    if (flags & HOOK_TAIL && flags & HOOK_ROOT)
        return -ENOENT;
    return plan_draft_add(draft, &entry, function->symbol, function->shown, flags);
}

static int make_for_resolved(
    const struct hook_plan_request *request, const char *directory, const struct leaves *leaves)
{
    struct functions found;
    struct plan_draft draft = {0};
    char plan[PLAN_NAME_SIZE];
    int error = functions_find(&found, request->path, leaves);
    if (error)
        return error;
    plan_file_name(plan, request, SESSION_PLAN_SUFFIX);
    error = plan_resolved(&draft, &found, request);
    if (error == 0)
        error = plan_draft_save(&draft, directory, plan);
    plan_draft_finish(&draft);
    functions_finish(&found);
    return error;
}

int plan_make(const struct hook_plan_request *request, const char *directory,
    const struct leaves *leaves, enum plan_policy policy)
{
    return request->address ? make_for_resolved(request, directory, leaves)
                            : make_for_file(request, directory, leaves, policy);
}
