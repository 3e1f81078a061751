/*
 * modules.c - which file is mapped at which addresses.
 *
 * The known modules are a list that only grows, at its head, by compare and swap: threads and
 * signal handlers may read it and add to it at any time. Two that add the same module at once make
 * two equal records in the trace, which the reader treats as one.
 */
#include "trace/modules.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/pool.h"
#include "base/text.h"
#include "trace/mapped_file.h"
#include "trace/segment.h"
#include "base/forbidden.h"

#define PATH_MAX_SIZE 4096

_Atomic uint32_t modules_generation = 1;

static struct module *_Atomic modules;

/* 0: not known to be so. The kernel may have executed the dynamic linker's file, which was told to
 * run the program (ld.so(8)). */
static _Atomic uint32_t program_is_executable;

/* What the dynamic linker says about an address. */
struct answer {
    uint64_t address;
    uint64_t start, end, bias, eh_frame_hdr;
    const char *name; /* as in the link map; "" is the program */
    bool found;
};

/* As in glibc's dlfcn.h since 2.35. Defined here so that it compiles with an older glibc too. */
struct find_object_result {
    unsigned long long flags;
    void *map_start, *map_end;
    struct link_map *link_map;
    void *eh_frame;
    unsigned long long reserved[7];
};

typedef int find_object_function(void *address, struct find_object_result *result);

/* Looked up at run time: an undefined symbol of GLIBC_2.35 would keep the library from loading with
 * an older glibc. */
static find_object_function *find_object(void)
{
    static _Atomic uint64_t known;
    uint64_t function = atomic_load_explicit(&known, memory_order_relaxed);
    if (function == 0) {
        function = linkmap_find_symbol(linkmap_first(), "_dl_find_object", "GLIBC_2.35");
        atomic_store_explicit(&known, function ? function : 1, memory_order_relaxed);
    }
    return function > 1 ? (find_object_function *)function : NULL;
}

static int match_segments(struct dl_phdr_info *info, size_t size, void *argument)
{
    (void)size;
    struct answer *answer = argument;
    uint64_t start = UINT64_MAX, end = 0, eh_frame_hdr = 0;
    bool holds = false;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uint64_t from = info->dlpi_addr + segment->p_vaddr, to = from + segment->p_memsz;
        if (segment->p_type == PT_GNU_EH_FRAME)
            eh_frame_hdr = from;
        if (segment->p_type != PT_LOAD)
            continue;
        holds |= answer->address >= from && answer->address < to;
        start = from < start ? from : start;
        end = to > end ? to : end;
    }
    if (!holds)
        return 0;
    *answer = (struct answer){
        answer->address, start, end, info->dlpi_addr, eh_frame_hdr, info->dlpi_name, true};
    return 1;
}

static void ask_dynamic_linker(void *argument)
{
    struct answer *answer = argument;
    find_object_function *function = find_object();
    if (function == NULL) {
        dl_iterate_phdr(match_segments, answer);
        return;
    }
    struct find_object_result result;
    if (function((void *)answer->address, &result) != 0)
        return;
    answer->start = (uint64_t)result.map_start;
    answer->end = (uint64_t)result.map_end;
    answer->bias = result.link_map->l_addr;
    answer->eh_frame_hdr = (uint64_t)result.eh_frame;
    answer->name = result.link_map->l_name;
    answer->found = true;
}

/* The GNU build-id note in the program headers at the start of the image (ELF gABI, "Note Section";
 * owner "GNU", type NT_GNU_BUILD_ID). */
static uint32_t read_build_id(const struct answer *answer, uint8_t *build_id, uint32_t capacity)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)answer->start;
    if (!memory_equal(header->e_ident, ELFMAG, SELFMAG) ||
        header->e_phentsize != sizeof(ElfW(Phdr)))
        return 0;
    const ElfW(Phdr) *segments = (const ElfW(Phdr) *)(answer->start + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type != PT_NOTE)
            continue;
        uint64_t note = answer->bias + segments[i].p_vaddr, end = note + segments[i].p_memsz;
        while (note + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *n = (const ElfW(Nhdr) *)note;
            const char *owner = (const char *)(n + 1);
            const uint8_t *bytes = (const uint8_t *)owner + ((n->n_namesz + 3) & ~3u);
            if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 && text_equal(owner, "GNU")) {
                uint32_t size = n->n_descsz < capacity ? n->n_descsz : capacity;
                memory_copy(build_id, bytes, size);
                return size;
            }
            note = (uint64_t)bytes + ((n->n_descsz + 3) & ~3u);
        }
    }
    return 0;
}

/* --- the file of a module --- */

void modules_expect_executable(void)
{
    atomic_store_explicit(&program_is_executable, 1, memory_order_relaxed);
}

bool modules_program_is_executable(void)
{
    return atomic_load_explicit(&program_is_executable, memory_order_relaxed);
}

