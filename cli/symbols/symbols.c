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

#include "base/path.h"
#include "elf/definitions.h"
#include "names/demangle.h"
#include "symbols/code.h"
#include "symbols/dwarf.h"
#include "symbols/elf.h"
#include "symbols/facts.h"
#include "symbols/file.h"
#include "symbols/main.h"
#include "symbols/targets.h"

struct module {
    struct module *next;
    char *path;
    bool is_any_file; /* it was opened without an identity */
    bool is_open;     /* `problem`, `file` and `dwarf` are set */
    bool is_asked;    /* something was looked up in it */
    bool is_given;    /* by symbols_give */
    bool is_quiet;    /* it is not told that there is a problem: all names were given */
    struct file_identity identity;
    const char *problem;
    struct symbols_file file;
    struct symbols_dwarf *dwarf; /* NULL when there is a problem */
    struct symbols_elf *elf;     /* NULL until it is needed */
    void *answers;               /* of tsearch(3), by address */
    size_t answer_count;
    struct symbols_targets targets;
    bool has_main;    /* the next one is set */
    const char *main; /* as symbols_name_main returns it */
};

/* What was found out in the file, and what was given of the same place. */
struct answer {
    struct symbol_facts facts;   /* first: tdestroy and the others get its address */
    struct symbol_frame *frames; /* of facts.chain; NULL: the chain was given, or is missing */
    const char **names;          /* facts.names; NULL likewise */
};

struct symbols {
    struct demangler *demangler;
    struct module *modules; /* the latest first */
    struct module *latest;  /* the one that was found last, or NULL */
    struct definitions definitions;
    bool spares_c_library;
};

static const struct symbol_frame unknown_frame;
static const struct symbol_chain unknown = {&unknown_frame, 1};

struct symbols *symbols_create(void)
{
    struct symbols *symbols = calloc(1, sizeof(*symbols));

    if (symbols)
        symbols->demangler = demangler_create();
    if (symbols && symbols->demangler)
        return symbols;
    free(symbols);
    return NULL;
}

static void destroy_answer(void *data)
{
    struct answer *answer = data;

    free(answer->frames);
    free(answer->names);
    free(answer);
}

static void destroy_module(struct module *module)
{
    tdestroy(module->answers, destroy_answer);
    symbols_targets_finish(&module->targets);
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
    definitions_finish(&symbols->definitions);
    demangler_destroy(symbols->demangler);
    free(symbols);
}

static struct module *symbols_add_module(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    struct module *module = calloc(1, sizeof(*module));
    if (module)
        module->path = strdup(path);
    if (!module || !module->path) {
        free(module);
        return NULL;
    }
    module->is_any_file = identity == NULL;
    if (identity)
        module->identity = *identity;
    module->next = symbols->modules;
    symbols->modules = module;
    return module;
}

/* What is given of a file without a build id is all that is known of it: on another machine,
 * another file may look like it. */
static const char *open_module(struct symbols *symbols, struct module *module)
{
    const char *problem = NULL;
    if (module->is_given && module->identity.build_id_size == 0)
        return "it has no build id";
    if (symbols_file_open(&module->file, module->path,
            module->is_any_file ? NULL : &module->identity, &problem) != 0)
        return problem;
    bool is_spared = symbols->spares_c_library &&
                     strncmp(path_base_name(module->path), "libc.so", 7) == 0;
    module->dwarf = symbols_dwarf_create(&module->file, symbols->demangler, !is_spared);
    return module->dwarf ? NULL : "out of memory";
}

void symbols_spare_c_library(struct symbols *symbols)
{
    symbols->spares_c_library = true;
}

/* Returns whether something can be looked up in the file. */
static bool can_look_up(struct symbols *symbols, struct module *module)
{
    if (!module->is_open) {
        module->problem = open_module(symbols, module);
        module->is_quiet = module->is_given;
    }
    module->is_open = true;
    return module->problem == NULL;
}

