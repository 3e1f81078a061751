/*
 * libraries_compare.c - prints for each program whether its libraries are predicted, and rightly.
 *
 * Lines are "same PROGRAM", "uncertain PROGRAM", or "differs PROGRAM: FORESEEN, not ASKED".
 */
#include "program/libraries.h"

#include <stdio.h>
#include <string.h>

#define LINKER "/lib64/ld-linux-x86-64.so.2"

static const char *path_at(const struct libraries *libraries, size_t index)
{
    return index < libraries->count ? libraries->paths[index] : "nothing";
}

static void compare(
    const char *program, const struct libraries *predicted, const struct libraries *asked)
{
    for (size_t i = 0; i < predicted->count || i < asked->count; i++) {
        const char *ours = path_at(predicted, i), *theirs = path_at(asked, i);
        if (strcmp(ours, theirs) != 0) {
            printf("differs %s: %s, not %s\n", program, ours, theirs);
            return;
        }
    }
    printf("same %s\n", program);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct libraries predicted = {.paths = NULL}, asked = {.paths = NULL};
        if (libraries_predict(&predicted, argv[i], LINKER) != 0) {
            printf("uncertain %s\n", argv[i]);
            continue;
        }
        if (libraries_ask(&asked, argv[i], LINKER) == 0)
            compare(argv[i], &predicted, &asked);
        libraries_finish(&predicted);
        libraries_finish(&asked);
    }
    return 0;
}
