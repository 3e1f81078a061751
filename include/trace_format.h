/*
 * trace_format.h - the trace file: what the program writes and the tool reads.
 *
 * One file per process image, named "<pid>.<n>.trace", in the session directory that the launcher
 * makes. It is a header of one page, then records of 64 bytes (one cache line each, so that threads
 * never share one). A record is identified by its index. The header takes the place of records
 * 0..63, so TRACE_FIRST_RECORD is the first real one and 0 means "none". Numbers are little-endian.
 *
 * Writing. A record is claimed by an atomic add to header.used, filled in, and published by a
 * release store of its `kind`; it never moves, and only counters and the list of the open call
 * change later. The release store pairs with the reader's acquire load of `kind`. A record that
 * points at another one is published after it, so every index points backwards (except to texts,
 * which are claimed with their owner and published before it). A record that was claimed but not
 * published stays TRACE_FREE.
 *
 * Reading. The program can write anything into its own memory, this file
 * included: the reader checks every index and every length.
 */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include <stdatomic.h>
#include <stdint.h>

#define TRACE_MAGIC        UINT64_C(0x65636172742d6373) /* "sc-trace" */
#define TRACE_VERSION      9
#define TRACE_HEADER_SIZE  4096
#define TRACE_RECORD_SIZE  64
#define TRACE_FIRST_RECORD (TRACE_HEADER_SIZE / TRACE_RECORD_SIZE)

/* The index of a record: record i lies at byte 64 * i of the file. */
typedef uint32_t trace_index;

#define TRACE_TITLE_SIZE 120

enum trace_clock {
    TRACE_CLOCK_NONE = 0,      /* no times were taken */
    TRACE_CLOCK_MONOTONIC = 1, /* ticks are ns of CLOCK_MONOTONIC */
    TRACE_CLOCK_COUNTER = 2,   /* ticks of a counter of the processor, whose rate is constant;
                                * converted with start_* */
};

/* Why something is missing from the tree. Each case is counted. */
enum trace_loss {
    TRACE_LOSS_FULL,      /* hits: the file could not grow (disk, limits, or its capacity) */
    TRACE_LOSS_NESTED,    /* hits: too many nested signal handlers that interrupted our own code */
    TRACE_LOSS_MEMORY,    /* hits: no memory for the thread's own tables */
    TRACE_LOSS_DETACHED,  /* hits: while the file was being opened, or in a child that could not */
    TRACE_LOSS_FORBIDDEN, /* hits: they needed system calls, which the program has forbidden */
    TRACE_LOSS_KINDS
};

/* Why a program that was executed is not traced. */
enum trace_untraced {
    TRACE_UNTRACED_NOT = 0,     /* it is traced, as far as is known */
    TRACE_UNTRACED_ENVIRONMENT, /* its environment does not name the library */
    TRACE_UNTRACED_RIGHTS,      /* it has rights of its own (set-user-ID, ...), or its user's real
                                 * and effective ids differ: ld.so(8), secure-execution mode */
    TRACE_UNTRACED_STATIC,      /* it has no dynamic linker */
    TRACE_UNTRACED_MUSL,        /* the dynamic linker is musl's */
    TRACE_UNTRACED_LINKER,      /* the dynamic linker is an unknown one */
    TRACE_UNTRACED_32_BIT,      /* also x32 */
    TRACE_UNTRACED_PROCESSOR,   /* it is for another processor */
    TRACE_UNTRACED_UNREACHABLE, /* it will not find our files at their paths */
    TRACE_UNTRACED_FORBIDDEN,   /* it may not write a trace file */
    TRACE_UNTRACED_REASONS
};

/* Added to one of these: the reason is true of a script's interpreter. */
#define TRACE_UNTRACED_INTERPRETER 0x100u

