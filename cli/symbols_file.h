/*
 * symbols_file.h - opens a file and finds its separate debug files, never over the network.
 */
#ifndef SYMBOLS_FILE_H
#define SYMBOLS_FILE_H

#include <elfutils/libdwfl.h>
#include <stddef.h>
#include <stdint.h>

struct symbols_file {
    Dwfl *dwfl;
    Dwfl_Module *module; /* its addresses are those in the file */
    Elf *elf;            /* of `path` itself */
};

/* Opens `path` ("[vdso]": that of this process) if it is a program or a shared object whose
 * build-id is build_id; size 0: any. trace_format.h cuts build-ids, so the first `size` bytes
 * are compared. Returns NULL, or in static words what is wrong, and then *file is untouched. */
const char *symbols_file_open(
    struct symbols_file *file, const char *path, const uint8_t *build_id, size_t size);
void symbols_file_close(struct symbols_file *file);

#endif
