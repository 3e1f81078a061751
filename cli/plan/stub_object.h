/*
 * stub_object.h - the shared object that holds the stubs and their records (hook_record.h).
 */
#ifndef PLAN_STUB_OBJECT_H
#define PLAN_STUB_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STUB_UNVERSIONED SIZE_MAX

struct stub {
    const char *symbol;
    const char *shown; /* hook_record.shown */
    uint32_t flags;    /* hook_record.flags */
    size_t version;    /* index in the list of versions, or STUB_UNVERSIONED */
    bool is_hidden;    /* dlsym(3) without a version does not find it */
};

struct system_call;

/* What the object has. */
struct stub_contents {
    const struct stub *stubs;
    size_t stub_count;
    const char *const *versions;
    size_t version_count;
    const struct system_call *calls; /* in the order of their numbers */
    size_t call_count;
};

/* Writes the object to `path`, which must not exist. versions[0] must be the oldest version:
 * programs without version information are bound to it (do_lookup_x of glibc). Returns 0 or -errno;
 * then no file is left behind. */
int stub_object_write(const char *path, const struct stub_contents *contents);

#endif