#define TRACE_UNTRACED_MAX 64 /* how many different programs have a record */
/* Why a leaf could not be hooked at its entry. */
enum trace_unhooked_why {
    TRACE_UNHOOKED_SEALED,      /* its code cannot be written */
    TRACE_UNHOOKED_DIFFERENT,   /* its code in memory differs from the file */
    TRACE_UNHOOKED_OVERWRITTEN, /* it was hooked, but something has overwritten the jump */
    TRACE_UNHOOKED_OTHER,       /* no room, or other threads */
    TRACE_UNHOOKED_KINDS
};

#define TRACE_UNHOOKED_NAMES     5
#define TRACE_UNHOOKED_NAME_SIZE 48

struct trace_unhooked {
    _Atomic uint32_t count; /* leaves */
    uint32_t reserved;
    char names[TRACE_UNHOOKED_NAMES][TRACE_UNHOOKED_NAME_SIZE]; /* of the first ones, perhaps cut */
};

/* A moment of a process: the time, and the processor time that all its threads have taken since the
 * process began (getrusage(2), RUSAGE_SELF; exec does not reset that). */
struct trace_moment {
    _Atomic uint64_t ns; /* CLOCK_MONOTONIC; 0: not known */
    _Atomic uint64_t user_ns, system_ns;
};

/* What the process was about to do at the moment `ended`. */
enum trace_end {
    TRACE_END_NONE = 0,          /* it has not said anything */
    TRACE_END_FINISHES,          /* exit(3), as far as our destructor: the status is not known */
    TRACE_END_EXITS,             /* _exit(2) with `status` */
    TRACE_END_EXECUTES,          /* execve(2): it has failed if no program followed */
    TRACE_END_EXECUTES_UNTRACED, /* the same of a program that is not traced; this is taken back if
                                  * it fails */
    TRACE_ENDS
};

/* A string of `length` bytes, without NUL, in ceil(length / 56) TEXT records from `first`. */
struct trace_string {
    trace_index first;
    uint32_t length;
};

struct trace_header {
    uint64_t magic;
    uint32_t version;
    uint32_t record_size;
    _Atomic uint32_t used;  /* records claimed so far, those of the header included */
    uint32_t capacity;      /* records that the file may hold at most */
    _Atomic uint32_t ready; /* 1 once the fields below are set (release; acquire in the reader) */
    int32_t pid;
    int32_t parent_pid;
    uint32_t clock;              /* enum trace_clock */
    uint64_t start_ticks;        /* the clock at start ... */
    uint64_t start_ns;           /* ... and CLOCK_MONOTONIC at the same moment */
    uint64_t start_realtime_ns;  /* CLOCK_REALTIME, to order processes */
    trace_index program;         /* TRACE_MODULE: the executable (/proc/self/exe) */
    struct trace_string command; /* the arguments, with NULs as spaces, perhaps cut */
    /* Distinguishes it from processes with the same id in other PID namespaces. The lower half: the
     * inode of /proc/self/ns/pid, which the kernel uses again. The upper half: when the process
     * began (proc(5), starttime), 0 in the system's own namespace. exec does not change it. 0: not
     * known. */
    uint64_t birth;
    char title[TRACE_TITLE_SIZE]; /* the text at argv[0], NUL-terminated; refreshed with new paths,
                                     so a reader may see it half-written */
    uint32_t forked;              /* 1: a forked child that did not exec */
    _Atomic uint32_t forks;       /* forked children, which may be running without a trace */
    _Atomic uint32_t clock_stopped; /* 1: it may not be read any more: later calls have no time */
    _Atomic uint64_t unseen_calls;  /* calls of the root, entered by a jump: their end is unknown */
    /* Calls of the root within too many others: their hits count for the innermost of these. */
    _Atomic uint64_t deep_calls;
    /* 1: libraries were loaded that could not be hooked: code cannot be written, or the program had
     * forbidden system calls. */
    _Atomic uint32_t missed_libraries;
    _Atomic uint32_t unmapped; /* 1: the program has unmapped memory of ours, or mapped over it */
    _Atomic uint64_t losses[TRACE_LOSS_KINDS]; /* indexed by enum trace_loss */
    /* UNTRACED records of this process, and of its forked children that had no trace yet. */
    _Atomic trace_index untraced[TRACE_UNTRACED_MAX];
    _Atomic uint64_t untraced_more; /* executed programs that have no record there */
    /* Indexed by enum trace_unhooked_why, then by 1 if a stub stands before the leaf, so that its
     * calls from other files are still seen, else 0. */
    struct trace_unhooked unhooked[TRACE_UNHOOKED_KINDS][2];
    /* When this image began: of a forked child when it was forked, of any other when the library
     * was loaded. */
    struct trace_moment begun;
    struct trace_moment ended; /* see enum trace_end */
    _Atomic uint32_t end;      /* enum trace_end; the release store comes after the other fields */
    _Atomic int32_t status;    /* as passed to _exit(2) */
    uint32_t begun_in_ticks;   /* 1: begun.ns may be up to 10 ms too early */
    _Atomic trace_index open_calls; /* the OPEN_CALL record that begins the latest block; 0: none */
    _Atomic trace_index tasks;      /* the latest TASK_TABLE record; 0: none */
    _Atomic uint64_t lost_turns;    /* turns of tasks for which there was no room */
};