static bool is_module(
    const struct module *module, const char *path, const struct file_identity *wanted)
{
    const struct file_identity *identity = &module->identity;

    if (strcmp(module->path, path) != 0)
        return false;
    if (!wanted || module->is_any_file)
        return !wanted && module->is_any_file;
    if (wanted->build_id_size || identity->build_id_size)
        return wanted->build_id_size == identity->build_id_size &&
               memcmp(wanted->build_id, identity->build_id, wanted->build_id_size) == 0;
    return wanted->device == identity->device && wanted->inode == identity->inode &&
           wanted->changed_ns == identity->changed_ns;
}

static struct module *look_for_module(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    if (symbols->latest && is_module(symbols->latest, path, identity))
        return symbols->latest;
    for (struct module *module = symbols->modules; module; module = module->next) {
        if (is_module(module, path, identity))
            return symbols->latest = module;
    }
    return NULL;
}

/* The list is in the order of the first lookups. */
static void move_to_front(struct symbols *symbols, struct module *module)
{
    struct module **place = &symbols->modules;

    while (*place != module)
        place = &(*place)->next;
    *place = module->next;
    module->next = symbols->modules;
    symbols->modules = module;
}

static struct module *find_module(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    struct module *module = look_for_module(symbols, path, identity);
    if (!module)
        module = symbols_add_module(symbols, path, identity);
    if (!module || module->is_asked)
        return module;
    module->is_asked = true;
    move_to_front(symbols, module);
    if (!module->is_given)
        can_look_up(symbols, module);
    return module;
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
    for (size_t i = 0; i < answer->facts.chain.count; i++)
        if (!answer->frames[i].linkage_name)
            answer->frames[i].linkage_name = answer->frames[i].function;
}

static bool find_chain(struct symbols *symbols, struct module *module, struct answer *answer)
{
    uint64_t address = answer->facts.address;
    struct symbol_chain chain = {.count = 0};
    if (symbols_dwarf_chain(module->dwarf, address, &answer->frames, &chain.count) != 0)
        return false;
    if (!answer->frames) {
        answer->frames = calloc(1, sizeof(*answer->frames));
        chain.count = 1;
    }
    if (!answer->frames)
        return false;
    chain.frames = answer->frames;
    answer->facts.chain = chain;
    complete_names(symbols, module, address, answer);
    return true;
}

static int compare_places(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static struct answer *known_at(const struct module *module, uint64_t address)
{
    struct symbol_facts key = {.address = address};
    struct answer **found = tfind(&key, &module->answers, compare_places);
    return found ? *found : NULL;
}

/* `facts`: of this place, or with its address only. Returns NULL when out of memory. */
static struct answer *add_answer(struct module *module, const struct symbol_facts *facts)
{
    struct answer *answer = calloc(1, sizeof(*answer));
    if (!answer)
        return NULL;
    answer->facts = *facts;
    if (!tsearch(answer, &module->answers, compare_places)) {
        destroy_answer(answer);
        return NULL;
    }
    module->answer_count++;
    return answer;
}

/* Returns the answer for the place, to which something can be added; NULL if nothing can be looked
 * up, or when out of memory. */
static struct answer *answer_at(struct symbols *symbols, struct module *module, uint64_t address)
{
    struct answer *known = known_at(module, address);
    if (!can_look_up(symbols, module))
        return NULL;
    return known ? known : add_answer(module, &(struct symbol_facts){.address = address});
}

bool symbols_give(struct symbols *symbols, const struct symbol_file_facts *facts)
{
    struct module *module = symbols_add_module(symbols, facts->path, &facts->identity);
    if (!module)
        return false;
    module->is_given = true;
    module->is_open = facts->problem != NULL;
    module->problem = facts->problem;
    module->has_main = facts->has_main;
    module->main = facts->main;
    for (size_t i = 0; i < facts->count; i++) {
        if (!add_answer(module, &facts->list[i]))
            return false;
    }
    return true;
}

const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    struct module *module = find_module(symbols, path, identity);
    uint64_t place = is_return_address ? address - 1 : address;

    if (!module)
        return &unknown;
    const struct answer *known = known_at(module, place);
    if (known && known->facts.chain.count)
        return &known->facts.chain;
    struct answer *answer = answer_at(symbols, module, place);
    module->is_quiet = false;
    if (!answer || !find_chain(symbols, module, answer))
        return &unknown;
    return &answer->facts.chain;
}

