/*
 * symbols.c - the files in which addresses were looked up, and the chains found in them.
 *
 * Nothing of a file is read before the first lookup in it. Debugging information gives functions
 * and lines; the symbol table gives what is missing there, and the name that callers use.
 */
#include "symbols/symbols.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "names/demangle.h"
#include "symbols/code.h"
#include "symbols/dwarf.h"
#include "symbols/elf.h"
#include "symbols/file.h"
#include "symbols/main.h"

struct module {
    struct module *next;
    char *path;
    bool is_any_file; /* it was opened without an identity */
    struct file_identity identity;
    const char *problem;
    struct symbols_file file;
    struct symbols_dwarf *dwarf; /* NULL when there is a problem */
    struct symbols_elf *elf;     /* NULL until it is needed */
    void *answers;               /* of tsearch(3), by address */
    void *targets;               /* of tsearch(3), by address */
};

/* The target of a call: code at an address, or what a slot points to. */
struct target {
    uint64_t address;
    const char *name; /* the linkage name; NULL: not known */
};

struct answer {
    uint64_t address;
    struct symbol_chain chain;
    struct symbol_frame *frames;
};

struct symbols {
    struct demangler *demangler;
    struct module *modules; /* the latest first */
};

static const struct symbol_frame unknown_frame;
static const struct symbol_chain unknown = {&unknown_frame, 1};

struct symbols *symbols_create(void)
{
    struct symbols *symbols = calloc(1, sizeof(*symbols));

    if (!symbols)
        return NULL;
    symbols->demangler = demangler_create();
    if (!symbols->demangler) {
        free(symbols);
        return NULL;
    }
    return symbols;
}

static void destroy_answer(void *data)
{
    struct answer *answer = data;

    free(answer->frames);
    free(answer);
}

static void destroy_module(struct module *module)
{
    tdestroy(module->answers, destroy_answer);
    tdestroy(module->targets, free);
    symbols_elf_destroy(module->elf);
    symbols_dwarf_destroy(module->dwarf);
    symbols_file_close(&module->file);
    free(module->path);
    free(module);
}

void symbols_destroy(struct symbols *symbols)
{
    if (!symbols)
        return;
    while (symbols->modules) {
        struct module *module = symbols->modules;
        symbols->modules = module->next;
        destroy_module(module);
    }
    demangler_destroy(symbols->demangler);
    free(symbols);
}

static struct module *open_module(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    struct module *module = calloc(1, sizeof(*module));

    if (!module)
        return NULL;
    module->path = strdup(path);
    if (!module->path) {
        free(module);
        return NULL;
    }
    module->is_any_file = identity == NULL;
    if (identity)
        module->identity = *identity;
    if (symbols_file_open(&module->file, path, identity, &module->problem) == 0) {
        module->dwarf = symbols_dwarf_create(&module->file, symbols->demangler);
        if (!module->dwarf)
            module->problem = "out of memory";
    }
    module->next = symbols->modules;
    symbols->modules = module;
    return module;
}

static bool is_identity(const struct module *module, const struct file_identity *wanted)
{
    const struct file_identity *identity = &module->identity;

    if (!wanted || module->is_any_file)
        return !wanted && module->is_any_file;
    if (wanted->build_id_size || identity->build_id_size)
        return wanted->build_id_size == identity->build_id_size &&
               memcmp(wanted->build_id, identity->build_id, wanted->build_id_size) == 0;
    return wanted->device == identity->device && wanted->inode == identity->inode &&
           wanted->changed_ns == identity->changed_ns;
}

static struct module *find_module(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    for (struct module *module = symbols->modules; module; module = module->next) {
        if (strcmp(module->path, path) == 0 && is_identity(module, identity))
            return module;
    }
    return open_module(symbols, path, identity);
}

/* NULL when out of memory. */
static const struct symbols_elf *elf_of(struct module *module)
{
    if (!module->elf)
        module->elf = symbols_elf_create(&module->file);
    return module->elf;
}

static const char *elf_name(struct module *module, uint64_t address)
{
    const struct symbols_elf *elf = elf_of(module);

    return elf ? symbols_elf_find(elf, address) : NULL;
}

static bool is_plainer(const char *name, const char *than)
{
    return strspn(name, "_") < strspn(than, "_");
}

/* The outermost function of a chain really exists, so the symbol table has it, too. The name in the
 * symbol table is used if the debugging information has none; if it has no linkage name, as for C++
 * functions without external linkage; or if it has a C library's internal name (__libc_read) and
 * the symbol table has the one that callers use (read). */
static void name_outermost(
    struct symbols *symbols, struct module *module, uint64_t address, struct symbol_frame *frame)
{
    bool is_mangled = frame->linkage_name &&
                      demangle(symbols->demangler, frame->linkage_name).is_mangled;
    const char *name = is_mangled ? NULL : elf_name(module, address);

    if (!name)
        return;
    struct demangled symbol = demangle(symbols->demangler, name);
    if (!frame->function || is_plainer(name, frame->function) ||
        (symbol.is_mangled && !frame->linkage_name)) {
        frame->function = symbol.function;
        frame->linkage_name = symbol.linkage_name;
    } else if (frame->linkage_name) {
        frame->linkage_name = symbol.linkage_name;
    }
}

