/*
 * stub_object.c - the shared object that holds the stubs and their records.
 *
 * It is built in memory as the dynamic linker will see it; offsets in the file are addresses:
 *
 *     read     headers, symbols, versions, relocations, unwind tables
 *     execute  .text: the stubs
 *     write    .dynamic, .data: the records
 *
 * The relocations write the address of the trampoline into each record. Records refer to their
 * strings by distance, which needs no relocation. Formats: the System V gABI and its x86-64 psABI,
 * the LSB ("Symbol Versioning", "Exception Frames"), and for .gnu.hash the linkers' own code.
 */
#include "plan/stub_object.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/machine.h"
#include "arch/stub.h"
#include "base/own_file.h"
#include "elf/hash.h"
#include "hook_record.h"
#include "leaves/system_calls.h"

#define OBJECT_NAME "scoped-trace-interposer.so"
#define PAGE_SIZE   4096
#define HIDDEN      0x8000 /* in .gnu.version: matches only a reference to this version */

enum section_id {
    NO_SECTION,
    GNU_HASH,
    DYNSYM,
    DYNSTR,
    VERSYM,
    VERDEF,
    RELA,
    EH_FRAME_HDR,
    EH_FRAME,
    TEXT,    /* begins on a new page */
    DYNAMIC, /* begins on a new page */
    DATA,
    SHSTRTAB,
    SECTIONS
};

