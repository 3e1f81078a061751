/*
 * system_calls.c - leaves that are called by their number, with syscall(2).
 */
#include "leaves/system_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "hook_record.h"
#include "leaves/leaves.h"
#include "leaves/table.h"

/* Numbers that older headers do not have; newer calls have the same on all architectures. */
enum {
    NUMBER_IO_URING_ENTER = 426,
    NUMBER_OPENAT2 = 437,
    NUMBER_EPOLL_PWAIT2 = 441,
    NUMBER_FUTEX_WAITV = 449,
    NUMBER_FUTEX_WAIT = 455,
};

/* Where the C library's function of this name passes on the same arguments, or nearly so. Not here:
 * calls that must be entered by a jump (vfork, execve, exit), and those that the library watches.
 */
static const struct {
    uint32_t number;
    const char *leaf;
} known[] = {
    {SYS_read, "read"},
    {SYS_pread64, "pread64"},
    {SYS_readv, "readv"},
    {SYS_preadv, "preadv"},
    {SYS_preadv2, "preadv2"},
    {SYS_write, "write"},
    {SYS_pwrite64, "pwrite64"},
    {SYS_writev, "writev"},
    {SYS_pwritev, "pwritev"},
    {SYS_pwritev2, "pwritev2"},
    {SYS_sendfile, "sendfile"},
    {SYS_splice, "splice"},
    {SYS_tee, "tee"},
    {SYS_vmsplice, "vmsplice"},
    {SYS_copy_file_range, "copy_file_range"},
    {SYS_getrandom, "getrandom"},
    {SYS_fsync, "fsync"},
    {SYS_fdatasync, "fdatasync"},
    {SYS_sync, "sync"},
    {SYS_syncfs, "syncfs"},
    {SYS_msync, "msync"},
    {SYS_sync_file_range, "sync_file_range"},
    {SYS_flock, "flock"},
    {SYS_poll, "poll"},
    {SYS_ppoll, "ppoll"},
    {SYS_select, "select"},
    {SYS_pselect6, "pselect"},
    {SYS_epoll_wait, "epoll_wait"},
    {SYS_epoll_pwait, "epoll_pwait"},
    {NUMBER_EPOLL_PWAIT2, "epoll_pwait2"},
    {SYS_epoll_create1, "epoll_create1"},
    {SYS_epoll_ctl, "epoll_ctl"},
    {SYS_mq_timedreceive, "mq_timedreceive"},
    {SYS_mq_timedsend, "mq_timedsend"},
    {SYS_msgrcv, "msgrcv"},
    {SYS_msgsnd, "msgsnd"},
    {SYS_open, "open"},
    {SYS_openat, "openat"},
    {NUMBER_OPENAT2, "openat2"},
    {SYS_creat, "creat"},
    {SYS_memfd_create, "memfd_create"},
    {SYS_pipe2, "pipe2"},
    {SYS_lseek, "lseek"},
    {SYS_fcntl, "fcntl"},
    {SYS_ioctl, "ioctl"},
    {SYS_ftruncate, "ftruncate"},
    {SYS_fallocate, "fallocate"},
    {SYS_eventfd2, "eventfd"},
    {SYS_io_getevents, "io_getevents"},
    {SYS_io_pgetevents, "io_pgetevents"},
    {NUMBER_IO_URING_ENTER, "io_uring_enter"},
    {SYS_recvfrom, "recvfrom"},
    {SYS_recvmsg, "recvmsg"},
    {SYS_recvmmsg, "recvmmsg"},
    {SYS_sendto, "sendto"},
    {SYS_sendmsg, "sendmsg"},
    {SYS_sendmmsg, "sendmmsg"},
    {SYS_accept, "accept"},
    {SYS_accept4, "accept4"},
    {SYS_connect, "connect"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_pause, "pause"},
    {SYS_rt_sigtimedwait, "sigtimedwait"},
    {SYS_rt_sigsuspend, "sigsuspend"},
    {SYS_futex, "futex"},
    {NUMBER_FUTEX_WAITV, "futex_waitv"},
    {NUMBER_FUTEX_WAIT, "futex_wait"},
    {SYS_semop, "semop"},
    {SYS_semtimedop, "semtimedop"},
    {SYS_wait4, "wait4"},
    {SYS_waitid, "waitid"},
    {SYS_stat, "stat"},
    {SYS_lstat, "lstat"},
    {SYS_fstat, "fstat"},
    {SYS_newfstatat, "fstatat"},
    {SYS_statx, "statx"},
    {SYS_statfs, "statfs"},
    {SYS_access, "access"},
    {SYS_faccessat, "faccessat"},
    {SYS_rename, "rename"},
    {SYS_renameat, "renameat"},
    {SYS_renameat2, "renameat2"},
    {SYS_unlink, "unlink"},
    {SYS_unlinkat, "unlinkat"},
    {SYS_mkdir, "mkdir"},
    {SYS_readlink, "readlink"},
    {SYS_getdents64, "getdents64"},
};

#define KNOWN_COUNT (sizeof known / sizeof *known)

/* Six arguments after the number: the last one is on the stack. */
#define BY_NUMBER (HOOK_BY_NUMBER | HOOK_STACK_ARGS_OF(1))

/* Calls of futex that wake others, if only those that wait are hits. */
#define FUTEX_WAKES                                                                                \
    (HOOK_BY_NUMBER | HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_WAKES | HOOK_OBJECT_OF(HOOK_OBJECT_FUTEX))

bool system_calls_has(const char *leaf)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (strcmp(known[i].leaf, leaf) == 0)
            return true;
    return false;
}

/* Returns the leaf that is shown under this name and not written as a user writes functions. */
static const struct leaf *find_selected(const struct leaves *leaves, const char *shown)
{
    for (size_t i = 0; i < leaves->count; i++)
        if (leaves->list[i].spec == NULL && strcmp(leaves->list[i].shown, shown) == 0)
            return &leaves->list[i];
    return NULL;
}

static int by_call_number(const void *left, const void *right)
{
    const struct system_call *a = left, *b = right;
    return a->number < b->number ? -1 : a->number > b->number;
}

int system_calls_of(const struct leaves *leaves, struct system_call **list, size_t *count)
{
    *count = 0;
    *list = calloc(KNOWN_COUNT + 1, sizeof **list);
    if (*list == NULL)
        return -ENOMEM;
    const struct leaf *futex = find_selected(leaves, "futex");
    if (futex && futex->hook_flags & HOOK_ONLY_WAITS)
        (*list)[(*count)++] = (struct system_call){
            SYS_futex | HOOK_CALL_WAKES, FUTEX_WAKES, futex->shown};
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        const struct leaf *leaf = find_selected(leaves, known[i].leaf);
        if (leaf)
            (*list)[(*count)++] = (struct system_call){
                known[i].number, leaf->hook_flags | BY_NUMBER, leaf->shown};
    }
    qsort(*list, *count, sizeof **list, by_call_number);
    return 0;
}
