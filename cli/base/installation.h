/*
 * installation.h - finds the other parts of scoped-trace.
 */
#ifndef BASE_INSTALLATION_H
#define BASE_INSTALLATION_H

#define BROWSER_NAME "scoped-trace-browse"

/* Finds `name` beside the tool's executable, as in a build tree, or where `make install` puts it.
 * *path is to be freed. Returns 0 or -errno, -ENOENT if it is in neither place; *problem is one
 * line (malloc'ed). */
int installation_find(char **path, const char *name, char **problem);

#endif
