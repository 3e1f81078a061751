/*
 * fuzz_names.c - whatever a name or a path holds, it is shortened to one that says something, those
 * of different functions differ, and a text that is cut fits.
 *
 * The input is names, each ended by NUL; the first byte is a number of columns. For libFuzzer.
 */
// needs: cli
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "names/fit.h"
#include "names/short_name.h"
#include "names/short_names.h"
#include "names/short_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define NAMES_MAX 16

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "this does not hold: %s\n", what);
    abort();
}

static void try_name(const char *name)
{
    for (enum short_name_detail detail = SHORT_NAME_BRIEF; detail <= SHORT_NAME_WHOLE; detail++) {
        char *text = short_name(name, "…", detail);
        check(text != NULL && (*text == '\0') == (*name == '\0'), "something is left of a name");
        check(detail != SHORT_NAME_WHOLE || strcmp(text, name) == 0, "a whole name is unchanged");
        free(text);
    }
}

static void try_fit(const char *text, size_t columns)
{
    char *fitted = names_fit(text, columns, "…");
    check(character_columns(fitted) <= columns, "a text fits");
    check(character_columns(text) > columns || strcmp(text, fitted) == 0, "what fits is unchanged");
    free(fitted);
}

static void try_path(const char *path, const char *directory)
{
    char *text = short_path(path, directory);
    check((*text == '\0') == (*path == '\0'), "something is left of a path");
    check(strstr(text, "//") == NULL && strstr(text, "/./") == NULL, "a path has no detours");
    check(strlen(text) <= strlen(path) + 1, "a path is no longer than before");
    free(text);
}

static void try_names(const char *const *names, size_t count)
{
    char *shorts[NAMES_MAX];
    check(short_names(names, count, "...", shorts) == 0, "there is memory");
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            check((strcmp(names[i], names[j]) == 0) == (strcmp(shorts[i], shorts[j]) == 0),
                "what differs differs when it is short");
    for (size_t i = 0; i < count; i++)
        free(shorts[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    char *text = malloc(size + 1);
    if (text == NULL || size == 0) {
        free(text);
        return 0;
    }
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';
    for (const char *at = text; at < text + size && count < NAMES_MAX; at += strlen(at) + 1)
        names[count++] = at;
    for (size_t i = 0; i < count; i++) {
        try_name(names[i]);
        try_fit(names[i], bytes[0]);
        try_path(names[i], names[0]);
    }
    try_names(names, count);
    free(text);
    return 0;
}
