/*
 * stack_oracle.c - compares every walk of the library with libunwind, frame by frame.
 *
 * Linked into a copy of libscoped-trace.so in which stack_hit is wrapped (ld --wrap). After
 * each hit the frames of the walk just used are compared with those that libunwind finds
 * from here, by address and stack pointer. The node may come without a walk (walk_cache.h): then
 * the path that leads to it in the tree is compared, by address. Counts go into a file of the
 * directory $STACK_ORACLE, so that nothing is lost however the process ends; the first differences
 * are described in "<pid>.log" beside it.
 */
#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../preload/walk/cfi.h"
#include "../../preload/trace/segment.h"
#include "../../preload/walk/stack.h"
#include "../../preload/arch.h"

#define LOGGED_MAX 20

struct counts {
    uint64_t walks, frames, different, shorter;
    uint64_t without_walk; /* of the walks, those that were known by their words alone */
};

trace_index __real_stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf);
trace_index __wrap_stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf);

static struct counts nowhere;
static struct counts *counts = &nowhere;
static pid_t counted_pid;

static int (*get_context)(unw_context_t *);
static int (*init_local)(unw_cursor_t *, unw_context_t *);
static int (*step)(unw_cursor_t *);
static int (*get_reg)(unw_cursor_t *, int, unw_word_t *);

/* RTLD_LOCAL: libunwind's own _Unwind_* functions must not replace the program's. */
__attribute__((constructor)) static void load_libunwind(void)
{
    void *handle = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return;
    get_context = (int (*)(unw_context_t *))dlsym(handle, "_Ux86_64_getcontext");
    init_local = (int (*)(unw_cursor_t *, unw_context_t *))dlsym(handle, "_ULx86_64_init_local");
    step = (int (*)(unw_cursor_t *))dlsym(handle, "_ULx86_64_step");
    get_reg = (int (*)(unw_cursor_t *, int, unw_word_t *))dlsym(handle, "_ULx86_64_get_reg");
}

