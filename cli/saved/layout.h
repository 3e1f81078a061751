/*
 * layout.h - the numbers of the saved file's format, which docs/formats.md describes.
 *
 * A number is never given another meaning. What is new gets a new section, a new tag, or stands at
 * the end of a section; then SAVED_MINOR grows, and older tools skip it. SAVED_MAJOR grows when
 * they would read something wrong.
 */
#ifndef SAVED_LAYOUT_H
#define SAVED_LAYOUT_H

#include <stdint.h>

#define SAVED_MAGIC       "st-run\r\n" /* 8 bytes; damaged by programs that change ends of lines */
#define SAVED_MAJOR       1
#define SAVED_MINOR       7
#define SAVED_HEADER_SIZE 16 /* magic, u16 major, u16 minor, u32 reserved */

/* A chunk: four u32 (section, stored size, raw size, flags), the stored bytes, and an u64, the sum
 * of all that. */
#define SAVED_CHUNK_HEADER 16
#define SAVED_CHUNK_SUM    8
#define SAVED_RAW_MAX      (256u << 10) /* raw bytes of a chunk */
#define SAVED_STORED_MAX   (SAVED_RAW_MAX + 4096u)

#define SAVED_COMPRESSED 0x1u /* the stored bytes are one frame of zstd */
#define SAVED_LAST       0x2u /* no more chunks of this section follow */

enum saved_section {
    SAVED_END = 0, /* the file is complete; its content is the number of chunks before it */
    SAVED_RUN = 1,
    SAVED_PROCESSES = 2,
    SAVED_NAMES = 3,
    SAVED_LEAVES = 4,
    SAVED_THREADS = 5,     /* since minor version 1 */
    SAVED_DURATIONS = 6,   /* since minor version 2 */
    SAVED_OBJECTS = 7,     /* since minor version 3 */
    SAVED_SETS = 8,        /* since minor version 4 */
    SAVED_TASKS = 9,       /* since minor version 5 */
    SAVED_OPEN_CALLS = 10, /* since minor version 6 */
    SAVED_VALUES = 11,     /* since minor version 7 */
};

/* Lists of tagged numbers and texts end in tag 0; unknown tags are ignored. */
enum saved_run_number {
    SAVED_RUN_FLAGS = 1,
    SAVED_RUN_EACH = 2,
    SAVED_RUN_BEGUN = 3,    /* ns of CLOCK_REALTIME */
    SAVED_RUN_DURATION = 4, /* ns */
    SAVED_RUN_STATUS = 5,   /* as from waitpid(2) */
    SAVED_RUN_TOOL = 6,     /* process ids */
    SAVED_RUN_PROGRAM = 7,
    SAVED_RUN_HITS = 8,
    SAVED_RUN_UNTRACED = 9,
    SAVED_RUN_PROCESSES = 10,
};

enum saved_run_text {
    SAVED_RUN_VERSION = 1,
    SAVED_RUN_MACHINE = 2,
    SAVED_RUN_ROOT = 3,
    SAVED_RUN_LEAF = 4,    /* each argument of --leaf */
    SAVED_RUN_COMMAND = 5, /* each word */
    SAVED_RUN_BY = 6,      /* --by */
};

#define SAVED_FLAG_ROOT_IS_DEFAULT 0x1u
#define SAVED_FLAG_REDACTED        0x2u
#define SAVED_FLAG_RUNNING         0x4u /* processes of the run had not ended */
#define SAVED_FLAG_HAS_DURATION    0x8u
#define SAVED_FLAG_HAS_STATUS      0x10u
#define SAVED_FLAG_PERIOD          0x20u /* not the whole run; since minor version 7 */
#define SAVED_FLAG_INNERMOST       0x40u /* --each=innermost */

