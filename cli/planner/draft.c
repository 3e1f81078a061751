/*
 * draft.c - writes the plan of a file, in the layout of hook_plan.h.
 */
#include "planner/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/own_file.h"
#include "hook_plan.h"

#define PATH_SIZE 512

/* Adds a text and sets *offset to its offset among the texts. Returns 0 or -ENOMEM. */
static int add_text(struct plan_draft *draft, const char *text, uint32_t *offset)
{
    size_t size = strlen(text) + 1;
    if (array_reserve(&draft->texts, draft->texts_size, size, &draft->texts_room, 1) != 0)
        return -ENOMEM;
    memcpy(draft->texts + draft->texts_size, text, size);
    *offset = (uint32_t)draft->texts_size;
    draft->texts_size += size;
    return 0;
}

/* The place of the texts is known only when all entries have been added; until then offsets count
 * from the first text. */
int plan_draft_add(struct plan_draft *draft, const struct hook_plan_entry *entry,
    const char *symbol, const char *shown, uint32_t flags)
{
    int error = array_reserve(
        &draft->entries, draft->count, 1, &draft->room, sizeof *draft->entries);
    if (error)
        return error;
    struct hook_plan_entry *added = &draft->entries[draft->count];
    *added = *entry;
    added->flags = flags;
    error = add_text(draft, shown, &added->shown);
    if (error == 0)
        error = add_text(draft, symbol, &added->symbol);
    draft->count += error == 0;
    return error;
}

/* Writes the entries with offsets of texts that count from the beginning of the file. */
static int write_entries(const struct plan_draft *draft, int fd, uint32_t texts_at)
{
    for (size_t i = 0; i < draft->count; i++) {
        struct hook_plan_entry entry = draft->entries[i];
        entry.shown += texts_at;
        entry.symbol += texts_at;
        int error = own_file_write(fd, &entry, sizeof entry);
        if (error)
            return error;
    }
    return 0;
}

static int write_draft(const struct plan_draft *draft, int fd)
{
    uint32_t texts_at = (uint32_t)(sizeof(struct hook_plan_header) +
                                   draft->count * sizeof *draft->entries);
    struct hook_plan_header header = {
        .magic = HOOK_PLAN_MAGIC,
        .version = HOOK_PLAN_VERSION,
        .count = (uint32_t)draft->count,
        .size = texts_at + (uint32_t)draft->texts_size,
    };
    int error = own_file_write(fd, &header, sizeof header);
    if (error == 0)
        error = write_entries(draft, fd, texts_at);
    return error ? error : own_file_write(fd, draft->texts, draft->texts_size);
}

int plan_draft_save(const struct plan_draft *draft, const char *directory, const char *name)
{
    char path[PATH_SIZE], unfinished[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path ||
        snprintf(unfinished, sizeof unfinished, "%s/%s.new", directory, name) >=
            (int)sizeof unfinished)
        return -ENAMETOOLONG;
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int error = write_draft(draft, fd);
    if (close(fd) != 0 && error == 0)
        error = -errno;
    return own_file_complete(unfinished, path, error);
}

void plan_draft_finish(struct plan_draft *draft)
{
    free(draft->entries);
    free(draft->texts);
}
