/*
 * runtimes.c - functions that must not be called through the trampoline's frame.
 *
 * The table tells what marks a file as one with such code, and which of its functions are meant.
 * Other code is assumed to follow the psABI: that of Rust, D, Nim, Crystal, Ada, Fortran, Pascal
 * and Julia, of fibers, and of coroutines of C++20 does.
 */
#include "planner/runtimes.h"

#include <elf.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/image.h"
#include "elf/function_tables.h"

#define BY_ADDRESS "its callers by their return addresses"

struct runtime {
    const char *section; /* a section that marks such a file; or NULL */
    const char *symbols; /* symbols that mark such a file: patterns; or NULL */
    const char *names;   /* its functions: patterns of their linkage names */
    const char *why;
};

static const struct runtime runtimes_known[] = {
    /* Embedded builtins: the stack is walked by return addresses within the blob. */
    {NULL, "_ZN2v88internal* _ZNK2v88internal*", "Builtins_*",
        "it is code of V8, which finds " BY_ADDRESS},
    /* Continuations, which are reached by jumps; arguments are in registers of Haskell's own
     * convention. */
    {NULL, "stg_upd_frame_info stg_INTLIKE_closure stg_ap_*_info",
        "stg_* *_info *_entry *_fast *_slow *_ret",
        "it is code of Haskell, which jumps instead of calling"},
    {".svm_heap", "__svm_code_section __svm_heap_begin", "*",
        "it may be code of Java (a native image), which finds " BY_ADDRESS},
    {"__managedcode", "__managedcode_a __start___managedcode", "*",
        "it may be code of .NET, which finds " BY_ADDRESS},
    {NULL, "mono_aot_file_info mono_aot_module_*_info", "*",
        "it may be code of .NET (Mono), which finds " BY_ADDRESS},
    {NULL, "_kDartVmSnapshotInstructions _kDartIsolateSnapshotInstructions", "*",
        "it may be code of Dart, which finds " BY_ADDRESS},
    /* Assembly that dispatches by jumps, with the interpreter's state in registers. */
    {NULL, "lj_vm_asm_begin", "lj_BC_* lj_vm_* lj_vmeta_* lj_ff_* lj_fff_* lj_cont_*",
        "it is a part of LuaJIT's interpreter, which jumps instead of calling"},
    {NULL, "MLton_jumpToSML MLton_main", "L_[0-9]*",
        "it is code of Standard ML, which jumps instead of calling"},
    /* C that never returns: when the stack is full, the live data on it is moved. */
    {NULL, "CHICKEN_run C_*_toplevel", "f_[0-9]* C_*_toplevel",
        "it is code of Scheme (CHICKEN), which never returns"},
    {NULL, "call_into_lisp", "call_into_* *_tramp *_tramp_*",
        "it is a part of Lisp's runtime, which finds " BY_ADDRESS},
    {NULL, "__gcmapstart __gcmapend", "*", "its file has tables of its return addresses"},
    {".llvm_stackmaps", NULL, "*", "its file has tables of its return addresses"},
    /* Suspend and resume points: their calls are jumps, as long as the task continues. */
    {NULL, "swift_task_create swift_task_switch swift_task_alloc", "$s*T[YQ][0-9]*_ $s*YaF $s*YaKF",
        "it is an asynchronous function of Swift, which jumps instead of calling"},
};

enum { KNOWN = sizeof runtimes_known / sizeof *runtimes_known };
_Static_assert(KNOWN < 32, "a bit for each");

#define GO_WHY    "it is code of Go, whose stacks are small and are moved"
#define OCAML_WHY "it is code of OCaml, which finds " BY_ADDRESS

/* Patterns are separated by blanks. The letters before a wildcard are compared first. */
static bool fits(const char *patterns, const char *name)
{
    char pattern[64];
    while (patterns && *patterns) {
        size_t length = strcspn(patterns, " "), plain = strcspn(patterns, "*?[ ");
        if (strncmp(patterns, name, plain) == 0 && length < sizeof pattern) {
            memcpy(pattern, patterns, length);
            pattern[length] = '\0';
            if (fnmatch(pattern, name, 0) == 0)
                return true;
        }
        patterns += length + (patterns[length] == ' ');
    }
    return false;
}

