/*
 * installation.h - where the other parts of scoped-trace lie.
 */
#ifndef BASE_INSTALLATION_H
#define BASE_INSTALLATION_H

/* The path of `name`, beside the tool's executable, as in a build tree, or where `make install`
 * puts it; to be freed. Returns 0 or -errno, -ENOENT where it is in neither place; *problem is one
 * line (malloc'ed). */
int installation_find(char **path, const char *name, char **problem);

#endif