enum saved_process_number {
    SAVED_PROCESS_FLAGS = 1,
    SAVED_PROCESS_PID = 2,
    SAVED_PROCESS_PARENT = 3,
    SAVED_PROCESS_START = 4, /* ns of CLOCK_MONOTONIC */
    SAVED_PROCESS_TAKEN = 5, /* likewise */
    SAVED_PROCESS_BIRTH = 6,
    SAVED_PROCESS_UNSEEN_CALLS = 7,
    SAVED_PROCESS_UNTRACED_MORE = 8,
    SAVED_PROCESS_MALFORMED = 9,
    SAVED_PROCESS_FORMER = 10, /* 1 + index of the process that executed this one; 0: none */
    SAVED_PROCESS_BEGUN = 11,  /* ns of CLOCK_MONOTONIC */
    SAVED_PROCESS_WALL = 12,   /* ns, as the next two */
    SAVED_PROCESS_USER = 13,
    SAVED_PROCESS_SYSTEM = 14,
    SAVED_PROCESS_STATUS = 15, /* as from waitpid(2) */
    SAVED_PROCESS_DEEP_CALLS = 16,
};

enum saved_process_text {
    SAVED_PROCESS_PROGRAM = 1,
    SAVED_PROCESS_COMMAND = 2,
    SAVED_PROCESS_TITLE = 3,
};

#define SAVED_FLAG_FORKED           0x1u
#define SAVED_FLAG_HAS_TIMES        0x2u
#define SAVED_FLAG_IS_FIRST         0x4u
#define SAVED_FLAG_IS_RUNNING       0x8u
#define SAVED_FLAG_CLOCK_STOPPED    0x10u
#define SAVED_FLAG_MISSED_LIBRARIES 0x20u
#define SAVED_FLAG_UNMAPPED         0x40u
#define SAVED_FLAG_USAGE_KNOWN      0x80u
#define SAVED_FLAG_WAIT_STATUS      0x100u

/* The lower two bits of a node's head are its enum snapshot_kind. */
#define SAVED_NODE_KIND        0x3u
#define SAVED_NODE_WITHIN      0x4u  /* it is within a leaf, whose name follows */
#define SAVED_NODE_SAME_MODULE 0x8u  /* as the frame before */
#define SAVED_NODE_ENTERED     0x10u /* the time when it was last entered follows */

#define SAVED_HISTOGRAM_FULL 0x1u
#define SAVED_HISTOGRAM_MOST 0x2u /* no call took longer; since minor version 7 */

#define SAVED_CALL_OPEN       0x1u
#define SAVED_CALL_REST       0x2u
#define SAVED_CALL_INCOMPLETE 0x4u

#define SAVED_VALUE_REST       0x1u
#define SAVED_VALUE_INCOMPLETE 0x2u

#define SAVED_FACT_CHAIN         0x1u
#define SAVED_FACT_CALLED        0x2u
#define SAVED_FACT_NAMES         0x4u
#define SAVED_FACT_ASKED_MAIN    0x8u  /* whether it calls main was looked up ... */
#define SAVED_FACT_CALLS_MAIN    0x10u /* ... and it does */
#define SAVED_FACT_ALIASES       0x20u /* the called function has other names */
#define SAVED_FACT_HOME          0xc0u /* where it is: its enum symbol_home, from bit 6 on */
#define SAVED_FACT_HOME_SHIFT    6
#define SAVED_FACT_ONE_FUNCTION  0x100u
#define SAVED_FACT_ENTRY         0x200u
#define SAVED_FRAME_INLINED      0x1u
#define SAVED_FRAME_LINKAGE_NAME 0x2u /* it has a linkage name that differs from its name */
#define SAVED_FRAME_NO_LINKAGE   0x4u /* it has none; else it is equal to its name */
#define SAVED_FRAME_PLACE        0x8u /* file, line and column follow */

#define SAVED_UNHIT_PATTERN 0x1u
#define SAVED_UNHIT_MISSED  0x2u
#define SAVED_UNHIT_REFUSED 0x4u

#endif