static const struct {
    const char *name;
    uint32_t type, flags, link;
    unsigned alignment, entry_size;
} kinds[SECTIONS] = {
    [NO_SECTION] = {"", SHT_NULL, 0, 0, 0, 0},
    [GNU_HASH] = {".gnu.hash", SHT_GNU_HASH, SHF_ALLOC, DYNSYM, 8, 0},
    [DYNSYM] = {".dynsym", SHT_DYNSYM, SHF_ALLOC, DYNSTR, 8, sizeof(Elf64_Sym)},
    [DYNSTR] = {".dynstr", SHT_STRTAB, SHF_ALLOC, 0, 1, 0},
    [VERSYM] = {".gnu.version", SHT_GNU_versym, SHF_ALLOC, DYNSYM, 2, sizeof(Elf64_Half)},
    [VERDEF] = {".gnu.version_d", SHT_GNU_verdef, SHF_ALLOC, DYNSTR, 8, 0},
    [RELA] = {".rela.dyn", SHT_RELA, SHF_ALLOC, DYNSYM, 8, sizeof(Elf64_Rela)},
    [EH_FRAME_HDR] = {".eh_frame_hdr", SHT_PROGBITS, SHF_ALLOC, 0, 4, 0},
    [EH_FRAME] = {".eh_frame", SHT_PROGBITS, SHF_ALLOC, 0, 8, 0},
    [TEXT] = {".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, 16, 0},
    [DYNAMIC] = {".dynamic", SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE, DYNSTR, 8, sizeof(Elf64_Dyn)},
    [DATA] = {".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0, 16, 0},
    [SHSTRTAB] = {".shstrtab", SHT_STRTAB, 0, 0, 1, 0},
};

/* Symbols that are not in the hash table come first: the null symbol, and the trampoline. */
enum { ENTER_SYMBOL = 1, FIRST_HASHED = 2 };

enum { TABLES = 2 }; /* of records, and of system calls */

/* A symbol that is in the hash table. */
struct hashed {
    uint32_t hash, bucket;
    Elf64_Sym symbol;
    Elf64_Half version;
};

struct object {
    struct stub_contents has;
    unsigned char *bytes;
    size_t size;
    struct {
        size_t address, size;
    } sections[SECTIONS];
    uint32_t string_end;       /* of the used part of .dynstr */
    uint32_t *version_strings; /* offset of each version's name in .dynstr */
    struct hashed *hashed;     /* of the stubs, and the two tables */
    size_t hashed_count;
    uint32_t bucket_count, bloom_words, bloom_shift;
};

static size_t align_up(size_t value, size_t alignment)
{
    return (value + alignment - 1) & ~(alignment - 1);
}

static size_t address(const struct object *object, enum section_id id)
{
    return object->sections[id].address;
}

static void *content(const struct object *object, enum section_id id)
{
    return object->bytes + object->sections[id].address;
}

static int32_t stub_object_distance(size_t from, size_t to)
{
    return (int32_t)((int64_t)to - (int64_t)from);
}

static uint32_t put_string(struct object *object, const char *string)
{
    uint32_t offset = object->string_end;
    size_t size = strlen(string) + 1;
    memcpy((char *)content(object, DYNSTR) + offset, string, size);
    object->string_end += (uint32_t)size;
    return offset;
}

static bool is_shown_as_itself(const struct stub *stub)
{
    return strcmp(stub->shown, stub->symbol) == 0;
}

static size_t strings_size(const struct object *object)
{
    size_t size = 1 + sizeof OBJECT_NAME + sizeof HOOK_ENTER_SYMBOL + sizeof HOOK_TABLE_SYMBOL +
                  sizeof HOOK_CALLS_SYMBOL;
    for (size_t i = 0; i < object->has.version_count; i++)
        size += strlen(object->has.versions[i]) + 1;
    for (size_t i = 0; i < object->has.stub_count; i++) {
        const struct stub *stub = &object->has.stubs[i];
        size += strlen(stub->symbol) + 1;
        size += is_shown_as_itself(stub) ? 0 : strlen(stub->shown) + 1;
    }
    for (size_t i = 0; i < object->has.call_count; i++)
        size += strlen(object->has.calls[i].shown) + 1;
    return size;
}

static size_t section_names_size(void)
{
    size_t size = 0;
    for (size_t i = 0; i < SECTIONS; i++)
        size += strlen(kinds[i].name) + 1;
    return size;
}

/* At least 12 bits of the Bloom filter per symbol, and two symbols per bucket. */
static size_t measure_hash(struct object *object)
{
    object->bucket_count = (uint32_t)object->hashed_count / 2 + 1;
    object->bloom_words = 1;
    object->bloom_shift = 6;
    while (object->bloom_words * 64 < 12 * object->hashed_count) {
        object->bloom_words *= 2;
        object->bloom_shift++;
    }
    return 4 * sizeof(uint32_t) + object->bloom_words * sizeof(uint64_t) +
           (object->bucket_count + object->hashed_count) * sizeof(uint32_t);
}

enum { PROGRAM_HEADERS = 6, DYNAMIC_ENTRIES = 14 };
enum { CIE_SIZE = ARCH_STUB_CIE_SIZE, FDE_SIZE = 20, EH_FRAME_HDR_SIZE = 20 };

static void stub_object_measure(struct object *object)
{
    size_t symbols = FIRST_HASHED + object->hashed_count;
    size_t records = (object->has.stub_count + 1) * sizeof(struct hook_record);
    size_t calls = (object->has.call_count + 1) * sizeof(struct hook_system_call);
    object->sections[GNU_HASH].size = measure_hash(object);
    object->sections[DYNSYM].size = symbols * sizeof(Elf64_Sym);
    object->sections[DYNSTR].size = strings_size(object);
    object->sections[VERSYM].size = symbols * sizeof(Elf64_Half);
    object->sections[VERDEF].size = (1 + object->has.version_count) *
                                    (sizeof(Elf64_Verdef) + sizeof(Elf64_Verdaux));
    object->sections[RELA].size = object->has.stub_count * sizeof(Elf64_Rela);
    object->sections[EH_FRAME_HDR].size = EH_FRAME_HDR_SIZE;
    object->sections[EH_FRAME].size = CIE_SIZE + FDE_SIZE + sizeof(uint32_t);
    object->sections[TEXT].size = object->has.stub_count * ARCH_STUB_SIZE;
    object->sections[DYNAMIC].size = DYNAMIC_ENTRIES * sizeof(Elf64_Dyn);
    object->sections[DATA].size = records + calls;
    object->sections[SHSTRTAB].size = section_names_size();
}

static void place(struct object *object)
{
    size_t end = sizeof(Elf64_Ehdr) + PROGRAM_HEADERS * sizeof(Elf64_Phdr);
    for (enum section_id id = GNU_HASH; id < SECTIONS; id++) {
        bool begins_page = id == TEXT || id == DYNAMIC;
        end = align_up(end, begins_page ? PAGE_SIZE : kinds[id].alignment);
        object->sections[id].address = end;
        end += object->sections[id].size;
    }
    object->size = align_up(end, 8) + SECTIONS * sizeof(Elf64_Shdr);
}

static Elf64_Half version_index(const struct stub *stub)
{
    if (stub->version == STUB_UNVERSIONED)
        return VER_NDX_GLOBAL;
    return (Elf64_Half)((stub->version + 2) | (stub->is_hidden ? HIDDEN : 0));
}

static void add_hashed(
    struct object *object, const char *name, Elf64_Sym symbol, Elf64_Half version)
{
    uint32_t hash = elf_hash_gnu(name);
    object->hashed[object->hashed_count++] = (struct hashed){
        hash, hash % object->bucket_count, symbol, version};
}

static size_t stub_address(const struct object *object, size_t stub)
{
    return address(object, TEXT) + stub * ARCH_STUB_SIZE;
}

static size_t record_address(const struct object *object, size_t stub)
{
    return address(object, DATA) + stub * sizeof(struct hook_record);
}

static size_t jump_address(const struct object *object, size_t stub)
{
    return record_address(object, stub) + offsetof(struct hook_record, jump);
}

static void put_stub(struct object *object, size_t index)
{
    const struct stub *stub = &object->has.stubs[index];
    uint32_t name = put_string(object, stub->symbol);
    uint32_t shown = is_shown_as_itself(stub) ? name : put_string(object, stub->shown);
    size_t at = record_address(object, index), strings = address(object, DYNSTR);
    struct hook_record *record = (struct hook_record *)(object->bytes + at);
    record->name = stub_object_distance(at, strings + name);
    record->shown = stub_object_distance(at, strings + shown);
    record->flags = stub->flags;
    if (stub->version != STUB_UNVERSIONED)
        record->version = stub_object_distance(
            at, strings + object->version_strings[stub->version]);

    Elf64_Sym symbol = {.st_name = name,
        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
        .st_shndx = TEXT,
        .st_value = stub_address(object, index),
        .st_size = ARCH_STUB_SIZE};
    add_hashed(object, stub->symbol, symbol, version_index(stub));
    size_t at_stub = stub_address(object, index);
    arch_stub_put(object->bytes + at_stub, at_stub, at, jump_address(object, index));
}

/* The calls lie behind the last of the records. */
static size_t calls_address(const struct object *object)
{
    return record_address(object, object->has.stub_count + 1);
}

static void put_system_call(struct object *object, size_t index)
{
    const struct system_call *call = &object->has.calls[index];
    size_t at = calls_address(object) + index * sizeof(struct hook_system_call);
    struct hook_system_call *put = (struct hook_system_call *)(object->bytes + at);
    int32_t name = stub_object_distance(at + offsetof(struct hook_system_call, record),
        address(object, DYNSTR) + put_string(object, call->shown));
    put->number = call->number;
    put->record.name = put->record.shown = name;
    put->record.flags = call->flags;
}

static void put_table_symbol(struct object *object, const char *name, size_t from, size_t to)
{
    Elf64_Sym symbol = {.st_name = put_string(object, name),
        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
        .st_shndx = DATA,
        .st_value = from,
        .st_size = to - from};
    add_hashed(object, name, symbol, VER_NDX_GLOBAL);
}

static void put_table_symbols(struct object *object)
{
    size_t records = address(object, DATA), calls = calls_address(object);
    put_table_symbol(object, HOOK_TABLE_SYMBOL, records, calls);
    put_table_symbol(object, HOOK_CALLS_SYMBOL, calls, records + object->sections[DATA].size);
}

static void put_trampoline(struct object *object)
{
    Elf64_Sym symbol = {.st_name = put_string(object, HOOK_ENTER_SYMBOL),
        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
        .st_shndx = SHN_UNDEF};
    Elf64_Rela *relocations = content(object, RELA);
    ((Elf64_Sym *)content(object, DYNSYM))[ENTER_SYMBOL] = symbol;
    ((Elf64_Half *)content(object, VERSYM))[ENTER_SYMBOL] = VER_NDX_GLOBAL;
    for (size_t i = 0; i < object->has.stub_count; i++)
        relocations[i] = (Elf64_Rela){.r_offset = jump_address(object, i),
            .r_info = ELF64_R_INFO(ENTER_SYMBOL, ARCH_RELOCATION_SYMBOL)};
}

/* The symbols of a bucket are adjacent. Among symbols of one name the one without a version comes
 * last: it would match every reference (check_match of glibc). */
static int by_bucket(const void *left, const void *right)
{
    const struct hashed *a = left, *b = right;
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->version == VER_NDX_GLOBAL) - (b->version == VER_NDX_GLOBAL);
}

static void put_hashed(struct object *object)
{
    uint32_t *header = content(object, GNU_HASH);
    uint64_t *bloom = (uint64_t *)(header + 4);
    uint32_t *buckets = (uint32_t *)(bloom + object->bloom_words);
    uint32_t *chain = buckets + object->bucket_count;
    Elf64_Sym *symbols = (Elf64_Sym *)content(object, DYNSYM) + FIRST_HASHED;
    Elf64_Half *versions = (Elf64_Half *)content(object, VERSYM) + FIRST_HASHED;
    size_t count = object->hashed_count;

    qsort(object->hashed, count, sizeof *object->hashed, by_bucket);
    header[0] = object->bucket_count;
    header[1] = FIRST_HASHED;
    header[2] = object->bloom_words;
    header[3] = object->bloom_shift;
    for (size_t i = 0; i < count; i++) {
        const struct hashed *hashed = &object->hashed[i];
        bool ends_bucket = i + 1 == count || hashed[1].bucket != hashed->bucket;
        uint64_t *word = &bloom[hashed->hash / 64 % object->bloom_words];
        *word |= UINT64_C(1) << hashed->hash % 64;
        *word |= UINT64_C(1) << (hashed->hash >> object->bloom_shift) % 64;
        if (buckets[hashed->bucket] == 0)
            buckets[hashed->bucket] = (uint32_t)(FIRST_HASHED + i);
        chain[i] = (hashed->hash & ~1u) | ends_bucket;
        symbols[i] = hashed->symbol;
        versions[i] = hashed->version;
    }
}

static void put_version(
    struct object *object, size_t index, const char *name, uint32_t string, Elf64_Half flags)
{
    struct {
        Elf64_Verdef definition;
        Elf64_Verdaux name;
    } *entry = content(object, VERDEF);
    bool is_last = index == object->has.version_count;
    entry[index].definition = (Elf64_Verdef){.vd_version = VER_DEF_CURRENT,
        .vd_flags = flags,
        .vd_ndx = (Elf64_Half)(index + 1),
        .vd_cnt = 1,
        .vd_hash = elf_hash_system_v(name),
        .vd_aux = sizeof(Elf64_Verdef),
        .vd_next = is_last ? 0 : sizeof *entry};
    entry[index].name = (Elf64_Verdaux){.vda_name = string};
}

/* The object's name comes first, as the base definition. */
static uint32_t put_versions(struct object *object)
{
    uint32_t own = put_string(object, OBJECT_NAME);
    put_version(object, 0, OBJECT_NAME, own, VER_FLG_BASE);
    for (size_t i = 0; i < object->has.version_count; i++) {
        object->version_strings[i] = put_string(object, object->has.versions[i]);
        put_version(object, i + 1, object->has.versions[i], object->version_strings[i], 0);
    }
    return own;
}

/* The same row is valid in every stub: nothing has been pushed. */
static void put_unwind_tables(struct object *object)
{
    size_t table = address(object, EH_FRAME), header = address(object, EH_FRAME_HDR);
    size_t fde_at = table + CIE_SIZE, text = address(object, TEXT);
    int32_t fde[FDE_SIZE / 4] = {FDE_SIZE - 4, CIE_SIZE + 4, stub_object_distance(fde_at + 8, text),
        (int32_t)object->sections[TEXT].size};
    /* 1: version; pcrel sdata4, udata4, datarel sdata4 (LSB, "The .eh_frame_hdr section") */
    int32_t search[EH_FRAME_HDR_SIZE / 4] = {0x3b031b01, stub_object_distance(header + 4, table), 1,
        stub_object_distance(header, text), stub_object_distance(header, fde_at)};
    memcpy(object->bytes + table, arch_stub_cie, CIE_SIZE);
    memcpy(object->bytes + fde_at, fde, sizeof fde);
    memcpy(object->bytes + header, search, sizeof search);
}

static void put_dynamic(struct object *object, uint32_t own_name)
{
    const Elf64_Dyn entries[] = {
        {DT_SONAME, {own_name}},
        {DT_GNU_HASH, {address(object, GNU_HASH)}},
        {DT_STRTAB, {address(object, DYNSTR)}},
        {DT_SYMTAB, {address(object, DYNSYM)}},
        {DT_STRSZ, {object->sections[DYNSTR].size}},
        {DT_SYMENT, {sizeof(Elf64_Sym)}},
        {DT_RELA, {address(object, RELA)}},
        {DT_RELASZ, {object->sections[RELA].size}},
        {DT_RELAENT, {sizeof(Elf64_Rela)}},
        {DT_VERSYM, {address(object, VERSYM)}},
        {DT_VERDEF, {address(object, VERDEF)}},
        {DT_VERDEFNUM, {object->has.version_count + 1}},
        {DT_FLAGS, {DF_BIND_NOW}},
        {DT_NULL, {0}},
    };
    _Static_assert(sizeof entries == DYNAMIC_ENTRIES * sizeof *entries, "as measured");
    memcpy(content(object, DYNAMIC), entries, sizeof entries);
}

static Elf64_Phdr segment(
    const struct object *object, uint32_t type, uint32_t flags, size_t from, enum section_id last)
{
    size_t size = address(object, last) + object->sections[last].size - from;
    return (Elf64_Phdr){.p_type = type,
        .p_flags = flags,
        .p_offset = from,
        .p_vaddr = from,
        .p_paddr = from,
        .p_filesz = size,
        .p_memsz = size,
        .p_align = type == PT_LOAD ? PAGE_SIZE : 8};
}

static void put_program_headers(struct object *object)
{
    const Elf64_Phdr headers[PROGRAM_HEADERS] = {
        segment(object, PT_LOAD, PF_R, 0, EH_FRAME),
        segment(object, PT_LOAD, PF_R | PF_X, address(object, TEXT), TEXT),
        segment(object, PT_LOAD, PF_R | PF_W, address(object, DYNAMIC), DATA),
        segment(object, PT_DYNAMIC, PF_R | PF_W, address(object, DYNAMIC), DYNAMIC),
        segment(object, PT_GNU_EH_FRAME, PF_R, address(object, EH_FRAME_HDR), EH_FRAME_HDR),
        {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W, .p_align = 16},
    };
    memcpy(object->bytes + sizeof(Elf64_Ehdr), headers, sizeof headers);
}

static uint32_t section_info(const struct object *object, enum section_id id)
{
    if (id == DYNSYM)
        return ENTER_SYMBOL; /* index of the first symbol that is not local */
    return id == VERDEF ? (uint32_t)object->has.version_count + 1 : 0;
}

static void put_section_headers(struct object *object)
{
    char *names = content(object, SHSTRTAB), *end = names;
    Elf64_Shdr *headers = (Elf64_Shdr *)(object->bytes + object->size -
                                         SECTIONS * sizeof(Elf64_Shdr));
    for (enum section_id id = NO_SECTION; id < SECTIONS; id++) {
        headers[id] = (Elf64_Shdr){.sh_name = (uint32_t)(end - names),
            .sh_type = kinds[id].type,
            .sh_flags = kinds[id].flags,
            .sh_addr = kinds[id].flags & SHF_ALLOC ? address(object, id) : 0,
            .sh_offset = address(object, id),
            .sh_size = object->sections[id].size,
            .sh_link = kinds[id].link,
            .sh_info = section_info(object, id),
            .sh_addralign = kinds[id].alignment,
            .sh_entsize = kinds[id].entry_size};
        end = stpcpy(end, kinds[id].name) + 1;
    }
}

static void put_header(struct object *object)
{
    const Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = ARCH_MACHINE,
        .e_version = EV_CURRENT,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_shoff = object->size - SECTIONS * sizeof(Elf64_Shdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = PROGRAM_HEADERS,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SECTIONS,
        .e_shstrndx = SHSTRTAB};
    memcpy(object->bytes, &header, sizeof header);
}

static int build(struct object *object)
{
    object->hashed_count = object->has.stub_count + TABLES;
    stub_object_measure(object);
    place(object);
    object->bytes = calloc(1, object->size);
    object->hashed = calloc(object->hashed_count, sizeof *object->hashed);
    object->version_strings = calloc(object->has.version_count + 1, sizeof(uint32_t));
    if (object->bytes == NULL || object->hashed == NULL || object->version_strings == NULL)
        return -ENOMEM;
    object->hashed_count = 0;
    object->string_end = 1; /* string 0 is the empty one */
    uint32_t own_name = put_versions(object);
    for (size_t i = 0; i < object->has.stub_count; i++)
        put_stub(object, i);
    for (size_t i = 0; i < object->has.call_count; i++)
        put_system_call(object, i);
    put_table_symbols(object);
    put_trampoline(object);
    put_hashed(object);
    put_unwind_tables(object);
    put_dynamic(object, own_name);
    put_program_headers(object);
    put_section_headers(object);
    put_header(object);
    return 0;
}

static int write_file(const char *path, const unsigned char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
    if (fd < 0)
        return -errno;
    int error = fchmod(fd, 0555) == 0 ? 0 : -errno; /* whatever the umask */
    if (error == 0)
        error = own_file_write(fd, bytes, size);
    if (close(fd) != 0 && error == 0)
        error = -errno;
    if (error != 0)
        unlink(path);
    return error;
}

int stub_object_write(const char *path, const struct stub_contents *contents)
{
    struct object object = {.has = *contents};
    int error = build(&object);
    if (error == 0)
        error = write_file(path, object.bytes, object.size);
    free(object.version_strings);
    free(object.hashed);
    free(object.bytes);
    return error;
}
