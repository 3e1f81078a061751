/*
 * header.c - what the trace file's header says about the process.
 */
#include "trace/header.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/startup.h"
#include "base/text.h"
#include "trace/modules.h"
#include "trace/lifetime.h"
#include "base/forbidden.h"

#define FIRST_PID_NAMESPACE 0xeffffffcu /* its inode (Linux, PROC_PID_INIT_INO) */

static char **arguments;  /* valid while the constructor runs */
static const char *title; /* the text of argv[0]; it stays readable */

void header_take_arguments(char **from)
{
    arguments = from;
    title = from[0];
}

void header_forget_arguments(void)
{
    arguments = NULL;
}

/* Memory for opening the trace file, which only one thread does at a time. A stack may have no room
 * for it. */
static struct {
    char text[512];
    struct stat status;
    char line[512];
    struct arch_vectors vectors;
} at_open STARTUP_ROOM(at_open);

/* Copies the arguments with a NUL after each, up to `size` bytes. Returns how many bytes. */
static long copy_arguments(char *text, size_t size)
{
    char **argument = arguments;
    const char *c = *argument;
    size_t length = 0;
    for (; c && length < size; length++) {
        text[length] = *c;
        c = *c ? c + 1 : *++argument;
    }
    return (long)length;
}

/* The same from the kernel. Returns -errno on failure. */
static long read_arguments(char *text, size_t size)
{
    long fd = arch_open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return fd;
    long length = KERNEL_CALL3(SYS_read, fd, text, size);
    KERNEL_CALL1(SYS_close, fd);
    return length;
}

/* A forked child has its parent's command line. It is not read again: the text in place of the
 * arguments may be a title by then. */
static struct trace_string record_command_line(struct segment *segment)
{
    static long known_length;
    char *text = at_open.text;
    if (known_length > 0)
        return segment_text(segment, text, (size_t)known_length);
    long length = arguments ? copy_arguments(text, sizeof at_open.text)
                            : read_arguments(text, sizeof at_open.text);
    if (kernel_failed(length))
        return (struct trace_string){0, 0};
    while (length > 0 && text[length - 1] == '\0')
        length--;
    for (long i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    known_length = length;
    return segment_text(segment, text, (size_t)length);
}

/* Many programs write what they are doing over their arguments (setproctitle(3bsd)). Another thread
 * may write either text at the same time, so a reader may see it half-written. */
__attribute__((noinline)) void header_refresh_title(struct segment *segment)
{
    volatile char *to = segment->header->title;
    const volatile char *from = title;
    for (unsigned i = 0; from && i < TRACE_TITLE_SIZE - 1; i++) {
        char byte = from[i];
        if (to[i] != byte)
            to[i] = byte;
        if (byte == '\0')
            return;
    }
}

/* The 22nd field of /proc/self/stat. The second one is a name in parentheses, which can contain any
 * character. */
static uint64_t find_start_time(void)
{
    char *line = at_open.line;
    long fd = arch_open("/proc/self/stat", O_RDONLY | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return 0;
    long length = KERNEL_CALL3(SYS_read, fd, line, sizeof at_open.line - 1);
    KERNEL_CALL1(SYS_close, fd);
    if (kernel_failed(length))
        return 0;
    line[length] = '\0';
    const char *at = line, *field = line;
    for (; *at; at++)
        if (*at == ')')
            field = at;
    for (unsigned which = 2; *field && which < 22; field++)
        which += *field == ' ';
    return text_number(field, UINT32_MAX);
}

static uint64_t find_birth(void)
{
    if (kernel_failed(arch_stat("/proc/self/ns/pid", &at_open.status)))
        return 0;
    uint64_t namespace = at_open.status.st_ino;
    return namespace == FIRST_PID_NAMESPACE ? namespace : find_start_time() << 32 | namespace;
}

/* getppid(2) is 0 in the first process of a PID namespace. A forked one still has the parent's id
 * in `own`. */
static int32_t find_parent(bool is_forked, int32_t pid)
{
    static int32_t own;
    int32_t parent = (int32_t)KERNEL_CALL0(SYS_getppid);
    if (parent == 0 && is_forked)
        parent = own;
    own = pid;
    return parent;
}

void header_write(struct segment *segment, bool is_forked)
{
    struct trace_header *header = segment->header;
    header->pid = (int32_t)KERNEL_CALL0(SYS_getpid);
    header->parent_pid = find_parent(is_forked, header->pid);
    header->birth = find_birth();
    header_refresh_title(segment);
    lifetime_note_parent(segment->path, header->parent_pid);
    lifetime_note_begin(header, is_forked, find_start_time);
    header->clock = clock_kind;
    header->start_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    header->start_ticks = clock_ticks();
    header->start_realtime_ns = clock_nanoseconds(CLOCK_REALTIME);
    header->forked = is_forked;
    header->command = record_command_line(segment);
    const struct module *program = modules_find(
        segment, (uint64_t)linkmap_first()->l_ld, &at_open.vectors);
    header->program = program ? program->trace : 0;
    /* Pairs with the reader's acquire: the header is complete. */
    atomic_store_explicit(&header->ready, 1, memory_order_release);
}
