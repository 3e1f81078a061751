/*
 * stack_oracle.c - compares every walk of the library with libunwind, frame by frame.
 *
 * Linked into a copy of libscoped-trace.so in which stack_hit is wrapped (ld --wrap). After
 * each hit the frames of the walk just used are compared with those that libunwind finds
 * from here, by address and stack pointer. Counts go into a file of the directory
 * $STACK_ORACLE, so that nothing is lost however the process ends; the first differences
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

#include "../../preload/cfi.h"
#include "../../preload/stack.h"
#include "../../preload/vectors.h"

#define LOGGED_MAX 20

struct counts {
    uint64_t walks, frames, different, shorter;
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

static void describe(const struct stack_walk *walk, const struct unwind_word *theirs, int count)
{
    char path[512], line[256];
    const char *directory = getenv("STACK_ORACLE");
    if (directory == NULL || counts->different + counts->shorter > LOGGED_MAX)
        return;
    snprintf(path, sizeof path, "%s/%d.log", directory, counted_pid);
    int fd = (int)syscall(SYS_open, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    int depth = (int)walk->depth;
    for (int i = 0; i < depth || i < count; i++) {
        const struct unwind_state *ours = i < depth ? &walk->frames[depth - 1 - i].state : NULL;
        Dl_info info = {0};
        uint64_t pc = ours ? ours->pc : (uint64_t)theirs[i].address;
        dladdr((void *)(pc - 1), &info);
        int length = snprintf(line, sizeof line,
            "%3d ours %12lx sp %12lx  theirs %12lx sp %12lx  %s %s+%lx\n", i, ours ? ours->pc : 0,
            ours ? ours->sp : 0, i < count ? (uint64_t)theirs[i].address : 0,
            i < count ? theirs[i].value : 0, info.dli_fname ? info.dli_fname : "?",
            info.dli_sname ? info.dli_sname : "?",
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
static bool is_followed(uint64_t pc)
{
    struct dl_find_object object;
    struct cfi_row row;
    if (_dl_find_object((void *)(pc - 1), &object) != 0 ||
        cfi_find_row((uint64_t)object.dlfo_eh_frame, pc - 1, &row) != CFI_FOUND)
        return false;
    return row.is_signal_frame || row.saved[CFI_RSP].where == CFI_SAME;
}

/* No file is mapped there. */
static bool is_nowhere(const void *address)
{
    struct dl_find_object object;
    return _dl_find_object((void *)address, &object) != 0;
}

/* Compares the frames of `walk` with what libunwind makes of the same stack. */
static void compare(const struct stack_walk *walk, unw_context_t *context)
{
    static __thread struct unwind_word *theirs; /* a large array would not fit in static TLS */
    unw_cursor_t cursor;
    uint32_t depth = walk->depth;
    const struct unwind_state *from = &walk->frames[depth - 1].state;
    int count = 0, result;
    if (theirs == NULL)
        theirs = mmap(NULL, FRAMES_MAX * sizeof *theirs, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (init_local(&cursor, context) != 0)
        return;
    do {
        unw_word_t pc = 0, sp = 0;
        get_reg(&cursor, UNW_REG_IP, &pc);
        get_reg(&cursor, UNW_REG_SP, &sp);
        if (count == 0 && (pc != from->pc || sp != from->sp))
            continue; /* still in our own frames */
        if (pc == 0)
            break;
        theirs[count++] = (struct unwind_word){(const uint64_t *)pc, sp};
    } while ((result = step(&cursor)) > 0 && count < FRAMES_MAX);

    uint32_t same = 0;
    bool is_guess = false;
    while (same < depth && same < (uint32_t)count) {
        const struct unwind_state *ours = &walk->frames[depth - 1 - same].state;
        if (ours->pc != (uint64_t)theirs[same].address)
            break;
        is_guess |= !is_followed(ours->pc);
        if (ours->sp != theirs[same].value && !is_guess)
            break;
        same++;
    }
    counts->walks++;
    counts->frames += same;
    if (same == depth && same == (uint32_t)count)
        return;
    /* Where there are no tables, or the tables lead nowhere, libunwind gives up, or goes on with
     * what it finds on the stack: past such a frame it is no judge. */
    if (same == (uint32_t)count || is_guess || is_nowhere(theirs[same].address))
        counts->shorter++;
    else
        counts->different++;
    describe(walk, theirs, count);
}

struct request {
    const struct stack_walk *walk;
};

static void run_compare(void *argument)
{
    unw_context_t context;
    int saved_errno = errno;
    if (counted_pid != getpid())
        open_counts();
    get_context(&context);
    compare(((struct request *)argument)->walk, &context);
    errno = saved_errno;
}

trace_index __wrap_stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf)
{
    trace_index node = __real_stack_hit(stack, from, saved, leaf);
    struct request request = {&stack->walks[stack->latest]};
    /* libunwind calls leaves itself: write, to see whether an address can be read. */
    static __thread int is_comparing;
    if (node == 0 || get_reg == NULL || is_comparing)
        return node;
    is_comparing = 1;
    vectors_saved_call(run_compare, &request);
    is_comparing = 0;
    return node;
}
