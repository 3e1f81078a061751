/*
 * plan_tool.c - writes plans by hand, for the tests: how long the first instructions are is said
 * by whoever has written them.
 *
 *   plan_tool SESSION FILE SPEC...     writes the plan of FILE
 *   plan_tool serve SESSION DIRECTORY  answers who asks: DIRECTORY/NAME has the SPECs for a file of
 *                                      that name, in lines; prints "asked NAME ANSWER"
 *
 * SPEC: SYMBOL:LENGTHS[:FLAGS]. LENGTHS is a list like 1,3,7r3: "r3" says that at offset 3 of the
 * instruction is a 32-bit distance from its end. FLAGS: t tail, s arguments on the stack, o one
 * instruction, e ends by itself, i an IFUNC's resolver, x only what a resolver returns.
 */
#include <elf.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "hook_plan.h"
#include "hook_record.h"
#include "session_names.h"

#define ENTRIES_MAX 64
#define TEXTS_MAX   4096

struct elf_file {
    const unsigned char *bytes;
    struct stat status;
};

struct draft {
    const struct elf_file *file;
    struct hook_plan_entry entries[ENTRIES_MAX];
    unsigned count;
    char texts[TEXTS_MAX];
    unsigned texts_size;
};

static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "plan_tool: %s: %s\n", what, name);
    exit(2);
}

static void open_elf(struct elf_file *file, const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &file->status) != 0)
        give_up("cannot read", path);
    file->bytes = mmap(NULL, (size_t)file->status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (file->bytes == MAP_FAILED || memcmp(file->bytes, ELFMAG, SELFMAG) != 0)
        give_up("not ELF", path);
}

static const unsigned char *bytes_at(const struct elf_file *file, uint64_t address)
{
    const Elf64_Ehdr *header = (const void *)file->bytes;
    const Elf64_Phdr *segment = (const void *)(file->bytes + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++, segment++)
        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
            address < segment->p_vaddr + segment->p_filesz)
            return file->bytes + segment->p_offset + (address - segment->p_vaddr);
    return NULL;
}

static uint64_t symbol_in(const struct elf_file *file, const Elf64_Shdr *table, const char *name)
{
    const Elf64_Ehdr *header = (const void *)file->bytes;
    const Elf64_Shdr *sections = (const void *)(file->bytes + header->e_shoff);
    const char *strings = (const char *)file->bytes + sections[table->sh_link].sh_offset;
    const Elf64_Sym *symbols = (const void *)(file->bytes + table->sh_offset);
    for (size_t i = 0; i < table->sh_size / sizeof *symbols; i++)
        if (symbols[i].st_value && strcmp(strings + symbols[i].st_name, name) == 0)
            return symbols[i].st_value;
    return 0;
}

static uint64_t find_symbol(const struct elf_file *file, const char *name)
{
    const Elf64_Ehdr *header = (const void *)file->bytes;
    const Elf64_Shdr *section = (const void *)(file->bytes + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++, section++) {
        if (section->sh_type != SHT_SYMTAB && section->sh_type != SHT_DYNSYM)
            continue;
        uint64_t address = symbol_in(file, section, name);
        if (address)
            return address;
    }
    return 0;
}

/* Adds an instruction of the draft's file to the entry. */
static void add_instruction(struct hook_plan_entry *entry, const char *length)
{
    uint8_t at = entry->displaced_size, size = (uint8_t)strtoul(length, NULL, 10);
    const char *relative = strchr(length, 'r');
    memset(entry->original + at, at, size);
    entry->displaced_size = (uint8_t)(at + size);
    if (relative) {
        struct hook_plan_fixup *fixup = &entry->fixups[entry->fixup_count++];
        fixup->kind = HOOK_PLAN_RELATIVE;
        fixup->at = (uint8_t)(at + strtoul(relative + 1, NULL, 10));
        fixup->end = entry->displaced_size;
    }
}

static void apply_flags(struct hook_plan_entry *entry, const char *flags)
{
    for (; *flags && *flags != '\n'; flags++) {
        switch (*flags) {
        case 't': entry->flags |= HOOK_TAIL; break;
        case 's': entry->flags |= HOOK_STACK_ARGS; break;
        case 'o': entry->is_one_instruction = 1; break;
        case 'e': entry->ends_by_itself = 1; break;
        case 'i': entry->is_resolver = 1; break;
        default: break;
        }
    }
}

static void take_bytes(struct hook_plan_entry *entry, const struct elf_file *file)
{
    static const unsigned char endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    if (memcmp(bytes_at(file, entry->address), endbr64, sizeof endbr64) == 0)
        entry->address += sizeof endbr64;
    memcpy(entry->displaced, bytes_at(file, entry->address), entry->displaced_size);
    memcpy(entry->code, entry->displaced, entry->displaced_size);
    entry->code_size = entry->displaced_size;
    for (unsigned i = 0; i < entry->fixup_count; i++) {
        int32_t distance;
        memcpy(&distance, entry->code + entry->fixups[i].at, sizeof distance);
        entry->fixups[i].to = entry->address + entry->fixups[i].end + (uint64_t)(int64_t)distance;
    }
}

