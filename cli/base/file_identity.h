/*
 * file_identity.h - tells the file that ran from a later file at the same path.
 */
#ifndef BASE_FILE_IDENTITY_H
#define BASE_FILE_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

struct file_identity {
    uint8_t build_id[24]; /* cut as trace_format.h says */
    size_t build_id_size; /* 0: the file has none, and stat(2) identifies it */
    uint64_t device, inode, changed_ns;
};

#endif
