/*
 * dlopen.c - replaces dlopen(3) in a statically linked tool: nothing is loaded.
 *
 * libdwfl would load libdebuginfod to ask a server for debug files, which the tool prevents in any
 * case (symbols/file.c). With the C library's own dlopen, a static program is larger and loads a
 * second C library. In a dynamic tool nothing uses this function.
 */
#include <dlfcn.h>
#include <stddef.h>

void *dlopen(const char *path, int mode)
{
    (void)path, (void)mode;
    return NULL;
}

void *dlsym(void *restrict library, const char *restrict name)
{
    (void)library, (void)name;
    return NULL;
}
