/*
 * path.h - parts of paths.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <string.h>

/* Returns what follows the last slash. */
static inline const char *path_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

#endif
