/*
 * trace.c - this process's trace file.
 */
#include "trace/trace.h"

#include <asm/errno.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/pool.h"
#include "base/startup.h"
#include "trace/header.h"
#include "trace/modules.h"
#include "trace/lifetime.h"
#include "trace/untraced_program.h"
#include "base/forbidden.h"

static struct trace_state initial;
struct trace_state *trace_state = &initial;

struct segment trace_segment;
static uint32_t last_epoch;

/* Leaves that are not hooked at their entry; copied to the trace's header. */
static struct trace_unhooked unhooked[TRACE_UNHOOKED_KINDS][2] STARTUP_ROOM(left);
static bool has_unhooked;
static bool has_missed; /* libraries */

static void copy_unhooked(struct trace_header *header)
{
    if (has_unhooked)
        memory_copy(header->unhooked, unhooked, sizeof header->unhooked);
    if (has_missed)
        atomic_store_explicit(&header->missed_libraries, 1, memory_order_relaxed);
}

/* A page that a fork wipes. It is made once, and serves all later forks as well. */
static struct trace_state *make_state(void)
{
    return trace_state != &initial ? trace_state : pool_wiped_page();
}

/* From here on `fresh` is the trace. */
static void trace_take(const struct segment *fresh, bool is_forked)
{
    memory_copy(&trace_segment, fresh, sizeof trace_segment);
    copy_unhooked(trace_segment.header);
    header_write(&trace_segment, is_forked);
}

uint32_t trace_open(const char *directory, int32_t pid)
{
    static struct segment fresh;
    bool is_forked = trace_segment.header != NULL;
    struct trace_state *page = make_state();
    uint32_t epoch = TRACE_EPOCH_NONE;
    modules_reset();
    /* Rules that were made before a fork refer to records of the parent's file. */
    atomic_fetch_add_explicit(&modules_generation, 1, memory_order_release);
    int error = directory[0] ? segment_create(&fresh, directory, pid, pool_trace_place(),
                                   is_forked ? &trace_segment : NULL)
                             : -ENOENT;
    if (error == 0 && page == NULL)
        error = segment_give_up(&fresh);
    /* The forked child's losses are counted in its parent's file, so it needs no file of its own.
     */
    if (error && trace_segment.header && fresh.path[0])
        arch_unlink(fresh.path);
    if (error == 0) {
        epoch = ++last_epoch;
        fresh.epoch = epoch;
        fresh.main_thread = __builtin_thread_pointer();
        trace_take(&fresh, is_forked);
    }
    if (page)
        trace_state = page;
    /* Pairs with the acquire in trace_epoch: a thread that sees the epoch sees the segment. */
    atomic_store_explicit(&trace_state->epoch, epoch, memory_order_seq_cst);
    return epoch;
}

static bool has_open_trace(void)
{
    return trace_is_open(trace_epoch());
}

void trace_note_fork(void)
{
    lifetime_expect_fork();
    if (has_open_trace())
        atomic_fetch_add_explicit(&trace_segment.header->forks, 1, memory_order_relaxed);
}

bool trace_is_own(void)
{
    return trace_segment.header && !kernel_is_forbidden &&
           (int32_t)KERNEL_CALL0(SYS_getpid) == trace_segment.header->pid;
}

void trace_note_end(enum trace_end end, int status)
{
    if (trace_is_own())
        lifetime_note_end(trace_segment.header, end, status);
}

void trace_note_exit(int status)
{
    if (trace_segment.header && lifetime_may_ask(trace_segment.header))
        trace_note_end(TRACE_END_EXITS, status);
}

void trace_note_executing(bool by_child)
{
    if (!by_child && trace_is_own())
        lifetime_note_end(trace_segment.header, TRACE_END_EXECUTES, 0);
    else if (trace_segment.header)
        atomic_fetch_add_explicit(&trace_segment.header->forks, 1, memory_order_relaxed);
}

_Atomic uint64_t *trace_note_untraced(const char *path, size_t length, uint32_t reason)
{
    return trace_segment.header ? untraced_program_count(&trace_segment, path, length, reason)
                                : NULL;
}

/* Notes the name once, if there is room. */
static void trace_note_name(struct trace_unhooked *noted, const char *name)
{
    size_t size = text_length(name);
    if (size >= TRACE_UNHOOKED_NAME_SIZE)
        size = TRACE_UNHOOKED_NAME_SIZE - 1;
    for (unsigned i = 0; i < TRACE_UNHOOKED_NAMES; i++) {
        char *place = noted->names[i];
        if (memory_equal(place, name, size) && place[size] == '\0')
            return;
        if (place[0] == '\0') {
            memory_copy(place, name, size);
            return;
        }
    }
}

void trace_note_unhooked(enum trace_unhooked_why why, bool has_stub, const char *name)
{
    struct trace_unhooked *noted = &unhooked[why][has_stub];
    trace_note_name(noted, name);
    atomic_fetch_add_explicit(&noted->count, 1, memory_order_relaxed);
    has_unhooked = true;
}

void trace_note_missed_libraries(void)
{
    has_missed = true;
}

void trace_tell_unhooked(void)
{
    if (has_open_trace())
        copy_unhooked(trace_segment.header);
}
