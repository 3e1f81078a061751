/*
 * file_identity.h - what tells the file that ran from another one at its path.
 */
#ifndef BASE_FILE_IDENTITY_H
#define BASE_FILE_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

struct file_identity {
    uint8_t build_id[24]; /* as trace_format.h cuts it */
    size_t build_id_size; /* 0: it has none, and is told by stat(2) */
    uint64_t device, inode, changed_ns;
};

#endif