enum trace_kind {
    TRACE_FREE = 0,            /* never published */
    TRACE_TEXT = 1,            /* a piece of a string */
    TRACE_MODULE = 2,          /* a file mapped as code */
    TRACE_THREAD = 3,          /* a thread, or several that ran one after the other */
    TRACE_LEAF_NAME = 4,       /* the name of a leaf */
    TRACE_FRAME = 5,           /* a node: a call site, given by the call's return address */
    TRACE_INTERRUPTED = 6,     /* a node: an instruction that a signal interrupted */
    TRACE_LEAF = 7,            /* a node: calls of a leaf from the node `caller` */
    TRACE_CALL = 8,            /* calls of the root that hit the same leaves equally often */
    TRACE_CALL_LEAF = 9,       /* one of these leaves */
    TRACE_LEFT_ELSEWHERE = 10, /* calls of a leaf that ended in other threads than they began in */
    TRACE_UNTRACED = 11,       /* a program that was executed and is not traced */
    TRACE_DURATIONS = 12,      /* how long calls of a leaf took */
    TRACE_OBJECT = 13,         /* what calls of leaves can wait for */
    TRACE_OBJECT_CALLS = 14,   /* calls of a leaf for one object */
    TRACE_OPEN_CALL = 15,      /* a call that has not returned */
    TRACE_TASK_TABLE = 16,     /* room for tasks: the records behind it */
    TRACE_TASK = 17,           /* a task of an asynchronous runtime */
    TRACE_VALUE = 18,          /* calls of the root with one value of an argument */
    TRACE_VALUE_LEAF = 19,     /* a leaf that was hit in these calls */
};

/* Walks end at this depth; of a deeper stack the innermost frames are kept. */
#define TRACE_DEPTH_MAX 10000

/* Why the outermost frame of a path is the outermost (trace_node.flags). */
#define TRACE_END_OF_STACK 0x1u /* the unwind tables say that nothing called it */
#define TRACE_CUT          0x2u /* more than TRACE_DEPTH_MAX frames: callers are missing */
#define TRACE_LOST_TRACK   0x4u /* no rule leads to the caller: callers are missing */
/* This frame is a guess: its code has no unwind tables, and its caller is found by rbp. */
#define TRACE_BY_FRAME_POINTER 0x8u
/* The upper half: the LEAF_NAME record of a leaf. This frame is the leaf's body, called by its hook
 * from `caller`. 0: none. */
#define TRACE_WITHIN_LEAF_SHIFT 32

struct trace_text {
    _Atomic uint32_t kind;
    uint32_t reserved;
    char bytes[56];
};

/* Identifies a file that has no build-id, from stat(2) when the module is recorded. The device and
 * the inode are 0 if the file at the module's path is not the one that is mapped. */
struct trace_file {
    uint64_t device, inode;
    uint64_t changed_ns; /* the time of the last change of the inode */
};

