/*
 * file.c - which leaves were found in one file, and how each is hooked.
 */
#include "plan/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own_file.h"
#include "hook_plan.h"

#define LIST_MAGIC UINT64_C(0x327473696c2d6373) /* "sc-list2" */

/* A list consists of this header, a struct listed for each function, their leaves as 32-bit
 * numbers, and their texts: symbol, shown, and why and why_jump if they have them, each with its
 * NUL. */
struct list_header {
    uint64_t magic;
    uint64_t count;
    uint64_t list_sum; /* checksum of the rest */
    uint64_t plan_sum;
};

struct listed {
    uint64_t address;
    uint32_t leaf, flags;
    uint8_t is_exported, is_ifunc, has_why, has_why_jump, is_refused, reserved[3];
    uint32_t leaf_count;
};

void plan_file_clear(struct plan_file *file)
{
    free(file->list);
    free(file->storage);
    file->list = NULL;
    file->storage = NULL;
    file->count = 0;
}

bool plan_function_is_of(const struct plan_function *function, size_t leaf)
{
    for (size_t i = 0; i < function->leaf_count; i++)
        if (function->leaves[i] == leaf)
            return true;
    return false;
}

enum plan_hook plan_function_hook(
    const struct plan_file *file, const struct plan_function *function)
{
    if (function->why == NULL)
        return PLAN_AT_ENTRY;
    if (function->is_refused)
        return PLAN_NOT_HOOKED;
    bool has_stub = function->is_exported && !file->is_program && !file->is_late;
    return has_stub ? PLAN_BY_LINKER : PLAN_NOT_HOOKED;
}

const struct plan_function *plan_file_find(const struct plan_file *file, uint64_t address)
{
    size_t low = 0, high = file->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->list[middle].address == address)
            return &file->list[middle];
        if (file->list[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void plan_file_name(
    char name[PLAN_NAME_SIZE], const struct hook_plan_request *request, const char *suffix)
{
    int length = snprintf(name, PLAN_NAME_SIZE, "%lx-%lx", request->dev, request->ino);
    if (request->address)
        length += snprintf(
            name + length, PLAN_NAME_SIZE - (size_t)length, "-%lx", request->address);
    snprintf(name + length, PLAN_NAME_SIZE - (size_t)length, "%s", suffix);
}

/* ---- reading ---- */

/* The unread rest of a list; its bytes are not copied. */
struct rest {
    const char *at, *end;
};

/* Takes the next `count` elements of this size; NULL if there are fewer. */
static const void *plan_file_take(struct rest *rest, size_t count, size_t size)
{
    const char *taken = rest->at;
    if (count > (size_t)(rest->end - rest->at) / size)
        return NULL;
    rest->at += count * size;
    return taken;
}

/* The bytes end in a NUL. */
static const char *take_text(struct rest *rest)
{
    return plan_file_take(rest, strlen(rest->at) + 1, 1);
}

static bool take_texts(
    struct rest *texts, struct plan_function *function, const struct listed *listed)
{
    const char *last = function->symbol = take_text(texts);
    if (last)
        last = function->shown = take_text(texts);
    if (last && listed->has_why)
        last = function->why = take_text(texts);
    if (last && listed->has_why_jump)
        last = function->why_jump = take_text(texts);
    return last != NULL;
}

static bool take_functions(
    struct rest *rest, struct plan_file *file, const struct listed *all, size_t count)
{
    size_t leaf_count = 0;
    for (size_t i = 0; i < count; i++)
        leaf_count += all[i].leaf_count;
    const uint32_t *leaves = plan_file_take(rest, leaf_count, sizeof *leaves);
    if (leaves == NULL)
        return false;
    for (const struct listed *listed = all; listed < all + count; listed++) {
        struct plan_function *function = &file->list[file->count++];
        *function = (struct plan_function){.address = listed->address,
            .leaf = listed->leaf,
            .flags = listed->flags,
            .is_exported = listed->is_exported,
            .is_refused = listed->is_refused,
            .is_ifunc = listed->is_ifunc,
            .leaves = leaves,
            .leaf_count = listed->leaf_count};
        leaves += listed->leaf_count;
        if (!take_texts(rest, function, listed))
            return false;
    }
    return rest->at == rest->end;
}

/* If the list is damaged, the caller frees what was taken of it. */
static bool take_list(struct rest *rest, struct plan_file *file)
{
    const struct list_header *header = plan_file_take(rest, 1, sizeof *header);
    if (header == NULL || header->magic != LIST_MAGIC ||
        header->list_sum != own_file_sum_bytes(rest->at, (size_t)(rest->end - rest->at)))
        return false;
    const struct listed *all = plan_file_take(rest, header->count, sizeof *all);
    if (all == NULL)
        return false;
    file->plan_sum = header->plan_sum;
    file->list = calloc(header->count + 1, sizeof *file->list);
    return file->list && take_functions(rest, file, all, header->count);
}

int plan_file_load(struct plan_file *file, const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    int error = own_file_read(path, &bytes, &size);
    if (error)
        return error;
    struct rest rest = {bytes, bytes + size};
    file->storage = bytes;
    if (take_list(&rest, file))
        return 0;
    plan_file_clear(file);
    return -EBADMSG;
}

/* ---- writing ---- */

static void write_text(FILE *out, const char *text)
{
    if (text)
        fwrite(text, strlen(text) + 1, 1, out);
}

static void write_functions(FILE *out, const struct plan_file *file)
{
    const struct plan_function *end = file->list + file->count;
    for (const struct plan_function *function = file->list; function < end; function++) {
        const struct listed listed = {.address = function->address,
            .leaf = function->leaf,
            .flags = function->flags,
            .is_exported = function->is_exported,
            .is_ifunc = function->is_ifunc,
            .has_why = function->why != NULL,
            .has_why_jump = function->why_jump != NULL,
            .is_refused = function->is_refused,
            .leaf_count = function->leaf_count};
        fwrite(&listed, sizeof listed, 1, out);
    }
    for (const struct plan_function *function = file->list; function < end; function++)
        fwrite(function->leaves, sizeof *function->leaves, function->leaf_count, out);
    for (const struct plan_function *function = file->list; function < end; function++) {
        write_text(out, function->symbol);
        write_text(out, function->shown);
        write_text(out, function->why);
        write_text(out, function->why_jump);
    }
}

static bool write_list(FILE *out, const struct plan_file *file)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&bytes, &size);
    if (list == NULL)
        return false;
    write_functions(list, file);
    bool is_whole = fclose(list) == 0;
    if (is_whole) {
        const struct list_header header = {
            LIST_MAGIC, file->count, own_file_sum_bytes(bytes, size), file->plan_sum};
        fwrite(&header, sizeof header, 1, out);
        fwrite(bytes, size, 1, out);
    }
    free(bytes);
    return is_whole && !ferror(out);
}

int plan_file_save(const struct plan_file *file, const char *directory, const char *name)
{
    char path[PATH_MAX], unfinished[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path ||
        snprintf(unfinished, sizeof unfinished, "%s.new", path) >= (int)sizeof unfinished)
        return -ENAMETOOLONG;
    FILE *out = fopen(unfinished, "wxe");
    if (out == NULL)
        return -errno;
    int error = write_list(out, file) ? 0 : -EIO;
    if (fclose(out) != 0 && error == 0)
        error = -errno;
    return own_file_complete(unfinished, path, error);
}
