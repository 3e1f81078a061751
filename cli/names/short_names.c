/*
 * short_names.c - short names for many functions, which can be told from each other.
 *
 * All names begin with the least detail. As long as different names have one short name, each of
 * them gets the next detail; with the last one, they differ.
 */
#include "names/short_names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "names/short_name.h"

struct entry {
    const char *name;
    char *text; /* the short name */
    size_t index;
    enum short_name_detail detail;
};

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static int raise_detail(struct entry *entry, const char *ellipsis)
{
    if (entry->detail == SHORT_NAME_WHOLE)
        return 0;
    char *text = short_name(entry->name, ellipsis, ++entry->detail);
    if (text == NULL)
        return -ENOMEM;
    free(entry->text);
    entry->text = text;
    return 0;
}

/* Returns the end of the entries with the short name of entries[start]. They are in order. */
static size_t end_of_equals(const struct entry *entries, size_t count, size_t start)
{
    size_t end = start + 1;
    while (end < count && strcmp(entries[start].text, entries[end].text) == 0)
        end++;
    return end;
}

/* Returns 1 if different names have had one short name, 0 if not, or -ENOMEM. */
static int tell_apart(struct entry *entries, size_t count, const char *ellipsis)
{
    int found = 0;
    qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t start = 0, end; start < count; start = end) {
        end = end_of_equals(entries, count, start);
        if (strcmp(entries[start].name, entries[end - 1].name) == 0)
            continue;
        found = 1;
        for (size_t i = start; i < end; i++)
            if (raise_detail(&entries[i], ellipsis) != 0)
                return -ENOMEM;
    }
    return found;
}

/* Returns 0 or -ENOMEM. */
static int short_names_begin(
    struct entry *entries, const char *const *names, size_t count, const char *ellipsis)
{
    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct entry){.name = names[i], .index = i, .detail = SHORT_NAME_BRIEF};
        entries[i].text = short_name(names[i], ellipsis, SHORT_NAME_BRIEF);
        if (entries[i].text == NULL)
            return -ENOMEM;
    }
    return 0;
}

/* Returns 0 or -ENOMEM. */
static int shorten_all(
    struct entry *entries, const char *const *names, size_t count, const char *ellipsis)
{
    int found = short_names_begin(entries, names, count, ellipsis);
    if (found != 0)
        return found;
    do
        found = tell_apart(entries, count, ellipsis);
    while (found > 0);
    return found;
}

int short_names(const char *const *names, size_t count, const char *ellipsis, char **shorts)
{
    struct entry *entries = calloc(count + 1, sizeof *entries);
    if (entries == NULL)
        return -ENOMEM;
    int error = shorten_all(entries, names, count, ellipsis);
    for (size_t i = 0; i < count; i++) {
        if (error == 0)
            shorts[entries[i].index] = entries[i].text;
        else
            free(entries[i].text);
    }
    free(entries);
    return error;
}