struct trace_module {
    _Atomic uint32_t kind;
    struct trace_string path; /* absolute; "[vdso]" for the vdso */
    uint32_t build_id_size;   /* bytes; 0: none */
    union {
        uint8_t build_id[24];   /* the first 24 bytes of the GNU build-id note */
        struct trace_file file; /* if there is no build-id */
    };
    uint64_t bias;  /* runtime address minus address in the file (ELF p_vaddr) */
    uint64_t start; /* first runtime address */
    uint64_t end;   /* past the last one */
};

struct trace_thread {
    _Atomic uint32_t kind;
    int32_t tid;
    char name[16]; /* from prctl(PR_GET_NAME): NUL-terminated, may be refreshed at any time */
    uint64_t first_ticks;
    /* How many later threads continued this tree, each after its former owner had ended. The name
     * is empty then, unless all had the same. */
    _Atomic uint32_t successors;
    /* Of how many of these threads the times are in the next two fields: of all that have ended if
     * it is 1 + successors. */
    _Atomic uint32_t timed;
    _Atomic uint64_t ran_ticks;   /* from the start to the end, or to that of the process */
    _Atomic uint64_t cpu_ns;      /* processor time (CLOCK_THREAD_CPUTIME_ID) */
    _Atomic uint64_t begun_ticks; /* the clock when the latest of them began; 0: not known */
};

/* It is no leaf. Its nodes are there because trace_object_calls.ended_by or trace_task.nodes refers
 * to them. */
#define TRACE_NAME_WAKES 0x1u
/* It switches to another stack: its open calls are suspended fibers, whatever their threads do, and
 * also after their threads have ended. (A thread that has switched to a fiber has such a call on
 * its own stack, too: see is_own_stack.) A stack is suspended at one place: if the latest of all
 * open calls with one `base` is such a call, it counts. Others are of fibers that have ended, or
 * something was called on top of the suspended stack, and runs. */
#define TRACE_NAME_SWITCHES 0x2u
/* A fiber that has called it is about to end, and is not suspended any more. */
#define TRACE_NAME_ENDS 0x4u

struct trace_leaf_name {
    _Atomic uint32_t kind;
    struct trace_string name;
    uint32_t flags;           /* TRACE_NAME_WAKES, ... */
    _Atomic uint64_t untimed; /* calls entered by a jump: their arguments could not be copied */
    uint8_t unused[40];
};

/* A node of the tree. Siblings were first executed in the order of their indexes. One thread writes
 * a leaf's counters; `hits` is counted at entry and `returns` when the call is left, so hits -
 * returns calls have not returned. A call that is left in another thread (a coroutine can do that)
 * is counted in a record of its own: see trace_elsewhere. */
struct trace_node {
    _Atomic uint32_t kind; /* TRACE_FRAME, TRACE_INTERRUPTED or TRACE_LEAF */
    trace_index caller;    /* the node of the caller's frame; 0: outermost */
    union {
        trace_index module;    /* of a frame: MODULE; 0: in no file */
        trace_index leaf_name; /* of a leaf: LEAF_NAME */
    };
    trace_index thread; /* THREAD */
    union {
        uint64_t address;       /* of a frame: in the module's file, or at run time if in no file */
        struct {                /* of a leaf */
            trace_index jumper; /* the LEAF_NAME of the leaf that jumped to it, or 0 */
            _Atomic trace_index elsewhere; /* the writer's own: its LEFT_ELSEWHERE record, or 0 */
        };
    };
    _Atomic uint64_t hits;    /* leaf: calls entered */
    _Atomic uint64_t returns; /* leaf: calls left, in any way */
    _Atomic uint64_t ticks;   /* leaf: total time of the calls left */
    _Atomic uint64_t longest; /* leaf: the longest one */
    union {
        _Atomic uint64_t entered; /* leaf: the clock when it was last entered */
        uint64_t flags;           /* frame: TRACE_END_OF_STACK, ... */
    };
};

