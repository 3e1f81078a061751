/*
 * execution.c - whether a program that is executed will be traced.
 */
#include "hook/execution.h"

#include <asm/errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/kernel.h"
#include "base/text.h"
#include "code/call_frame.h"
#include "hook/environment.h"
#include "hook/executable.h"
#include "record/settings.h"
#include "trace/trace.h"
#include "trace_format.h"
#include "base/forbidden.h"

#define NONE     (-1)
#define PATH_MAX 4096

/* How a function executes a program. */
enum manner {
    EXECUTES,       /* it is the system call, or does the same */
    PASSES,         /* its child executes the program, with the environment that it was given */
    PASSES_ITS_OWN, /* it executes the program itself, with `environ` */
};

/* The numbers of the arguments. NONE as directory: the current one; as environment: `environ`. If
 * the function searches for the file, the path is used only if it has a slash. execle is missing,
 * because its environment comes after a list. */
static const struct function {
    const char *name;
    int8_t directory, path, list, environment, flags;
    uint8_t manner;
    bool searches;
    bool is_always_seen; /* also if libc's execve is hooked at its entry: it does not call that */
} functions[] = {
    {"execve", NONE, 0, 1, 2, NONE, EXECUTES, false, false},
    {"execveat", 0, 1, 2, 3, 4, EXECUTES, false, true},
    {"fexecve", 0, NONE, 1, 2, NONE, EXECUTES, false, true},
    {"execv", NONE, 0, 1, NONE, NONE, EXECUTES, false, false},
    {"execvpe", NONE, 0, 1, 2, NONE, EXECUTES, true, false},
    {"execvp", NONE, 0, 1, NONE, NONE, EXECUTES, true, false},
    {"posix_spawn", NONE, 1, 4, 5, NONE, PASSES, false, false},
    {"posix_spawnp", NONE, 1, 4, 5, NONE, PASSES, true, false},
    {"execl", NONE, 0, NONE, NONE, NONE, PASSES_ITS_OWN, false, false},
    {"execlp", NONE, 0, NONE, NONE, NONE, PASSES_ITS_OWN, true, false},
};

static bool is_at_entry;
static _Atomic int is_confined;

void execution_at_entry(void)
{
    is_at_entry = true;
}

void execution_expect_confinement(void)
{
    atomic_store_explicit(&is_confined, 1, memory_order_relaxed);
}

/* A program that is about to be executed: the arguments of execveat(2). */
struct execution {
    int directory;
    unsigned flags;
    const char *path; /* in the program's memory; it may not be readable */
    const void *list;
    char **variables;
    bool is_at; /* execveat, not execve */
    bool is_to_be_found;
};

/* ---- whether it would find its way ---- */