static const Elf64_Shdr *runtimes_find_section(const struct elf_image *image, const char *name)
{
    struct elf_bytes bytes = elf_image_section(image, name);
    for (size_t i = 0; bytes.bytes && i < image->section_count; i++)
        if (image->sections[i].sh_offset == (uint64_t)(bytes.bytes - image->file.bytes) &&
            image->sections[i].sh_size == bytes.size)
            return &image->sections[i];
    return NULL;
}

/* ---- where code of Go and of OCaml is ---- */

static bool runtimes_ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), end_length = strlen(end);
    return length >= end_length && strcmp(name + length - end_length, end) == 0;
}

/* Every module of OCaml has its code between two such symbols. */
static bool is_begin(const char *name)
{
    return strcmp(name, "runtime.text") == 0 ||
           (strncmp(name, "caml", 4) == 0 && runtimes_ends_in(name, "code_begin"));
}

static bool runtimes_is_end(const char *name)
{
    return strcmp(name, "runtime.etext") == 0 ||
           (strncmp(name, "caml", 4) == 0 && runtimes_ends_in(name, "code_end"));
}

static int add_bound(struct runtime_bounds *bounds, uint64_t address)
{
    if (array_reserve(&bounds->list, bounds->count, 1, &bounds->room, sizeof *bounds->list) != 0)
        return -ENOMEM;
    bounds->list[bounds->count++] = address;
    return 0;
}

static uint64_t number_at(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    memcpy(&number, bytes, size);
    return number;
}

/* Returns what the dynamic linker will write to the address, or 0 if there is no such
 * relocation. */
static uint64_t relocated(const struct elf_image *image, uint64_t address)
{
    struct elf_bytes relocations = elf_image_section(image, ".rela.dyn");
    const Elf64_Rela *list = elf_bytes_at(relocations, 0, relocations.size, 8);
    if ((uintptr_t)list % 8 != 0)
        return 0;
    for (size_t i = 0; list && i < relocations.size / sizeof *list; i++)
        if (list[i].r_offset == address)
            return (uint64_t)list[i].r_addend;
    return 0;
}

/* Reads Go's own table of its functions (runtime/symtab.go, pcHeader, of Go 1.18 and later), for
 * files without symbols. Returns whether it is at the beginning of `table`, which lies at this
 * address. */
static bool read_pclntab(const struct elf_image *image, struct elf_bytes table, uint64_t address,
    uint64_t *begin, uint64_t *end)
{
    static const uint8_t heads[][8] = {
        {0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8}, {0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}};
    const uint8_t *bytes = table.bytes;
    if (table.size < 72 || (memcmp(bytes, heads[0], 8) != 0 && memcmp(bytes, heads[1], 8) != 0))
        return false;
    uint64_t count = number_at(bytes + 8, 8), text = number_at(bytes + 24, 8);
    uint64_t functions = number_at(bytes + 64, 8);
    if (text == 0)
        text = relocated(image, address + 24);
    if (text == 0 || functions > table.size || count > table.size / 8 ||
        table.size - functions < count * 8 + 4)
        return false;
    *begin = text + number_at(bytes + functions, 4);
    *end = text + number_at(bytes + functions + count * 8, 4);
    return elf_image_code(image, *begin) && *begin < *end;
}

/* GNU ld puts a table that needs relocations among other constants. */
static bool find_go_code(const struct elf_image *image, uint64_t *begin, uint64_t *end)
{
    static const char *const names[] = {".gopclntab", ".data.rel.ro.gopclntab", ".data.rel.ro"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Elf64_Shdr *section = runtimes_find_section(image, names[i]);
        for (uint64_t at = 0; section && at < section->sh_size; at += 32) {
            struct elf_bytes table = {
                image->file.bytes + section->sh_offset + at, section->sh_size - at};
            if (read_pclntab(image, table, section->sh_addr + at, begin, end))
                return true;
        }
    }
    return false;
}