/* How long calls took: bucket 0 counts those of less than 2^TRACE_DURATION_FIRST ticks, bucket k
 * those of at least 2^(TRACE_DURATION_FIRST + k - 1) and less than twice as many ticks, and the
 * last one all longer ones, too. */
#define TRACE_DURATION_BUCKETS 26
#define TRACE_DURATION_FIRST   9
#define TRACE_DURATION_PART    13 /* buckets in one record */
/* A bucket with so many calls counts no more. Several threads, and handlers of signals, may count
 * at the same time, so it can end at a little more. */
#define TRACE_DURATION_MAX (UINT32_MAX - 0x10000)

/* Calls of the leaf `node` that were left, by their time. The records of the leaf's buckets lie
 * right behind the leaf's, and are published before it. */
struct trace_durations {
    _Atomic uint32_t kind;
    trace_index node;
    _Atomic uint32_t counts[TRACE_DURATION_PART];
    /* The library's own. In the first record: the leaf's OBJECT_CALLS record that was used last. In
     * the second one: how many of them there are; of a function that switches stacks, which has
     * none: whether its calls end fibers (record/fibers.c). */
    _Atomic uint32_t objects;
};

#define TRACE_LEAF_RECORDS (1 + TRACE_DURATION_BUCKETS / TRACE_DURATION_PART)

/* To be added to the counters of the leaf `node`. Any thread may write it. */
struct trace_elsewhere {
    _Atomic uint32_t kind;
    trace_index node; /* LEAF */
    _Atomic uint64_t returns;
    _Atomic uint64_t ticks;
    _Atomic uint64_t longest; /* the longest call is the larger of this and the node's */
    uint8_t reserved[32];
};

/* What an object is (trace_object.type), and what the fields of its record mean. */
enum trace_object_type {
    TRACE_OBJECT_NOTHING = 0,
    TRACE_OBJECT_REST,       /* all objects of a leaf for which there was no record of their own */
    TRACE_OBJECT_DESCRIPTOR, /* an open file of which no more is known. id: the descriptor */
    TRACE_OBJECT_FILE,       /* text: what /proc/PID/fd says, the path, perhaps with " (deleted)" */
    TRACE_OBJECT_PIPE,       /* file.inode: the same for both ends. text: of a FIFO its path */
    TRACE_OBJECT_ANONYMOUS,  /* eventfd and so on. text: "anon_inode:[eventfd]". id: descriptor */
    TRACE_OBJECT_INET,       /* inet: addresses. id: SOCK_STREAM, SOCK_DGRAM, ... (socket(2)) */
    TRACE_OBJECT_UNIX,       /* file.pid: the peer's, 0: unknown. text: the path of the peer, or its
                              * own; an abstract one begins with "@". file.inode: 0 if it is
                              * connected and has a text: then it is all such connections */
    TRACE_OBJECT_SOCKET,     /* of another family. id: the family */
    TRACE_OBJECT_MUTEX,      /* this and the next ones: id: its address at run time. lock: where */
    TRACE_OBJECT_RWLOCK,
    TRACE_OBJECT_SPINLOCK,
    TRACE_OBJECT_ONCE,
    TRACE_OBJECT_CONDITION,
    TRACE_OBJECT_SEMAPHORE,
    TRACE_OBJECT_BARRIER,
    TRACE_OBJECT_FUTEX,      /* the last of these */
    TRACE_OBJECT_PROCESS,    /* id: the process id; 0: any child */
    TRACE_OBJECT_THREAD,     /* id: the thread id, 0: not known. text: its name */
    TRACE_OBJECT_PATH,       /* text: the path as it was passed */
    TRACE_OBJECT_HOST,       /* text: the name that is looked up */
    TRACE_OBJECT_QUEUE,      /* System V. id: the identifier, and above its 32 bits the key */
    TRACE_OBJECT_SEMAPHORES, /* the same */
    TRACE_OBJECT_TIMEOUT,    /* a call ended because its time was over: poll(2), ... */
    TRACE_OBJECT_SET,        /* several descriptors, for which the call waits. set: which */
    TRACE_OBJECT_TYPES
};