static void open_counts(void)
{
    char path[512];
    const char *directory = getenv("STACK_ORACLE");
    counted_pid = getpid();
    counts = &nowhere;
    if (directory == NULL)
        return;
    snprintf(path, sizeof path, "%s/%d.counts", directory, counted_pid);
    int fd = (int)syscall(SYS_open, path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    if (ftruncate(fd, sizeof *counts) == 0) {
        void *memory = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (memory != MAP_FAILED)
            counts = memory;
    }
    syscall(SYS_close, fd);
}

/* A frame as it was recorded; sp 0: not known. */
struct frame {
    uint64_t pc, sp;
};

static void describe(
    const struct frame *ours, int depth, const struct unwind_word *theirs, int count)
{
    char path[512], line[256];
    const char *directory = getenv("STACK_ORACLE");
    if (directory == NULL || counts->different + counts->shorter > LOGGED_MAX)
        return;
    snprintf(path, sizeof path, "%s/%d.log", directory, counted_pid);
    int fd = (int)syscall(SYS_open, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    for (int i = 0; i < depth || i < count; i++) {
        Dl_info info = {0};
        uint64_t pc = i < depth ? ours[i].pc : (uint64_t)theirs[i].address;
        dladdr((void *)(pc - 1), &info);
        int length = snprintf(line, sizeof line,
            "%3d ours %12lx sp %12lx  theirs %12lx sp %12lx  %s %s+%lx\n", i,
            i < depth ? ours[i].pc : 0, i < depth ? ours[i].sp : 0,
            i < count ? (uint64_t)theirs[i].address : 0, i < count ? theirs[i].value : 0,
            info.dli_fname ? info.dli_fname : "?", info.dli_sname ? info.dli_sname : "?",
            info.dli_fbase ? pc - (uint64_t)info.dli_fbase : 0);
        syscall(SYS_write, fd, line, length);
    }
    syscall(SYS_write, fd, "--\n", 3);
    syscall(SYS_close, fd);
}

#define FRAMES_MAX 12000

/* Whether libunwind knows the stack pointer of this frame's caller. Where there are no tables it
 * finds addresses, but makes up stack pointers; and it takes the CFA for one even where the
 * tables say otherwise (glibc's setcontext, interrupted while it switches stacks). */
static bool is_followed_at(uint64_t address)
{
    struct dl_find_object object;
    struct cfi_work work;
    if (_dl_find_object((void *)address, &object) != 0 ||
        cfi_find_row((uint64_t)object.dlfo_eh_frame, address, &work) != CFI_FOUND)
        return false;
    return work.row.is_signal_frame || work.row.saved[ARCH_SP].where == CFI_SAME;
}

/* The address may be that of a call's return, or of an instruction that a signal interrupted. */
static bool is_followed(uint64_t pc)
{
    return is_followed_at(pc - 1) && is_followed_at(pc);
}

/* No file is mapped there. */
static bool is_nowhere(const void *address)
{
    struct dl_find_object object;
    return _dl_find_object((void *)address, &object) != 0;
}

/* Has no node in the tree: a frame of ours, or what a handler returns to. */
static bool is_hidden(uint64_t pc)
{
    struct dl_find_object object, own;
    struct cfi_work work;
    if (_dl_find_object((void *)(pc - 1), &object) != 0 ||
        _dl_find_object((void *)is_hidden, &own) != 0)
        return false;
    return object.dlfo_map_start == own.dlfo_map_start ||
           (cfi_find_row((uint64_t)object.dlfo_eh_frame, pc - 1, &work) == CFI_FOUND &&
               work.row.is_signal_frame);
}

/* The frames that libunwind finds from `from` on, innermost first. Returns how many. */
static int their_frames(
    unw_context_t *context, const struct unwind_state *from, struct unwind_word *theirs)
{
    unw_cursor_t cursor;
    int count = 0;
    if (init_local(&cursor, context) != 0)
        return 0;
    do {
        unw_word_t pc = 0, sp = 0;
        get_reg(&cursor, UNW_REG_IP, &pc);
        get_reg(&cursor, UNW_REG_SP, &sp);
        if (count == 0 && (pc != from->pc || sp != from->sp))
            continue; /* still in our own frames */
        if (pc == 0)
            break;
        theirs[count++] = (struct unwind_word){(const uint64_t *)pc, sp};
    } while (step(&cursor) > 0 && count < FRAMES_MAX);
    return count;
}

static int frames_of_walk(const struct stack_walk *walk, struct frame *ours)
{
    for (uint32_t i = 0; i < walk->depth; i++) {
        const struct unwind_state *state = &walk->frames[walk->depth - 1 - i].state;
        ours[i] = (struct frame){state->pc, state->sp};
    }
    return (int)walk->depth;
}

static int frames_of_path(const struct segment *segment, trace_index leaf, struct frame *ours)
{
    int depth = 0;
    for (trace_index at = segment_record(segment, leaf)->node.caller; at && depth < FRAMES_MAX;) {
        const struct trace_node *node = &segment_record(segment, at)->node;
        uint64_t bias = node->module ? segment_record(segment, node->module)->module.bias : 0;
        ours[depth++] = (struct frame){node->address + bias, 0};
        at = node->caller;
    }
    return depth;
}

static int without_hidden(struct unwind_word *theirs, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (!is_hidden((uint64_t)theirs[i].address))
            theirs[kept++] = theirs[i];
    return kept;
}

/* Compares our frames with what libunwind makes of the same stack. */
static void compare(
    const struct frame *ours, int depth, const struct unwind_word *theirs, int count)
{
    int same = 0;
    bool is_guess = false;
    while (same < depth && same < count) {
        if (ours[same].pc != (uint64_t)theirs[same].address)
            break;
        is_guess |= !is_followed(ours[same].pc);
        if (ours[same].sp && ours[same].sp != theirs[same].value && !is_guess)
            break;
        same++;
    }
    counts->walks++;
    counts->frames += (uint64_t)same;
    if (same == depth && same == count)
        return;
    /* Where there are no tables, or the tables lead nowhere, libunwind gives up, or goes on with
     * what it finds on the stack: past such a frame it is no judge. */
    if (same == count || is_guess || is_nowhere(theirs[same].address))
        counts->shorter++;
    else
        counts->different++;
    describe(ours, depth, theirs, count);
}

struct request {
    const struct stack *stack;
    const struct unwind_state *from;
    trace_index node;
};

/* Whether the node is that of the walk used last. */
static bool is_of_walk(const struct request *request, const struct stack_walk *walk)
{
    const struct unwind_state *start = walk->depth ? &walk->frames[walk->depth - 1].state : NULL;
    return start && walk->leaf_node == request->node && start->pc == request->from->pc &&
           start->sp == request->from->sp;
}

static void run_compare(void *argument)
{
    static __thread struct {
        struct unwind_word theirs[FRAMES_MAX];
        struct frame ours[FRAMES_MAX];
    } * frames; /* as a large array it would not fit in static TLS */
    const struct request *request = argument;
    const struct stack_walk *walk = &request->stack->walks[request->stack->latest];
    unw_context_t context;
    int saved_errno = errno, depth;
    if (counted_pid != getpid())
        open_counts();
    if (frames == NULL)
        frames = mmap(
            NULL, sizeof *frames, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    get_context(&context);
    int count = their_frames(&context, request->from, frames->theirs);
    if (is_of_walk(request, walk)) {
        depth = frames_of_walk(walk, frames->ours);
    } else {
        depth = frames_of_path(request->stack->tree.segment, request->node, frames->ours);
        count = without_hidden(frames->theirs, count);
        counts->without_walk++;
    }
    compare(frames->ours, depth, frames->theirs, count);
    errno = saved_errno;
}

trace_index __wrap_stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf)
{
    trace_index node = __real_stack_hit(stack, from, saved, leaf);
    struct request request = {stack, from, node};
    /* libunwind calls leaves itself: write, to see whether an address can be read. */
    static __thread int is_comparing;
    if (node == 0 || get_reg == NULL || is_comparing)
        return node;
    is_comparing = 1;
    arch_call_saving_here(run_compare, &request);
    is_comparing = 0;
    return node;
}
