/*
 * configuration.c - options that the user always wants, from a file.
 */
#include "options/configuration.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/message.h"

/* Sets *path to the file's path, or to NULL: the user has no home. Returns 0 or -ENOMEM. */
static int configuration_find_file(char **path)
{
    const char *directory = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = 0;
    *path = NULL;
    if (directory && directory[0] == '/') /* a relative one is to be ignored */
        length = asprintf(path, "%s/scoped-trace/config", directory);
    else if (home && home[0] == '/')
        length = asprintf(path, "%s/.config/scoped-trace/config", home);
    return length < 0 ? -ENOMEM : 0;
}

static int configuration_add(struct configuration *configuration, char *argument, int line)
{
    size_t count = (size_t)configuration->count;
    if (argument == NULL)
        return -ENOMEM;
    if (array_reserve(&configuration->lines, count, 1, &configuration->line_room,
            sizeof *configuration->lines) != 0 ||
        array_reserve(&configuration->arguments, count, 2, &configuration->room,
            sizeof *configuration->arguments) != 0) {
        free(argument);
        return -ENOMEM;
    }
    configuration->lines[count] = line;
    configuration->arguments[count] = argument;
    configuration->arguments[count + 1] = NULL;
    configuration->count++;
    return 0;
}

/* "hide  Logger::*" becomes "--hide=Logger::*". */
static int add_line(struct configuration *configuration, char *text, int line)
{
    static const char blank[] = " \t\r\n";
    char *argument = NULL, *name = text + strspn(text, blank);
    size_t length = strlen(name);
    while (length > 0 && strchr(blank, name[length - 1]))
        name[--length] = '\0';
    if (*name == '\0' || *name == '#')
        return 0;
    char *value = name + strcspn(name, " \t=");
    char *end = value;
    value += strspn(value, " \t");
    value += *value == '=';
    value += strspn(value, " \t");
    *end = '\0';
    if (asprintf(&argument, *value ? "--%s=%s" : "--%s", name, value) < 0)
        argument = NULL;
    return configuration_add(configuration, argument, line);
}

static int configuration_read_lines(struct configuration *configuration, FILE *file)
{
    char *text = NULL;
    size_t room = 0;
    int error = configuration_add(configuration, strdup("configuration"), 0);
    for (int line = 1; error == 0 && getline(&text, &room, file) >= 0; line++)
        error = add_line(configuration, text, line);
    int reason = errno;
    free(text);
    return error ? error : ferror(file) ? -reason : 0;
}

static int explain(const struct configuration *configuration, int error, char **problem)
{
    return message_problem(
        problem, error, "cannot read '%s': %s", configuration->path, strerror(-error));
}

int configuration_read(struct configuration *configuration, char **problem)
{
    *configuration = (struct configuration){.count = 0};
    int error = configuration_find_file(&configuration->path);
    FILE *file = configuration->path ? fopen(configuration->path, "re") : NULL;
    if (file == NULL) {
        bool is_none = configuration->path == NULL || errno == ENOENT || errno == ENOTDIR ||
                       errno == EACCES; /* another user's home */
        return error || is_none ? error : explain(configuration, -errno, problem);
    }
    error = configuration_read_lines(configuration, file);
    fclose(file);
    return error == 0 || error == -ENOMEM ? error : explain(configuration, error, problem);
}

void configuration_finish(struct configuration *configuration)
{
    for (int i = 0; i < configuration->count; i++)
        free(configuration->arguments[i]);
    free(configuration->arguments);
    free(configuration->lines);
    free(configuration->path);
    *configuration = (struct configuration){.count = 0};
}