static void complete_names(
    struct symbols *symbols, struct module *module, uint64_t address, struct answer *answer)
{
    name_outermost(symbols, module, address, &answer->frames[0]);
    for (size_t i = 0; i < answer->chain.count; i++) {
        if (!answer->frames[i].linkage_name)
            answer->frames[i].linkage_name = answer->frames[i].function;
    }
}

static struct answer *create_answer(
    struct symbols *symbols, struct module *module, uint64_t address)
{
    struct answer *answer = calloc(1, sizeof(*answer));

    if (!answer)
        return NULL;
    answer->address = address;
    if (symbols_dwarf_chain(module->dwarf, address, &answer->frames, &answer->chain.count) != 0)
        goto fail;
    if (!answer->frames) {
        answer->frames = calloc(1, sizeof(*answer->frames));
        answer->chain.count = 1;
    }
    if (!answer->frames)
        goto fail;
    answer->chain.frames = answer->frames;
    complete_names(symbols, module, address, answer);
    return answer;
fail:
    destroy_answer(answer);
    return NULL;
}

static int compare_answers(const void *left, const void *right)
{
    const struct answer *a = left, *b = right;

    return (a->address > b->address) - (a->address < b->address);
}

const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    struct module *module = find_module(symbols, path, identity);
    struct answer key = {.address = is_return_address ? address - 1 : address};

    if (!module || module->problem)
        return &unknown;
    struct answer **found = tfind(&key, &module->answers, compare_answers);
    if (found)
        return &(*found)->chain;
    struct answer *answer = create_answer(symbols, module, key.address);
    if (!answer)
        return &unknown;
    if (!tsearch(answer, &module->answers, compare_answers)) {
        destroy_answer(answer);
        return &unknown;
    }
    return &answer->chain;
}

static int compare_targets(const void *left, const void *right)
{
    const struct target *a = left, *b = right;

    return (a->address > b->address) - (a->address < b->address);
}

static const char *read_target(struct module *module, uint64_t code, uint64_t slot)
{
    if (slot)
        return symbols_code_slot(module->file.elf, slot);
    const struct symbols_elf *elf = elf_of(module);
    const char *name = elf ? symbols_elf_find_start(elf, code) : NULL;
    return name ? name : symbols_code_plt(module->file.elf, code);
}

/* Relocations are not sorted, so each target is searched for only once. */
static const char *find_target(struct module *module, uint64_t code, uint64_t slot)
{
    struct target key = {.address = slot ? slot : code};
    struct target **found = tfind(&key, &module->targets, compare_targets);

    if (found)
        return (*found)->name;
    key.name = read_target(module, code, slot);
    struct target *target = malloc(sizeof(*target));
    if (target)
        *target = key;
    if (target && !tsearch(target, &module->targets, compare_targets))
        free(target);
    return key.name;
}

bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_frame *called)
{
    struct module *module = find_module(symbols, path, identity);
    uint64_t code, slot;

    if (!module || module->problem ||
        !symbols_code_call(module->file.elf, return_address, &code, &slot))
        return false;
    const char *name = find_target(module, code, slot);
    if (!name)
        return false;
    struct demangled names = demangle(symbols->demangler, name);
    *called = (struct symbol_frame){.function = names.function, .linkage_name = names.linkage_name};
    return true;
}

bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name)
{
    struct module *module = find_module(symbols, path, identity);
    const struct symbols_elf *elf = module && !module->problem ? elf_of(module) : NULL;

    return elf && symbols_elf_has_name(elf, return_address - 1, linkage_name);
}

bool symbols_is_call_of_main(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    struct module *module = find_module(symbols, path, identity);

    return module && !module->problem && symbols_main_is_called(module->file.elf, return_address);
}

const char *symbols_name_main(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    struct module *module = find_module(symbols, path, identity);
    uint64_t address = module && !module->problem ? symbols_main_address(module->file.elf) : 0;

    if (!address)
        return NULL;
    return symbols_resolve(symbols, path, identity, address, false)->frames[0].function;
}

const char *symbols_problem(struct symbols *symbols, const char *path)
{
    for (const struct module *module = symbols->modules; module; module = module->next) {
        if (module->problem && strcmp(module->path, path) == 0)
            return module->problem;
    }
    return NULL;
}

/* The file that was opened first is the last in the list. */
static const struct module *first_problem(const struct symbols *symbols, const char *path)
{
    const struct module *first = NULL;

    for (const struct module *module = symbols->modules; module; module = module->next) {
        if (module->problem && strcmp(module->path, path) == 0)
            first = module;
    }
    return first;
}

void symbols_each_problem(const struct symbols *symbols,
    void (*say)(void *argument, const char *path, const char *problem), void *argument)
{
    const struct module *said = NULL;

    while (said != symbols->modules) {
        const struct module *module = symbols->modules;
        while (module->next != said)
            module = module->next;
        if (module->problem && module == first_problem(symbols, module->path))
            say(argument, module->path, module->problem);
        said = module;
    }
}