static uint32_t modules_copy_path(char *path, uint32_t size, const char *from)
{
    uint32_t length = 0;
    while (from[length] && length < size - 1) {
        path[length] = from[length];
        length++;
    }
    path[length] = '\0';
    return length;
}

/* The file that is mapped there, or NULL. The caller gives the memory back. */
static struct mapped_file *find_mapped(uint64_t address)
{
    struct mapped_file *file = pool_take(sizeof *file);
    if (file && mapped_file_find(file, address))
        return file;
    if (file)
        pool_give(file, sizeof *file);
    return NULL;
}

static uint32_t mapped_path(uint64_t address, char *path, uint32_t size)
{
    struct mapped_file *file = find_mapped(address);
    path[0] = '\0';
    if (file == NULL)
        return 0;
    uint32_t length = modules_copy_path(path, size, file->path);
    pool_give(file, sizeof *file);
    return mapped_file_cut_mark(path, length);
}

uint32_t modules_program_path(char *path, uint32_t size)
{
    long length = 0;
    if (!modules_program_is_executable())
        return mapped_path((uint64_t)linkmap_first()->l_ld, path, size);
    if (!kernel_is_forbidden)
        length = arch_readlink("/proc/self/exe", path, size - 1);
    if (kernel_failed(length))
        length = 0;
    path[length] = '\0';
    return mapped_file_cut_mark(path, (uint32_t)length);
}

uint32_t modules_absolute_path(const char *name, char *path, uint32_t size)
{
    if (name[0] == '\0')
        return modules_program_path(path, size);
    uint32_t length = 0;
    if (name[0] != '/' && !kernel_is_forbidden) {
        long cwd = KERNEL_CALL2(SYS_getcwd, path, size - 1);
        if (!kernel_failed(cwd) && path[0] == '/') {
            length = (uint32_t)cwd - 1; /* the kernel's getcwd(2) counts the NUL */
            path[length++] = '/';
        }
    }
    return length + modules_copy_path(path + length, size - length, name);
}

static void stamp(struct module *module, const struct stat *status)
{
    module->file = (struct trace_file){status->st_dev, status->st_ino,
        (uint64_t)status->st_ctim.tv_sec * 1000000000 + (uint64_t)status->st_ctim.tv_nsec};
}

static void stamp_path(struct module *module, const char *path)
{
    struct stat status;
    if (!kernel_is_forbidden && !kernel_failed(arch_stat(path, &status)))
        stamp(module, &status);
}

/* Takes the dynamic linker's name if the mapped file (still) has it, else the kernel's path. */
static void identify_mapped(
    struct module *module, const struct answer *answer, struct mapped_file *file)
{
    const char *name = answer->name;
    module->inode = file->mapping.inode;
    if (name[0] != '/' || !mapped_file_is_at(file, name))
        name = file->path;
    module->path_length = modules_copy_path(module->path, PATH_MAX_SIZE, name);
    if (name == answer->name || mapped_file_is_at(file, name))
        stamp(module, &file->status);
    else
        module->path_length = mapped_file_cut_mark(module->path, module->path_length);
}

/* Finds the path, and the file's identity if there is no build-id. */
static void identify(struct module *module, const struct answer *answer)
{
    const char *name = answer->name;
    bool has_build_id = module->build_id_size > 0;
    if (text_equal(name, "linux-vdso.so.1")) {
        module->path_length = modules_copy_path(module->path, PATH_MAX_SIZE, "[vdso]");
        return;
    }
    if (name[0] == '\0' && modules_program_is_executable()) {
        module->path_length = modules_program_path(module->path, PATH_MAX_SIZE);
        if (!has_build_id)
            stamp_path(module, "/proc/self/exe");
        return;
    }
    struct mapped_file *file = NULL;
    if (name[0] != '/' || !has_build_id)
        file = find_mapped(answer->start);
    if (file) {
        identify_mapped(module, answer, file);
        pool_give(file, sizeof *file);
        return;
    }
    module->path_length = modules_absolute_path(name, module->path, PATH_MAX_SIZE);
    if (!has_build_id)
        stamp_path(module, module->path);
}

/* --- the list --- */

static trace_index record_module(struct segment *segment, const struct module *module)
{
    struct trace_string path = segment_text(segment, module->path, module->path_length);
    trace_index index = path.first ? segment_claim(segment, 1) : 0;
    if (index == 0)
        return 0;
    struct trace_module *record = &segment_record(segment, index)->module;
    record->path = path;
    record->build_id_size = module->build_id_size;
    if (module->build_id_size)
        memory_copy(record->build_id, module->build_id, module->build_id_size);
    else
        record->file = module->file;
    record->bias = module->bias;
    record->start = module->start;
    record->end = module->end;
    segment_publish(segment_record(segment, index), TRACE_MODULE);
    return index;
}

static uint64_t modules_hash_of(const char *text)
{
    return text_hash(TEXT_HASH, text, text_length(text));
}