static bool has_go(const struct elf_image *image)
{
    return elf_image_section(image, ".note.go.buildid").bytes ||
           elf_image_section(image, ".go.buildinfo").bytes ||
           elf_image_section(image, ".gopclntab").bytes;
}

static int look_for_go(struct runtimes *runtimes, const struct elf_image *image)
{
    uint64_t begin, end;
    if (!has_go(image))
        return 0;
    runtimes->why_within = GO_WHY;
    if (runtimes->begins.count > 0 && runtimes->ends.count > 0)
        return 0;
    if (!find_go_code(image, &begin, &end)) {
        runtimes->why_anywhere = "it may be code of Go, whose stacks are small and are moved";
        return 0;
    }
    int error = add_bound(&runtimes->begins, begin);
    return error ? error : add_bound(&runtimes->ends, end);
}

static size_t count_up_to(const struct runtime_bounds *bounds, uint64_t address)
{
    size_t i = 0;
    while (i < bounds->count && bounds->list[i] <= address)
        i++;
    return i;
}

/* ---- the file ---- */

struct marks {
    struct runtimes *runtimes;
    uint32_t seen; /* one bit for each of runtimes_known */
};

static int runtimes_look_at(
    struct marks *marks, const struct elf_symbols *table, const Elf64_Sym *symbol)
{
    const char *name = elf_symbols_name(table, symbol);
    for (unsigned i = 0; i < KNOWN; i++)
        if (!(marks->seen & 1u << i) && fits(runtimes_known[i].symbols, name))
            marks->seen |= 1u << i;
    if (symbol->st_shndx == SHN_UNDEF)
        return 0;
    if (is_begin(name))
        return add_bound(&marks->runtimes->begins, symbol->st_value);
    return runtimes_is_end(name) ? add_bound(&marks->runtimes->ends, symbol->st_value) : 0;
}

static int runtimes_look_at_symbols(struct marks *marks, const struct function_tables *tables)
{
    int error = 0;
    for (size_t i = 0; i < tables->count; i++)
        for (size_t k = 0; k < tables->list[i].count && error == 0; k++)
            error = runtimes_look_at(marks, &tables->list[i], &tables->list[i].list[k]);
    return error;
}

int runtimes_find(struct runtimes *runtimes, const struct function_tables *tables)
{
    struct marks marks = {runtimes, 0};
    *runtimes = (struct runtimes){.why_within = OCAML_WHY};
    int error = runtimes_look_at_symbols(&marks, tables);
    if (error == 0)
        error = look_for_go(runtimes, &tables->image);
    if (error != 0)
        return error;
    for (unsigned i = 0; i < KNOWN && runtimes->count < RUNTIMES_MAX; i++) {
        const struct runtime *runtime = &runtimes_known[i];
        if (marks.seen & 1u << i ||
            (runtime->section && runtimes_find_section(&tables->image, runtime->section)))
            runtimes->list[runtimes->count++] = runtime;
    }
    array_sort_addresses(runtimes->begins.list, runtimes->begins.count);
    array_sort_addresses(runtimes->ends.list, runtimes->ends.count);
    return 0;
}

void runtimes_finish(struct runtimes *runtimes)
{
    free(runtimes->begins.list);
    free(runtimes->ends.list);
    *runtimes = (struct runtimes){.count = 0};
}

const char *runtimes_refusal(const struct runtimes *runtimes, uint64_t address, const char *symbol)
{
    if (runtimes->why_anywhere)
        return runtimes->why_anywhere;
    if (count_up_to(&runtimes->begins, address) > count_up_to(&runtimes->ends, address))
        return runtimes->why_within;
    for (size_t i = 0; i < runtimes->count; i++)
        if (fits(runtimes->list[i]->names, symbol))
            return runtimes->list[i]->why;
    return NULL;
}
