/*
 * fuzz_displace.c - whatever a file has for code, it is refused or gives a plan that holds
 * together.
 *
 * For libFuzzer; it starts from nothing ("make fuzz" builds it).
 */
// needs: cli
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/displace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The input's first bytes: where the function lies, and what is around it. */
struct layout {
    uint8_t offset, size, part_offset, part_size, entries[3], table_size, base;
};

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "this plan does not hold together: %s\n", what);
    abort();
}

static void check_fixup(
    const struct hook_plan_entry *entry, const struct hook_plan_fixup *fixup, unsigned at_least)
{
    check(fixup->kind <= HOOK_PLAN_HIGH, "the kind of a fixup");
    check(fixup->at >= at_least, "fixups overlap");
    check(fixup->at + 4 <= fixup->end, "a fixup goes beyond its instruction");
    check(fixup->end <= entry->code_size, "a fixup goes beyond the code");
}

static void check_entry(const struct hook_plan_entry *entry, const struct code_bytes *text)
{
    static const uint8_t zeroes[HOOK_PLAN_CODE];
    uint64_t offset = entry->address - text->address;
    unsigned fixed = 0;
    check(entry->displaced_size >= HOOK_PLAN_JUMP, "the jump has no room");
    check(entry->displaced_size <= HOOK_PLAN_BYTES, "too much is displaced");
    check(offset < text->size && entry->displaced_size <= text->size - offset, "the address");
    check(memcmp(text->bytes + offset, entry->displaced, entry->displaced_size) == 0, "the bytes");
    check(entry->code_size > 0 && entry->code_size <= HOOK_PLAN_CODE, "the size of the code");
    check(entry->fixup_count <= HOOK_PLAN_FIXUPS, "the number of fixups");
    check(entry->ends_by_itself <= 1 && entry->is_one_instruction <= 1, "a flag");
    check(memcmp(entry->code + entry->code_size, zeroes,
              HOOK_PLAN_CODE - (size_t)entry->code_size) == 0,
        "there is more behind the code");
    for (size_t i = 0; i < entry->fixup_count; i++) {
        check_fixup(entry, &entry->fixups[i], fixed);
        fixed = entry->fixups[i].at + 4u;
    }
}

static int compare_addresses(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

/* Memory of just this size, so that the sanitizer sees what is read behind it. */
static uint8_t *copy(const uint8_t *bytes, size_t size)
{
    uint8_t *copied = malloc(size ? size : 1);
    check(copied != NULL, "memory");
    if (size != 0)
        memcpy(copied, bytes, size);
    return copied;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct layout layout;
    if (size < sizeof layout)
        return 0;
    memcpy(&layout, bytes, sizeof layout);
    bytes += sizeof layout, size -= sizeof layout;
    size_t table_size = layout.table_size < size ? layout.table_size : size;
    uint64_t base = layout.base % 2 ? 0x1000 : 0;
    struct code_bytes text = {copy(bytes, size - table_size), base, size - table_size};
    struct code_bytes tables = {copy(bytes + text.size, table_size), base + text.size, table_size};
    uint64_t entries[3];
    for (size_t i = 0; i < 3; i++)
        entries[i] = base + layout.entries[i];
    qsort(entries, 3, sizeof *entries, compare_addresses);
    struct code_range part = {base + layout.part_offset, layout.part_size};
    struct code_function function = {base + layout.offset, layout.size, entries,
        layout.base / 2 % 4, &part, layout.base / 8 % 2};
    struct hook_plan_entry entry;
    const char *why = NULL;
    int error = displace(&text, layout.base / 16 % 2 ? &tables : NULL, &function, &entry, &why);
    check(error == 0 || (error == -EOPNOTSUPP && why), "an error without a reason");
    if (error == 0)
        check_entry(&entry, &text);
    free((void *)text.bytes);
    free((void *)tables.bytes);
    return 0;
}
