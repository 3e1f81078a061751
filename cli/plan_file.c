/*
 * plan_file.c - which leaves were found in one file, and how each is hooked.
 */
#include "plan_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook_plan.h"
#include "own_file.h"

#define LIST_MAGIC UINT64_C(0x7473696c2d6373) /* "sc-list" */

/* A list: this, then for each function a struct listed, its leaves as 32-bit numbers, and its
 * texts: symbol, shown, and why if it has one, each ended by NUL. */
struct list_header {
    uint64_t magic;
    uint64_t count;
    uint64_t list_sum; /* of what follows */
    uint64_t plan_sum;
};

struct listed {
    uint64_t address;
    uint32_t leaf, flags;
    uint8_t is_exported, is_ifunc, has_why, reserved;
    uint32_t leaf_count;
};

void plan_file_clear(struct plan_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        free((char *)file->list[i].symbol);
        free((char *)file->list[i].shown);
        free((char *)file->list[i].why);
        free(file->list[i].leaves);
    }
    free(file->list);
    file->list = NULL;
    file->count = 0;
}

enum plan_hook plan_function_hook(
    const struct plan_file *file, const struct plan_function *function)
{
    if (function->why == NULL)
        return PLAN_AT_ENTRY;
    return function->is_exported && !file->is_program ? PLAN_BY_LINKER : PLAN_NOT_HOOKED;
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

/* Eight bytes at a time, as it is read while a program waits. */
static uint64_t sum_bytes(const char *bytes, size_t size)
{
    uint64_t sum = size, word;
    for (size_t i = 0; i < size; i += sizeof word) {
        word = 0;
        memcpy(&word, bytes + i, size - i < sizeof word ? size - i : sizeof word);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 32;
    }
    return sum;
}

/* ---- reading ---- */

/* What is left of a list. */
struct rest {
    const char *at, *end;
};

static bool take(struct rest *rest, void *to, size_t size)
{
    if ((size_t)(rest->end - rest->at) < size)
        return false;
    memcpy(to, rest->at, size);
    rest->at += size;
    return true;
}

static char *take_text(struct rest *rest)
{
    size_t size = strlen(rest->at) + 1; /* there is a NUL behind the end */
    if (size > (size_t)(rest->end - rest->at))
        return NULL;
    char *text = strdup(rest->at);
    rest->at += size;
    return text;
}

static bool take_leaves(struct rest *rest, struct plan_function *function, uint32_t count)
{
    if (count > (size_t)(rest->end - rest->at) / sizeof(uint32_t))
        return false;
    function->leaves = calloc(count + (size_t)1, sizeof *function->leaves);
    if (function->leaves == NULL)
        return false;
    for (uint32_t leaf; function->leaf_count < count && take(rest, &leaf, sizeof leaf);)
        function->leaves[function->leaf_count++] = leaf;
    return true;
}

static bool take_function(struct rest *rest, struct plan_function *function)
{
    struct listed listed;
    if (!take(rest, &listed, sizeof listed))
        return false;
    *function = (struct plan_function){.leaf = listed.leaf,
        .flags = listed.flags,
        .address = listed.address,
        .is_exported = listed.is_exported,
        .is_ifunc = listed.is_ifunc};
    if (!take_leaves(rest, function, listed.leaf_count))
        return false;
    function->symbol = take_text(rest);
    function->shown = function->symbol ? take_text(rest) : NULL;
    if (listed.has_why)
        function->why = function->shown ? take_text(rest) : NULL;
    return function->shown && (function->why || !listed.has_why);
}

/* Leaves what was taken of a damaged list to the caller. */
static bool take_list(struct rest *rest, struct plan_file *file)
{
    struct list_header header;
    if (!take(rest, &header, sizeof header) || header.magic != LIST_MAGIC ||
        header.count > (size_t)(rest->end - rest->at) / sizeof(struct listed) ||
        header.list_sum != sum_bytes(rest->at, (size_t)(rest->end - rest->at)))
        return false;
    file->plan_sum = header.plan_sum;
    file->list = calloc(header.count + 1, sizeof *file->list);
    for (uint64_t i = 0; file->list && i < header.count; i++) {
        file->count++;
        if (!take_function(rest, &file->list[i]))
            return false;
    }
    return file->list && rest->at == rest->end;
}

int plan_file_sum(const char *path, uint64_t *sum)
{
    char *bytes = NULL;
    size_t size = 0;
    int error = own_file_read(path, &bytes, &size);
    if (error == 0)
        *sum = sum_bytes(bytes, size);
    free(bytes);
    return error;
}

int plan_file_load(struct plan_file *file, const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    int error = own_file_read(path, &bytes, &size);
    if (error)
        return error;
    struct rest rest = {bytes, bytes + size};
    bool is_sound = take_list(&rest, file);
    free(bytes);
    if (!is_sound)
        plan_file_clear(file);
    return is_sound ? 0 : -EBADMSG;
}

/* ---- writing ---- */

static void write_functions(FILE *out, const struct plan_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct plan_function *function = &file->list[i];
        const struct listed listed = {.address = function->address,
            .leaf = (uint32_t)function->leaf,
            .flags = function->flags,
            .is_exported = function->is_exported,
            .is_ifunc = function->is_ifunc,
            .has_why = function->why != NULL,
            .leaf_count = (uint32_t)function->leaf_count};
        fwrite(&listed, sizeof listed, 1, out);
        for (size_t j = 0; j < function->leaf_count; j++)
            fwrite(&(uint32_t){(uint32_t)function->leaves[j]}, sizeof(uint32_t), 1, out);
        fwrite(function->symbol, strlen(function->symbol) + 1, 1, out);
        fwrite(function->shown, strlen(function->shown) + 1, 1, out);
        if (function->why)
            fwrite(function->why, strlen(function->why) + 1, 1, out);
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
            LIST_MAGIC, file->count, sum_bytes(bytes, size), file->plan_sum};
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
    if (error == 0 && rename(unfinished, path) != 0)
        error = -errno;
    if (error)
        unlink(unfinished);
    return error;
}