static bool looks_the_same(const struct module *module, const struct answer *answer)
{
    uint8_t build_id[sizeof module->build_id];
    if (module->start != answer->start || module->end != answer->end ||
        module->name_hash != modules_hash_of(answer->name))
        return false;
    uint32_t size = read_build_id(answer, build_id, sizeof build_id);
    return size == module->build_id_size && memory_equal(build_id, module->build_id, size);
}

/* Without a build-id, another file of the same name and size may have been loaded there since: a
 * library that was rebuilt. The program itself does not change. */
static bool is_certain(const struct module *module, uint32_t generation)
{
    return module->build_id_size > 0 || module->is_for_good ||
           atomic_load_explicit(&module->checked, memory_order_relaxed) == generation;
}

static bool is_same_file(const struct module *module, const struct module *other)
{
    return module->start == other->start && module->end == other->end &&
           module->name_hash == other->name_hash && module->build_id_size == other->build_id_size &&
           module->inode == other->inode &&
           memory_equal(&module->file, &other->file, sizeof module->file);
}

/* The known module of the same file, or NULL. */
static struct module *find_equal(const struct module *other)
{
    /* Pairs with the release in add. */
    struct module *module = atomic_load_explicit(&modules, memory_order_acquire);
    while (module && !is_same_file(module, other))
        module = module->next;
    return module;
}

static bool is_told_apart(const struct module *module)
{
    return module->build_id_size > 0 || module->file.inode != 0;
}

/* The record of the same file when it was mapped elsewhere. It can be used again, because addresses
 * in the trace are relative to the file. 0: there is none. */
static trace_index find_record(const struct module *module)
{
    const struct module *other = atomic_load_explicit(&modules, memory_order_acquire);
    for (; other; other = other->next)
        if (other->trace && is_told_apart(other) &&
            other->end - other->start == module->end - module->start &&
            other->build_id_size == module->build_id_size &&
            memory_equal(other->build_id, module->build_id, module->build_id_size) &&
            memory_equal(&other->file, &module->file, sizeof module->file) &&
            text_equal(other->path, module->path))
            return other->trace;
    return 0;
}

/* Copies `module`, which has room for any path, to memory that is just large enough. */
static struct module *copy(const struct module *module)
{
    size_t size = sizeof *module + module->path_length + 1;
    struct module *exact = pool_take(size);
    if (exact)
        memory_copy(exact, module, size);
    return exact;
}

static void fill_in(struct module *module, const struct answer *answer)
{
    module->start = answer->start;
    module->end = answer->end;
    module->bias = answer->bias;
    module->eh_frame_hdr = answer->eh_frame_hdr;
    module->name_hash = modules_hash_of(answer->name);
    module->is_ours = (uint64_t)&modules >= answer->start && (uint64_t)&modules < answer->end;
    module->is_for_good = answer->name[0] == '\0' || text_equal(answer->name, "linux-vdso.so.1");
    module->build_id_size = read_build_id(answer, module->build_id, sizeof module->build_id);
    identify(module, answer);
}

static struct module *modules_add(
    struct segment *segment, const struct answer *answer, uint32_t generation, bool is_known)
{
    const size_t size = sizeof(struct module) + PATH_MAX_SIZE;
    struct module *scratch = pool_take(size), *equal = NULL;
    if (scratch == NULL)
        return NULL;
    fill_in(scratch, answer);
    if (is_known)
        equal = find_equal(scratch);
    struct module *module = equal ? equal : copy(scratch);
    pool_give(scratch, size);
    if (module)
        atomic_store_explicit(&module->checked, generation, memory_order_relaxed);
    if (module == NULL || equal)
        return module;
    module->trace = find_record(module);
    if (module->trace == 0)
        module->trace = record_module(segment, module);
    struct module *head = atomic_load_explicit(&modules, memory_order_relaxed);
    do
        module->next = head;
    while (!atomic_compare_exchange_weak_explicit(
        &modules, &head, module, memory_order_release, memory_order_relaxed));
    return module;
}

const struct module *modules_find(
    struct segment *segment, uint64_t address, struct arch_vectors *area)
{
    struct answer answer = {.address = address};
    arch_call_saving(area, ask_dynamic_linker, &answer);
    if (!answer.found)
        return NULL;
    uint32_t generation = atomic_load_explicit(&modules_generation, memory_order_acquire);
    bool is_known = false;
    /* Pairs with the release in add. */
    struct module *module = atomic_load_explicit(&modules, memory_order_acquire);
    for (; module; module = module->next) {
        if (!looks_the_same(module, &answer))
            continue;
        if (is_certain(module, generation))
            return module;
        is_known = true;
    }
    return modules_add(segment, &answer, generation, is_known);
}

void modules_reset(void)
{
    atomic_store_explicit(&modules, NULL, memory_order_relaxed);
}
