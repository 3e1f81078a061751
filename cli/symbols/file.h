/*
 * file.h - opens a file and finds its separate debug files, never over the network.
 */
#ifndef SYMBOLS_FILE_H
#define SYMBOLS_FILE_H

#include <elfutils/libdwfl.h>

#include "base/file_identity.h"

struct symbols_file {
    Dwfl *dwfl;
    Dwfl_Module *module; /* its addresses are those in the file */
    Elf *elf;            /* of `path` itself */
};

/* Opens `path` ("[vdso]": that of this process) if it is a program or a shared object, and the one
 * of that identity; NULL: any. The first build_id_size bytes of a build-id are compared. Returns
 * NULL, or in static words what is wrong, and then *file is untouched. */
const char *symbols_file_open(
    struct symbols_file *file, const char *path, const struct file_identity *identity);
void symbols_file_close(struct symbols_file *file);

#endif
