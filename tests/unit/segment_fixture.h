/*
 * segment_fixture.h - for tests of preload/: a trace file in a directory of its own.
 */
#ifndef SEGMENT_FIXTURE_H
#define SEGMENT_FIXTURE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/segment.h"

static char directory[] = "/tmp/scoped-trace-test-XXXXXX";
static struct segment segment;

static inline void segment_set_up(void)
{
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    memset(&segment, 0, sizeof segment);
    ck_assert_int_eq(segment_create(&segment, directory, 42, 0, NULL), 0);
}

/* Returns a new record of this kind, with nothing in it. */
static inline trace_index segment_make(enum trace_kind kind)
{
    trace_index index = segment_claim(&segment, 1);
    segment_publish(segment_record(&segment, index), kind);
    return index;
}

static inline void segment_tear_down(void)
{
    segment_forget(&segment);
    unlink(segment.path);
    rmdir(directory);
}

#endif
