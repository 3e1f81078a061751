/*
 * configuration.h - options that the user always wants, from a file.
 *
 * The file is scoped-trace/config in $XDG_CONFIG_HOME, or in ~/.config (XDG Base Directory
 * Specification). Each line has one long option without its dashes: "hide Logger::*", "sort=order".
 * Empty lines and those that begin with # say nothing.
 */
#ifndef OPTIONS_CONFIGURATION_H
#define OPTIONS_CONFIGURATION_H

#include <stddef.h>

struct configuration {
    char *path;
    char **arguments; /* "--hide=Logger::*"; [0] is no option, as in main's argv; ended by NULL */
    int *lines;       /* the line of each */
    int count;
    size_t room, line_room;
};

/* Reads the file. Without one, the configuration is empty. Returns 0, -ENOMEM, or -errno with
 * *problem, one line (malloc'ed). All is malloc'ed. */
int configuration_read(struct configuration *configuration, char **problem);

/* The object is empty then. */
void configuration_finish(struct configuration *configuration);

#endif