/* An address of IPv4 or IPv6. A port of a client that the kernel has chosen is 0, so that all
 * connections of one client are one object. */
struct trace_address {
    uint16_t family; /* AF_INET, AF_INET6; 0: none */
    uint16_t port;   /* in the host's order */
    uint8_t bytes[16];
};

#define TRACE_SET_MEMBERS 8

/* The descriptors for which the latest call of a leaf waits, or has waited. It changes from call to
 * call: what is read meanwhile does not fit its check, and says nothing. */
struct trace_object_set {
    _Atomic uint32_t count;                         /* how many they are */
    _Atomic uint32_t check;                         /* trace_set_check */
    _Atomic trace_index members[TRACE_SET_MEMBERS]; /* OBJECT: the first ones; 0: none */
};

static inline uint32_t trace_set_check(const struct trace_object_set *set)
{
    uint32_t check = 1 + set->count;
    for (uint32_t i = 0; i < TRACE_SET_MEMBERS; i++)
        check = check * 0x9e3779b1u + set->members[i];
    return check;
}

/* Objects of a process. Two records can be equal: threads may have made them at the same time. */
struct trace_object {
    _Atomic uint32_t kind;
    uint32_t type;            /* enum trace_object_type */
    struct trace_string text; /* not ended by NUL; {0, 0}: none */
    uint64_t id;
    union {
        struct {
            struct trace_address local, peer;
        } inet;
        struct {
            uint64_t device, inode; /* stat(2) */
            int32_t pid;
            _Atomic trace_index waker; /* these two as in `lock` */
            _Atomic uint64_t waked_ticks;
        } file;
        struct {
            uint64_t address;   /* in the module's file */
            trace_index module; /* MODULE, if it is a variable of a module; else 0 */
            uint32_t reserved[2];
            /* LEAF: the call that let a waiting one go last, and the clock then; 0: none. */
            _Atomic trace_index waker;
            _Atomic uint64_t waked_ticks;
        } lock;
        struct trace_object_set set;
        uint8_t bytes[40];
    };
};

/* How many objects a leaf has records for, besides the rest. */
#define TRACE_LEAF_OBJECTS 16

/* The part of a leaf's calls that was for one object. The thread of the leaf writes it. Calls are
 * counted as in trace_node, so hits - returns calls wait for it at present. A call that waits for
 * several objects (poll(2)) counts for their set, and when it has returned for the one that ended
 * it. */
struct trace_object_calls {
    _Atomic uint32_t kind;
    trace_index node;   /* LEAF */
    trace_index object; /* OBJECT */
    trace_index next;   /* the library's own: another one of the same leaf */
    _Atomic uint64_t hits;
    _Atomic uint64_t returns;
    _Atomic uint64_t ticks;
    _Atomic uint64_t longest;
    _Atomic int32_t holder; /* of a lock: the thread that held it when the latest call began, by its
                             * id; 0: not known, or several */
    _Atomic int32_t longest_holder;       /* the same for the longest call */
    _Atomic trace_index ended_by;         /* LEAF: what let the latest call go; 0: not known */
    _Atomic trace_index longest_ended_by; /* the same for the longest call */
};

/* A call of a leaf that has not returned, or room for one. The records of a thread are claimed in
 * blocks of consecutive ones; header.open_calls and `next` make a list of all blocks of the
 * process. The thread that makes a call takes a record for it, and any thread may free it.
 *
 * A reader of a running process gets a call that was open at one moment if it reads `since`,
 * `node`, the other fields, and `since` again, in this order: `since` must be the same, and it and
 * `node` not 0. A record is written in the order `since` (0), the other fields, `node`, and `since`
 * last; it is freed by 0 in `node`. */
