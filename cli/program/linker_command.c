/*
 * linker_command.c - a command that executes the dynamic linker in order to run a program:
 * ld.so(8).
 */
#include "program/linker_command.h"

#include <stdlib.h>
#include <string.h>

#include "arch/machine.h"
#include "elf/image.h"

/* The options with which it runs a program (glibc, elf/rtld.c). */
static const struct option {
    const char *name;
    bool has_value;
} options[] = {
    {"--inhibit-cache", false},
    {"--library-path", true},
    {"--glibc-hwcaps-prepend", true},
    {"--glibc-hwcaps-mask", true},
    {"--inhibit-rpath", true},
    {"--audit", true},
    {"--preload", true},
    {"--argv0", true},
};

bool linker_command_is_linker(const char *path)
{
    struct elf_image image;
    if (elf_image_open(&image, path) != 0)
        return false;
    bool is_linker = image.soname && strcmp(image.soname, ARCH_LINKER_NAME) == 0;
    elf_image_close(&image);
    return is_linker;
}

static const struct option *find_option(const char *name)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

size_t linker_command_program(char *const argv[])
{
    size_t at = 1;
    while (argv[at] && strncmp(argv[at], "--", 2) == 0) {
        const struct option *option = find_option(argv[at]);
        if (option == NULL || (option->has_value && argv[at + 1] == NULL))
            return 0;
        at += option->has_value ? 2 : 1;
    }
    return argv[at] ? at : 0;
}

char **linker_command_list(char *const argv[], size_t program, char *linker)
{
    static char list[] = "--list";
    char **command = calloc(program + 3, sizeof *command);
    if (command == NULL)
        return NULL;
    command[0] = linker;
    command[1] = list;
    memcpy(command + 2, argv + 1, program * sizeof *command);
    return command;
}
