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

/* Opens `path` ("[vdso]": that of this process) if it is a program or a shared object with this
 * identity; NULL: any identity. Compares the first build_id_size bytes of the build-id. Returns 0,
 * or -errno with *why, the reason (static string); then *file is unchanged. */
int symbols_file_open(struct symbols_file *file, const char *path,
    const struct file_identity *identity, const char **why);
void symbols_file_close(struct symbols_file *file);

#endif