struct trace_open_call {
    _Atomic uint32_t kind;
    _Atomic trace_index node; /* LEAF; 0: the record is free */
    /* The lower half: the OBJECT_CALLS record that counts the call, the upper one: the OBJECT. 0:
     * none. */
    _Atomic uint64_t object;
    /* The clock when the call began; without a clock a number that no earlier call had in this
     * record. 0: it is about to begin. */
    _Atomic uint64_t since;
    _Atomic uint64_t key;  /* the address of its frame on the stack */
    _Atomic uint64_t base; /* the stack pointer of its outermost frame: equal for all calls on one
                            * stack. 0: not known */
    _Atomic int32_t tid;   /* of the thread that made it (its tree may be that of several) */
    uint32_t count;        /* in the first record of a block: how many it has. Else 0 */
    trace_index next;      /* in such a record: the first record of another block, or 0 */
    uint32_t turn;         /* the library's own: the latest number for `since` without a clock */
    /* Of a call with TRACE_NAME_SWITCHES: 1: the stack that it leaves is the thread's own one. */
    _Atomic uint32_t is_own_stack;
    uint8_t reserved[4];
};

/* The `count` records behind it, a power of two, are TASK or still free. header.tasks and `next`
 * make a list of all tables of the process. */
struct trace_task_table {
    _Atomic uint32_t kind;
    uint32_t count;
    trace_index next; /* an older table, or 0 */
    uint8_t reserved[52];
};

#define TRACE_TASK_NODES 5

/* trace_task.state */
#define TRACE_TASK_ENDED  0x1u /* the task is finished */
#define TRACE_TASK_WOKEN  0x2u /* it was woken since its latest turn began */
#define TRACE_TASK_COUNTS 0x4u /* its wakers are counted */
#define TRACE_TASK_NESTS  0x8u /* other tasks had turns within its latest turn: it runs them */
/* The word at its key is its state, as Tokio has it. Memory of a finished task may be freed. */
#define TRACE_TASK_HAS_WORD 0x10u

/* A task, the latest one of those that had this key: a key is an address, and comes again. A task
 * takes turns: a turn is a call of the function that continues it, until it returns. Of a task
 * that is finished in a way that was not seen, the record stays until the key comes again.
 *
 * A reader of a running process gets the task as it was at one moment if `turn` is even, and the
 * same before and after the other fields are read. */
struct trace_task {
    _Atomic uint32_t kind;
    _Atomic uint32_t turn;  /* twice the number of turns that have ended, and 1 more in a turn */
    _Atomic uint64_t key;   /* in a TASK_TABLE: 0: the record is free */
    _Atomic uint64_t since; /* the clock when the latest turn began or ended, or the task ended */
    _Atomic uint64_t born;  /* the clock when its first turn began */
    _Atomic trace_index thread; /* THREAD of its latest turn; 0: not known */
    _Atomic int32_t wakers;     /* taken and not given back; 0 or less: none */
    _Atomic uint16_t fresh;     /* so many of nodes[] are of the latest turn */
    _Atomic uint16_t state;     /* TRACE_TASK_ENDED, ... */
    /* LEAF: the latest calls by which it took a waker, the newest first, each place once; 0: no
     * more. Their callers are the path to what the task waits for. */
    _Atomic trace_index nodes[TRACE_TASK_NODES];
};

#define TRACE_CALL_OPEN 0x1u /* the thread's latest call; it has not ended if `count` is 1 */
#define TRACE_CALL_REST 0x2u /* counts calls whose leaves were not kept */
#define TRACE_CALL_INCOMPLETE                                                                      \
    0x4u /* hits are missing: there was no room, or a signal handler made them */

/* Calls of the root, if each has its own tree. One record counts all calls of one thread that hit
 * the same leaves equally often; so its CALL_LEAF records say how often a single call hit each
 * leaf. */
