/*
 * kept.h - the runs that are kept in the user's cache: the last ones, each a saved file.
 *
 * Each has a number, which it keeps: the next run gets the next one. So a number that was seen in a
 * list means the same run, whatever runs end meanwhile; an old one is gone at some time.
 */
#ifndef SAVED_KEPT_H
#define SAVED_KEPT_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct saved;

#define KEPT_COUNT_MAX 20
#define KEPT_TOTAL_MAX (UINT64_C(200) << 20) /* bytes */
#define KEPT_ONE_MAX   (KEPT_TOTAL_MAX / 4)

/* Where a run is kept. */
struct kept_place {
    unsigned number; /* 0: nowhere */
    uint64_t file; /* its inode: somebody may have removed the run, and the number be used again */
};

/* Keeps the run, and removes the oldest ones that are too many. It gets the place of the run that
 * is kept at *place, if it still is, else the next number, and *place says which. Returns 0, or
 * -errno: -E2BIG if it is larger than KEPT_ONE_MAX, -EACCES if this user has no cache. Nothing is
 * left of a run that could not be written. */
int kept_add(const struct saved *saved, struct kept_place *place);

struct kept_run {
    unsigned number;
    uint64_t size; /* bytes */
    char *path;
};

struct kept_runs {
    struct kept_run *list; /* the newest first */
    size_t count;
};

/* Lists the kept runs; none if there is no cache. Returns 0 or -ENOMEM. */
int kept_list(struct kept_runs *runs);
void kept_list_finish(struct kept_runs *runs);

#endif