/* `address`: 0, or only what is there. */
static void add_spec(struct draft *draft, const char *spec, uint64_t address)
{
    char name[128], *lengths, *flags, *length;
    if (draft->count == ENTRIES_MAX)
        give_up("too many", spec);
    struct hook_plan_entry *entry = &draft->entries[draft->count];
    snprintf(name, sizeof name, "%s", spec);
    lengths = strchr(name, ':');
    if (lengths == NULL)
        give_up("no lengths", spec);
    *lengths++ = '\0';
    flags = strchr(lengths, ':');
    if (flags)
        *flags++ = '\0';
    memset(entry, 0, sizeof *entry);
    entry->address = find_symbol(draft->file, name);
    if (entry->address == 0)
        give_up("no such symbol", name);
    if (address ? entry->address != address : flags && strchr(flags, 'x') != NULL)
        return;
    apply_flags(entry, flags ? flags : "");
    while ((length = strsep(&lengths, ",")) != NULL && !entry->is_resolver)
        add_instruction(entry, length);
    if (!entry->is_resolver)
        take_bytes(entry, draft->file);
    entry->shown = entry->symbol = draft->texts_size;
    draft->texts_size += (unsigned)sprintf(draft->texts + draft->texts_size, "%s", name) + 1;
    draft->count++;
}

static int by_address(const void *a, const void *b)
{
    const struct hook_plan_entry *left = a, *right = b;
    return (left->address > right->address) - (left->address < right->address);
}

static void write_plan(struct draft *draft, const char *session, uint64_t address)
{
    char name[600], complete[512];
    uint32_t texts = (uint32_t)(sizeof(struct hook_plan_header) +
                                draft->count * sizeof(struct hook_plan_entry));
    const struct hook_plan_header header = {
        HOOK_PLAN_MAGIC, HOOK_PLAN_VERSION, draft->count, texts + draft->texts_size, 0};
    qsort(draft->entries, draft->count, sizeof *draft->entries, by_address);
    for (unsigned i = 0; i < draft->count; i++) {
        draft->entries[i].shown += texts;
        draft->entries[i].symbol += texts;
    }
    int length = snprintf(complete, sizeof complete, "%s/%lx-%lx", session,
        draft->file->status.st_dev, draft->file->status.st_ino);
    if (address)
        length += sprintf(complete + length, "-%lx", address);
    strcpy(complete + length, ".plan");
    snprintf(name, sizeof name, "%s.part", complete);
    FILE *file = fopen(name, "we");
    if (file == NULL)
        give_up("cannot write", name);
    fwrite(&header, sizeof header, 1, file);
    fwrite(draft->entries, sizeof *draft->entries, draft->count, file);
    fwrite(draft->texts, draft->texts_size, 1, file);
    fclose(file);
    rename(name, complete);
}

/* Writes the plan that was asked for. Returns whether there is one. */
static bool answer(const char *session, const char *directory, struct hook_plan_request *request)
{
    char path[512], spec[256];
    struct elf_file file;
    struct draft draft = {.file = &file};
    snprintf(path, sizeof path, "%s/%s", directory, basename(request->path));
    FILE *specs = fopen(path, "re");
    if (specs == NULL)
        return false;
    open_elf(&file, request->path);
    while (fgets(spec, sizeof spec, specs))
        add_spec(&draft, spec, request->address);
    fclose(specs);
    if (draft.count == 0 || file.status.st_ino != request->ino ||
        file.status.st_dev != request->dev)
        return false;
    write_plan(&draft, session, request->address);
    return true;
}

/* Takes PLAN_TOOL_PAUSE seconds for its first answer. */
static _Noreturn void serve(const char *session, const char *directory)
{
    const char *pause = getenv("PLAN_TOOL_PAUSE");
    unsigned seconds = pause ? (unsigned)atoi(pause) : 0;
    static struct hook_plan_request request;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", session, SESSION_PLAN_SOCKET);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0)
        give_up("cannot listen", address.sun_path);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        memset(&request, 0, sizeof request);
        ssize_t size = recv(client, &request, sizeof request, 0);
        if (size > (ssize_t)offsetof(struct hook_plan_request, path)) {
            while (seconds > 0)
                seconds = sleep(seconds);
            char said = answer(session, directory, &request);
            printf("asked %s %d\n", basename(request.path), said);
            fflush(stdout);
            send(client, &said, 1, MSG_NOSIGNAL);
        }
        close(client);
    }
}

int main(int argc, char **argv)
{
    struct elf_file file;
    struct draft draft = {.file = &file};
    if (argc == 4 && strcmp(argv[1], "serve") == 0)
        serve(argv[2], argv[3]);
    if (argc < 3)
        give_up("usage", "plan_tool SESSION FILE SPEC...");
    open_elf(&file, argv[2]);
    for (int i = 3; i < argc; i++)
        add_spec(&draft, argv[i], 0);
    write_plan(&draft, argv[1], 0);
    return 0;
}