struct trace_call {
    _Atomic uint32_t kind;
    trace_index thread; /* THREAD */
    trace_index first;  /* the first of its CALL_LEAF records, which have consecutive indexes */
    uint32_t leaves;    /* how many they are */
    uint32_t flags;     /* TRACE_CALL_OPEN, ... */
    /* OPEN: the record that is about to count this call. The call is already counted if the other
     * record's `count` has reached this one's `counted`: so the reader does not count it twice if
     * the process dies in between. 0: none. */
    _Atomic trace_index counter;
    _Atomic uint64_t count; /* how many calls */
    _Atomic uint64_t ticks; /* the time of all calls */
    union {
        _Atomic uint64_t longest; /* the longest */
        _Atomic uint64_t counted; /* OPEN: see counter */
    };
    _Atomic uint64_t jumped;  /* how many calls were left by a jump at an unknown time */
    _Atomic uint64_t entered; /* the clock when the first call began */
};

struct trace_call_leaf {
    _Atomic uint32_t kind;
    trace_index node;       /* LEAF */
    _Atomic uint64_t hits;  /* in each call */
    _Atomic uint64_t ticks; /* in all calls */
    uint8_t reserved[40];
};

/* What is known of the argument. A signed value has all 64 bits. */
enum trace_value_form {
    TRACE_VALUE_UNKNOWN,
    TRACE_VALUE_SIGNED,
    TRACE_VALUE_UNSIGNED,
    TRACE_VALUE_POINTER
};

#define TRACE_VALUE_REST       0x1u /* all values that have no record of their own */
#define TRACE_VALUE_INCOMPLETE 0x2u /* as TRACE_CALL_INCOMPLETE */

/* Calls of the root in one thread with one value of an argument, if calls are told apart by that.
 * `count` is counted at the entry, so count - ended calls are open. */
struct trace_value {
    _Atomic uint32_t kind;
    trace_index thread; /* THREAD */
    uint64_t value;
    uint32_t flags;           /* TRACE_VALUE_REST, ... */
    uint32_t form;            /* enum trace_value_form */
    _Atomic uint64_t count;   /* how many calls */
    _Atomic uint64_t ended;   /* how many of them have ended, in any way */
    _Atomic uint64_t jumped;  /* how many were left by a jump at an unknown time */
    _Atomic uint64_t ticks;   /* the time of those that have ended */
    _Atomic uint64_t longest; /* the longest */
};

/* There can be several for one leaf and value. */
struct trace_value_leaf {
    _Atomic uint32_t kind;
    trace_index node;  /* LEAF */
    trace_index value; /* VALUE */
    uint32_t reserved;
    _Atomic uint64_t hits;  /* in all calls */
    _Atomic uint64_t ticks; /* likewise */
    uint8_t unused[32];
};

struct trace_untraced_program {
    _Atomic uint32_t kind;
    uint32_t reason;          /* enum trace_untraced, perhaps with TRACE_UNTRACED_INTERPRETER */
    struct trace_string path; /* as passed to execve, or the path of an open file */
    uint64_t hash;            /* of path and reason; the library's own */
    _Atomic uint64_t count;   /* how often it was executed */
    uint8_t reserved[32];
};

union trace_record {
    _Atomic uint32_t kind;
    struct trace_text text;
    struct trace_module module;
    struct trace_thread thread;
    struct trace_leaf_name leaf_name;
    struct trace_node node;
    struct trace_durations durations;
    struct trace_object object;
    struct trace_object_calls object_calls;
    struct trace_open_call open_call;
    struct trace_elsewhere elsewhere;
    struct trace_call call;
    struct trace_call_leaf call_leaf;
    struct trace_value value;
    struct trace_value_leaf value_leaf;
    struct trace_untraced_program untraced;
    struct trace_task_table task_table;
    struct trace_task task;
};

_Static_assert(sizeof(struct trace_header) <= TRACE_HEADER_SIZE, "the header is one page");
_Static_assert(sizeof(struct trace_text) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_module) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_thread) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_leaf_name) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_node) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_durations) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_object) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_object_calls) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_open_call) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_elsewhere) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_call) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_call_leaf) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_value) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_value_leaf) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_untraced_program) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_task_table) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(struct trace_task) == TRACE_RECORD_SIZE, "one record");
_Static_assert(sizeof(union trace_record) == TRACE_RECORD_SIZE, "one record");

#endif