static bool can_open(const char *path)
{
    long fd = KERNEL_CALL3(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (kernel_failed(fd))
        return false;
    KERNEL_CALL1(SYS_close, fd);
    return true;
}

/* Whether a file can be made in the session's directory. Makes one and removes it. */
__attribute__((noinline)) static bool can_make_file(const char *directory)
{
    char name[256];
    const char *limit = name + sizeof name - 1;
    char *end = text_append(text_append(name, limit, directory), limit, "/");
    end = text_append_number(end, limit, (uint64_t)KERNEL_CALL0(SYS_gettid), 10);
    text_append(end, limit, ".try");
    long fd = KERNEL_CALL4(
        SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (kernel_failed(fd))
        return false;
    KERNEL_CALL1(SYS_close, fd);
    arch_unlink(name);
    return true;
}

/* Whether this process can use our files and write a trace: one of enum trace_untraced. */
static uint32_t reach(void)
{
    const char *directory = settings.directory, *library = settings.library,
               *interposer = settings.interposer;
    bool is_tried = atomic_load_explicit(&is_confined, memory_order_relaxed);
    if (arch_access(directory, F_OK) == -ENOENT)
        return TRACE_UNTRACED_UNREACHABLE;
    if (arch_access(directory, W_OK | X_OK) != 0)
        return TRACE_UNTRACED_FORBIDDEN;
    if (arch_access(library, R_OK) != 0 || (interposer && arch_access(interposer, R_OK) != 0))
        return TRACE_UNTRACED_UNREACHABLE;
    if (!is_tried ||
        (can_open(library) && (!interposer || can_open(interposer)) && can_make_file(directory)))
        return TRACE_UNTRACED_NOT;
    return TRACE_UNTRACED_FORBIDDEN;
}

/* execve(2): AT_SECURE is set if the ids differ (fs/exec.c, cap_bprm_creds_from_file). */
static bool has_two_identities(void)
{
    return KERNEL_CALL0(SYS_getuid) != KERNEL_CALL0(SYS_geteuid) ||
           KERNEL_CALL0(SYS_getgid) != KERNEL_CALL0(SYS_getegid);
}

/* Why the program will not be traced, or TRACE_UNTRACED_NOT. *is_in_the_way: it would not start, or
 * would print an error, because of our variables in its environment. */
static uint32_t why_untraced(
    const struct execution *execution, uint32_t of_file, bool *is_in_the_way)
{
    struct environment environment = environment_look(execution->variables);
    uint32_t kind = of_file & ~TRACE_UNTRACED_INTERPRETER, reached = TRACE_UNTRACED_NOT;
    if (kind == TRACE_UNTRACED_NOT && has_two_identities())
        of_file = kind = TRACE_UNTRACED_RIGHTS;
    /* A static program may execute others, which are traced. */
    if (kind == TRACE_UNTRACED_NOT || kind == TRACE_UNTRACED_STATIC)
        reached = reach();
    *is_in_the_way = environment.has_library &&
                     (reached != TRACE_UNTRACED_NOT || kind > TRACE_UNTRACED_STATIC);
    if (kind != TRACE_UNTRACED_NOT)
        return of_file;
    if (!environment.has_library || !environment.has_session)
        return TRACE_UNTRACED_ENVIRONMENT;
    return reached;
}

/* ---- what it is called ---- */

static size_t readable_length(const char *text)
{
    size_t length = 0;
    for (; length < PATH_MAX; length++) {
        if ((length == 0 || (uint64_t)&text[length] % KERNEL_PAGE == 0) &&
            !kernel_is_readable((uint64_t)&text[length] & ~UINT64_C(7)))
            return 0;
        if (text[length] == '\0')
            break;
    }
    return length;
}

static size_t name_of_open_file(int fd, char *to, size_t size)
{
    char link[32];
    const char *limit = link + sizeof link - 1;
    text_append_number(text_append(link, limit, "/proc/self/fd/"), limit, (uint64_t)fd, 10);
    long length = KERNEL_CALL4(SYS_readlinkat, AT_FDCWD, link, to, size);
    return length > 0 ? (size_t)length : 0;
}

/* Counts the program. Returns the counter, or NULL. */
__attribute__((noinline)) static _Atomic uint64_t *note(
    const struct execution *execution, uint32_t reason)
{
    char name[256];
    const char *path = execution->path;
    size_t length = path ? readable_length(path) : 0;
    if (length == 0) {
        path = name;
        length = name_of_open_file(execution->directory, name, sizeof name);
    }
    return length ? trace_note_untraced(path, length, reason) : NULL;
}

/* ---- the call ---- */

/* Returns only if it has failed. */
static void execute(const struct execution *execution, char **variables)
{
    if (execution->is_at)
        KERNEL_CALL6(SYS_execveat, execution->directory, execution->path ? execution->path : "",
            execution->list, variables, execution->flags, 0);
    else
        KERNEL_CALL3(SYS_execve, execution->path, execution->list, variables);
}

/* Finds out about the file. Returns false if it cannot be executed, or if there is no session. */
static bool execution_look(const struct execution *execution, uint32_t *reason)
{
    *reason = TRACE_UNTRACED_NOT;
    if (kernel_is_forbidden || settings.directory[0] == '\0')
        return false;
    return execution->is_to_be_found ||
           executable_look(execution->directory, execution->path ? execution->path : "",
               execution->flags, reason);
}

/* Whether it is known that the program will not be traced, and then why; *is_in_the_way as above.
 */
static bool is_untraced(const struct execution *execution, uint32_t *reason, bool *is_in_the_way)
{
    uint32_t of_file;
    if (!execution_look(execution, &of_file))
        return false;
    *reason = why_untraced(execution, of_file, is_in_the_way);
    return *reason != TRACE_UNTRACED_NOT;
}

/* Executes the program if it will not be traced. It is counted before; if execve returns, it has
 * failed, and the count is taken back. */
static void execution_take_over(struct call_frame *call, const struct execution *execution)
{
    bool is_in_the_way;
    uint32_t reason;
    trace_note_executing(false);
    if (!is_untraced(execution, &reason, &is_in_the_way))
        return;
    _Atomic uint64_t *counter = note(execution, reason);
    if (execution->is_to_be_found)
        return;
    char **variables = execution->variables;
    if (is_in_the_way)
        variables = environment_without(call, variables, settings.interposer);
    trace_note_end(TRACE_END_EXECUTES_UNTRACED, 0);
    if (variables || !is_in_the_way)
        execute(execution, variables);
    trace_note_end(TRACE_END_EXECUTES, 0); /* it has failed, and will fail again */
    if (variables && is_in_the_way)
        environment_release(call);
    if (counter)
        atomic_fetch_sub_explicit(counter, 1, memory_order_relaxed);
}

/* For a function that executes the program itself. */
static void execution_leave_to_function(
    struct call_frame *call, const struct execution *execution, const struct function *function)
{
    bool is_in_the_way;
    uint32_t reason;
    trace_note_executing(function->manner == PASSES);
    if (!is_untraced(execution, &reason, &is_in_the_way))
        return;
    note(execution, reason);
    if (!is_in_the_way || function->manner != PASSES)
        return;
    char **variables = environment_without(call, execution->variables, settings.interposer);
    if (variables == NULL)
        return;
    call->registers.arguments[function->environment] = (uint64_t)variables;
    /* The function is entered by a jump, so this frame will be gone. The memory is safe all the
     * same: the function blocks all signals, so nothing else in this thread executes a program
     * before it does. */
    environment_release(call);
}

void execution_execve(struct call_frame *call)
{
    const struct execution execution = {.directory = AT_FDCWD,
        .path = (const char *)call->registers.arguments[0],
        .list = (const void *)call->registers.arguments[1],
        .variables = (char **)call->registers.arguments[2]};
    execution_take_over(call, &execution);
}

void execution_system_call(struct call_frame *call, const uint64_t *arguments)
{
    bool is_at = arguments[0] == SYS_execveat;
    const uint64_t *others = arguments + (is_at ? 2 : 1);
    const struct execution execution = {.directory = is_at ? (int)arguments[1] : AT_FDCWD,
        .flags = is_at ? (unsigned)arguments[5] : 0,
        .path = (const char *)others[0],
        .list = (const void *)others[1],
        .variables = (char **)others[2],
        .is_at = is_at};
    if (is_at || arguments[0] == SYS_execve)
        execution_take_over(call, &execution);
}

static const struct function *find_function(const char *name)
{
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++)
        if (text_equal(name, functions[i].name))
            return &functions[i];
    return NULL;
}

static uint64_t argument(const struct call_frame *call, int number, uint64_t otherwise)
{
    return number == NONE ? otherwise : call->registers.arguments[number];
}

static bool has_slash(const char *text)
{
    size_t length = readable_length(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] == '/')
            return true;
    return false;
}

bool execution_call(struct call_frame *call, const char *name)
{
    const struct function *function = find_function(name);
    if (function == NULL)
        return false;
    if (is_at_entry && !function->is_always_seen)
        return true;
    const struct execution execution = {
        .directory = (int)argument(call, function->directory, (uint64_t)AT_FDCWD),
        .flags = function->path == NONE ? AT_EMPTY_PATH
                                        : (unsigned)argument(call, function->flags, 0),
        .path = (const char *)argument(call, function->path, 0),
        .list = (const void *)argument(call, function->list, 0),
        .variables = (char **)argument(call, function->environment, (uint64_t)environ),
        .is_at = function->is_always_seen,
        .is_to_be_found = function->searches &&
                          !has_slash((const char *)call->registers.arguments[function->path])};
    if (function->manner == EXECUTES)
        execution_take_over(call, &execution);
    else
        execution_leave_to_function(call, &execution, function);
    return true;
}
