/*
 * attach.c - opens the trace file when it is first needed.
 */
#include "record/attach.h"

#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/pool.h"
#include "object/descriptors.h"
#include "object/objects.h"
#include "record/fibers.h"
#include "record/settings.h"
#include "record/thread.h"
#include "root/root_settings.h"
#include "root/values.h"
#include "walk/pad_tables.h"
#include "base/forbidden.h"

/* For how many pauses of which length a hit waits for another thread that is opening the trace
 * file. */
#define OPENER_PAUSE_NS 1000000
#define OPENER_PAUSES   100

static _Atomic uint32_t is_ready;     /* the settings, the clock and so on are known */
static _Atomic int32_t opener;        /* the process that is opening the trace file */
static _Atomic uint64_t lost_at_open; /* hits that came while it was being opened */
static volatile bool is_memory_kept;

void attach_refuse(void)
{
    atomic_store_explicit(&is_ready, 1, memory_order_release);
}

void attach_keep_memory(bool is_kept)
{
    is_memory_kept = is_kept;
}

/* Finds out what must be known before the first hit is recorded. May run twice, with the same
 * result. */
static void get_ready(void)
{
    settings_read();
    arch_begin(linkmap_find_next);
    pad_tables_start();
    clock_start(settings.clock, linkmap_find_next);
    root_settings = settings.root;
    objects_are_wanted = settings.wants_objects;
    atomic_store_explicit(&is_ready, 1, memory_order_release);
}

/* In a forked child: they are in the parent's trace. */
static void forget_records(void)
{
    descriptors_forget_all();
    objects_reset();
    values_forget_all();
    fibers_forget_all();
}

/* In a forked child: frees the memory that the parent's hits took, unless this thread was in the
 * middle of a hit. */
static void reuse_memory(void)
{
    bool is_forked = trace_segment.header != NULL;
    if (is_forked)
        forget_records();
    if (is_forked && !is_memory_kept && thread_forget_all()) {
        descriptors_forget_memory();
        pool_reset();
    }
}

/* Counts the hits that came while the file was being opened, now that there is one (in a child that
 * could not open one, its parent's). */
static void count_lost_at_open(void)
{
    uint64_t lost = atomic_exchange_explicit(&lost_at_open, 0, memory_order_seq_cst);
    if (lost && trace_segment.header)
        atomic_fetch_add_explicit(
            &trace_segment.header->losses[TRACE_LOSS_DETACHED], lost, memory_order_relaxed);
}

/* Waits until the other thread has opened the file. That thread needs no lock that this one could
 * hold, except those of dl_iterate_phdr (modules.c), so the wait is limited. Returns the epoch, or
 * 0. */
static uint32_t wait_for_opener(int32_t pid)
{
    const struct timespec pause = {0, OPENER_PAUSE_NS};
    for (unsigned i = 0; i < OPENER_PAUSES; i++) {
        uint32_t epoch = trace_epoch();
        if (epoch != 0)
            return epoch;
        KERNEL_CALL4(SYS_futex, &opener, FUTEX_WAIT_PRIVATE, pid, &pause);
    }
    /* Either this thread sees the epoch, or the opener sees the count: both are sequentially
     * consistent. */
    atomic_fetch_add_explicit(&lost_at_open, 1, memory_order_seq_cst);
    if (atomic_load_explicit(&trace_state->epoch, memory_order_seq_cst) != 0)
        count_lost_at_open();
    return 0;
}

/* One thread opens the file, and the others wait. If they only counted their hits, the count would
 * be lost if the process died before the file is there. A child that is forked meanwhile has
 * another pid and begins again. */
static uint32_t attach_alone(void)
{
    int32_t pid = (int32_t)KERNEL_CALL0(SYS_getpid);
    int32_t other = atomic_load_explicit(&opener, memory_order_relaxed);
    if (!atomic_load_explicit(&is_ready, memory_order_acquire))
        get_ready();
    if (other == pid || !atomic_compare_exchange_strong_explicit(
                            &opener, &other, pid, memory_order_acq_rel, memory_order_relaxed))
        return wait_for_opener(pid);
    uint32_t epoch = trace_epoch();
    if (epoch == 0) {
        reuse_memory();
        if (objects_are_wanted)
            descriptors_begin();
        epoch = trace_open(settings.directory, pid);
    }
    atomic_store_explicit(&opener, 0, memory_order_release);
    KERNEL_CALL3(SYS_futex, &opener, FUTEX_WAKE_PRIVATE, INT32_MAX);
    count_lost_at_open();
    return epoch;
}

/* How much stack attach_alone needs; less than the hit needs after it. */
#define ATTACH_STACK 640

/* Signals are blocked: a handler that ran in between would lose its hits. */
uint32_t attach_now(void)
{
    uint64_t all = ~UINT64_C(0), before = 0;
    if (kernel_is_forbidden || !linkmap_is_of_glibc())
        return TRACE_EPOCH_NONE;
    /* If there is too little stack, the fault must come here: while signals are blocked, it would
     * kill a program that has a handler for it. */
    arch_touch_stack(ATTACH_STACK);
    KERNEL_CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
    uint32_t epoch = attach_alone();
    KERNEL_CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
    return epoch;
}