/* Without memory, nobody knows what this file defines. */
void symbols_expect(struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    definitions_add(&symbols->definitions, path, identity);
}

/* Returns the facts of the place, with the called function among them, or NULL. */
static const struct symbol_facts *with_called(
    struct symbols *symbols, struct module *module, uint64_t return_address)
{
    const struct answer *known = known_at(module, return_address - 1);

    if (known && known->facts.has_called)
        return &known->facts;
    struct answer *answer = answer_at(symbols, module, return_address - 1);
    if (!answer)
        return NULL;
    struct targets_place place = {
        module->file.elf, module->path, elf_of(module), &symbols->definitions};
    struct symbol_target target = symbols_targets_find(&module->targets, &place, return_address);
    answer->facts.is_entry = symbols_main_is_entry(module->file.elf, return_address);
    answer->facts.has_called = true;
    answer->facts.called = target.linkage_name;
    answer->facts.home = target.home;
    answer->facts.has_aliases = target.has_aliases;
    return &answer->facts;
}

bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_target *called)
{
    struct module *module = find_module(symbols, path, identity);
    const struct symbol_facts *facts = module ? with_called(symbols, module, return_address) : NULL;

    if (!facts || !facts->called)
        return false;
    struct demangled names = demangle(symbols->demangler, facts->called);
    *called = (struct symbol_target){
        names.function, names.linkage_name, facts->home, facts->has_aliases};
    return true;
}

/* Returns the facts of the place, with all names among them, or NULL. */
static const struct symbol_facts *with_names(
    struct symbols *symbols, struct module *module, uint64_t place)
{
    const struct answer *known = known_at(module, place);

    if (known && known->facts.has_names)
        return &known->facts;
    struct answer *answer = answer_at(symbols, module, place);
    const struct symbols_elf *elf = answer ? elf_of(module) : NULL;
    if (!elf || !symbols_elf_names(elf, place, &answer->names, &answer->facts.name_count))
        return NULL;
    answer->facts.names = answer->names;
    answer->facts.is_one_function = symbols_elf_is_one_function(elf, place);
    answer->facts.has_names = true;
    return &answer->facts;
}

static bool has_name(const struct symbol_facts *facts, const char *linkage_name)
{
    for (size_t i = 0; facts && i < facts->name_count; i++) {
        if (symbols_elf_is_name(facts->names[i], linkage_name))
            return true;
    }
    return false;
}

bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name)
{
    struct module *module = find_module(symbols, path, identity);

    return module && has_name(with_names(symbols, module, return_address - 1), linkage_name);
}

bool symbols_is_other(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address,
    const char *linkage_name)
{
    struct module *module = find_module(symbols, path, identity);
    const struct symbol_facts *facts = module ? with_names(
                                                    symbols, module, address - is_return_address)
                                              : NULL;

    return facts && facts->is_one_function && !has_name(facts, linkage_name);
}

bool symbols_is_call_of_main(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    struct module *module = find_module(symbols, path, identity);
    const struct answer *known = module ? known_at(module, return_address - 1) : NULL;

    if (known && known->facts.has_call_of_main)
        return known->facts.is_call_of_main;
    struct answer *answer = module ? answer_at(symbols, module, return_address - 1) : NULL;
    if (!answer)
        return false;
    answer->facts.has_call_of_main = true;
    answer->facts.is_call_of_main = symbols_main_is_called(module->file.elf, return_address);
    return answer->facts.is_call_of_main;
}

bool symbols_is_entry(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address)
{
    struct module *module = find_module(symbols, path, identity);
    const struct symbol_facts *facts = module ? with_called(symbols, module, return_address) : NULL;

    return facts && facts->is_entry;
}

const char *symbols_name_main(
    struct symbols *symbols, const char *path, const struct file_identity *identity)
{
    struct module *module = find_module(symbols, path, identity);

    if (!module || module->has_main)
        return module ? module->main : NULL;
    if (!can_look_up(symbols, module))
        return NULL;
    uint64_t address = symbols_main_address(module->file.elf);
    if (address)
        module->main = symbols_resolve(symbols, path, identity, address, false)->frames[0].function;
    module->has_main = true;
    return module->main;
}

void symbols_find_all(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    struct module *module = find_module(symbols, path, identity);

    symbols_resolve(symbols, path, identity, address, is_return_address);
    if (!module || module->problem)
        return;
    with_names(symbols, module, address - is_return_address);
    if (!is_return_address)
        return;
    with_called(symbols, module, address);
    symbols_is_call_of_main(symbols, path, identity, address);
    symbols_name_main(symbols, path, identity);
}

/* ---- all facts of a file ---- */

struct collection {
    const struct symbol_facts **list;
    size_t count;
};

static void collect(const void *node, VISIT visit, void *argument)
{
    struct collection *collection = argument;
    const struct answer *answer = *(const struct answer *const *)node;

    if (visit == postorder || visit == leaf)
        collection->list[collection->count++] = &answer->facts;
}

static bool visit_module(const struct module *module,
    bool (*visit)(void *argument, const struct symbol_file_facts *file,
        const struct symbol_facts *const *list, size_t count),
    void *argument)
{
    struct collection collection = {0};
    struct symbol_file_facts file = {.path = module->path,
        .identity = module->identity,
        .problem = module->problem,
        .has_main = module->has_main,
        .main = module->main};

    collection.list = calloc(module->answer_count + 1, sizeof(*collection.list));
    if (!collection.list)
        return false;
    twalk_r(module->answers, collect, &collection);
    bool is_taken = visit(argument, &file, collection.list, collection.count);
    free(collection.list);
    return is_taken;
}

/* Returns the module that was added before this one, or the first one for NULL. */
static const struct module *next_oldest(const struct symbols *symbols, const struct module *than)
{
    const struct module *module = symbols->modules;

    while (module && module->next != than)
        module = module->next;
    return module;
}

bool symbols_each_file(struct symbols *symbols,
    bool (*visit)(void *argument, const struct symbol_file_facts *file,
        const struct symbol_facts *const *list, size_t count),
    void *argument)
{
    const struct module *module = NULL;

    while (module != symbols->modules) {
        module = next_oldest(symbols, module);
        if (!module->is_any_file && !visit_module(module, visit, argument))
            return false;
    }
    return true;
}

/* ---- problems ---- */

static bool is_told(const struct module *module)
{
    return module->is_asked && module->problem && !module->is_quiet;
}

/* The file that was opened first is the last in the list. */
static const struct module *first_problem(const struct symbols *symbols, const char *path)
{
    const struct module *first = NULL;

    for (const struct module *module = symbols->modules; module; module = module->next) {
        if (is_told(module) && strcmp(module->path, path) == 0)
            first = module;
    }
    return first;
}

const char *symbols_problem(struct symbols *symbols, const char *path)
{
    const struct module *module = first_problem(symbols, path);

    return module ? module->problem : NULL;
}

void symbols_each_problem(const struct symbols *symbols,
    void (*say)(void *argument, const char *path, const char *problem), void *argument)
{
    const struct module *module = NULL;

    while (module != symbols->modules) {
        module = next_oldest(symbols, module);
        if (is_told(module) && module == first_problem(symbols, module->path))
            say(argument, module->path, module->problem);
    }
}
