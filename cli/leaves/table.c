/*
 * table.c - the functions of the C library that are known by name, and the groups that they are in.
 */
#include "leaves/table.h"

#include <string.h>

#include "hook_record.h"

enum {
    WAIT = 0x01,
    IO = 0x02,
    NET = 0x04,
    SLEEP = 0x08,
    LOCK = 0x10,
    FILES = 0x20,
    PROC = 0x40,
    STDIO = 0x80,
};

const struct leaf_group leaf_groups[] = {
    {"wait", WAIT, "calls that can block on something outside of the thread (the default)"},
    {"io", IO, "work on file descriptors: reading, writing, polling, controlling"},
    {"net", NET, "sockets, and the look-up of names and addresses"},
    {"sleep", SLEEP, "waiting for time to pass or for a signal"},
    {"lock", LOCK, "threads and processes waiting for each other; calls of free locks, too"},
    {"file", FILES, "work on files by name, and on directories"},
    {"proc", PROC, "processes: start, signal, wait, end"},
    {"stdio", STDIO, "streams of the C library: many of these calls only touch a buffer"},
    {NULL, 0, NULL},
};

#define TWINS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MORE       HOOK_STACK_ARGS       /* variadic: the number of arguments is not known */
#define WORDS(n)   HOOK_STACK_ARGS_OF(n) /* six integer arguments and n more */
#define TAIL       HOOK_TAIL             /* returns twice or never, or looks at its caller */
#define WRITES     HOOK_WRITES           /* to what others may be waiting for */
#define BUSY       HOOK_ONLY_WAITS       /* a lock: with the group `wait` only if it is taken */

/* What the function can wait for, and which argument that is: enum hook_object. */
#define DESCRIPTOR  HOOK_OBJECT_OF(HOOK_OBJECT_DESCRIPTOR)
#define POLL        HOOK_OBJECT_OF(HOOK_OBJECT_POLL)
#define SELECT      HOOK_OBJECT_OF(HOOK_OBJECT_SELECT)
#define EPOLL       HOOK_OBJECT_OF(HOOK_OBJECT_EPOLL)
#define CONNECT     HOOK_OBJECT_OF(HOOK_OBJECT_CONNECT)
#define MUTEX       HOOK_OBJECT_OF(HOOK_OBJECT_MUTEX)
#define READ_LOCK   HOOK_OBJECT_OF(HOOK_OBJECT_READ_LOCK)
#define WRITE_LOCK  HOOK_OBJECT_OF(HOOK_OBJECT_WRITE_LOCK)
#define SPIN_LOCK   HOOK_OBJECT_OF(HOOK_OBJECT_SPIN_LOCK)
#define ONCE        HOOK_OBJECT_OF(HOOK_OBJECT_ONCE)
#define CONDITION   HOOK_OBJECT_OF(HOOK_OBJECT_CONDITION)
#define SEMAPHORE   HOOK_OBJECT_OF(HOOK_OBJECT_SEMAPHORE)
#define BARRIER     HOOK_OBJECT_OF(HOOK_OBJECT_BARRIER)
#define FUTEX       HOOK_OBJECT_OF(HOOK_OBJECT_FUTEX)
#define CHILD       HOOK_OBJECT_OF(HOOK_OBJECT_CHILD)
#define ANY_CHILD   HOOK_OBJECT_OF(HOOK_OBJECT_ANY_CHILD)
#define CHILD_BY_ID HOOK_OBJECT_OF(HOOK_OBJECT_CHILD_BY_ID)
#define THREAD      HOOK_OBJECT_OF(HOOK_OBJECT_THREAD)
#define PATH        HOOK_OBJECT_OF(HOOK_OBJECT_PATH)
#define PATH_AT     HOOK_OBJECT_OF(HOOK_OBJECT_PATH_AT)
#define HOST        HOOK_OBJECT_OF(HOOK_OBJECT_HOST)
#define QUEUE       HOOK_OBJECT_OF(HOOK_OBJECT_QUEUE)
#define SEMAPHORES  HOOK_OBJECT_OF(HOOK_OBJECT_SEMAPHORES)

const struct table_function table_functions[] = {
    {"read", TWINS("__read_chk", "__read", "__read_nocancel"), WAIT | IO, DESCRIPTOR, NULL},
    {"pread", TWINS("__pread_chk", "__libc_pread"), WAIT | IO, DESCRIPTOR, NULL},
    {"pread64", TWINS("__pread64_chk", "__pread64", "__pread64_nocancel"), WAIT | IO, DESCRIPTOR,
        NULL},
    {"readv", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"preadv", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"preadv64", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"preadv2", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"preadv64v2", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"write", TWINS("__write", "__write_nocancel"), WAIT | IO, WRITES | DESCRIPTOR, NULL},
    {"pwrite", TWINS("__libc_pwrite"), WAIT | IO, DESCRIPTOR, NULL},
    {"pwrite64", TWINS("__pwrite64"), WAIT | IO, DESCRIPTOR, NULL},
    {"writev", NULL, WAIT | IO, WRITES | DESCRIPTOR, NULL},
    {"pwritev", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"pwritev64", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"pwritev2", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"pwritev64v2", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"sendfile", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"sendfile64", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"splice", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"tee", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"vmsplice", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"copy_file_range", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"eventfd_read", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"eventfd_write", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"getrandom", NULL, IO, 0, NULL},
    {"getentropy", NULL, IO, 0, NULL},
    {"fsync", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"fdatasync", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"sync", NULL, WAIT | IO, 0, NULL},
    {"syncfs", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"msync", NULL, WAIT | IO, 0, NULL},
    {"sync_file_range", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"flock", NULL, WAIT | IO | LOCK, DESCRIPTOR, NULL},
    {"lockf", NULL, WAIT | IO | LOCK, DESCRIPTOR, NULL},
    {"lockf64", NULL, WAIT | IO | LOCK, DESCRIPTOR, NULL},
    {"tcdrain", NULL, WAIT | IO, DESCRIPTOR, NULL},

    {"poll", TWINS("__poll_chk", "__poll"), WAIT | IO, POLL, NULL},
    {"ppoll", TWINS("__ppoll_chk"), WAIT | IO, POLL, NULL},
    {"select", TWINS("__select"), WAIT | IO, SELECT, NULL},
    {"pselect", NULL, WAIT | IO, SELECT, NULL},
    {"epoll_wait", NULL, WAIT | IO, EPOLL, NULL},
    {"epoll_pwait", NULL, WAIT | IO, EPOLL, NULL},
    {"epoll_pwait2", NULL, WAIT | IO, EPOLL, NULL},
    {"epoll_create", NULL, IO, 0, NULL},
    {"epoll_create1", NULL, IO, 0, NULL},
    {"epoll_ctl", NULL, IO, DESCRIPTOR, NULL},

    {"mq_receive", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"mq_timedreceive", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"mq_send", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"mq_timedsend", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"msgrcv", TWINS("__libc_msgrcv"), WAIT | IO, QUEUE, NULL},
    {"msgsnd", TWINS("__libc_msgsnd"), WAIT | IO, QUEUE, NULL},
    {"io_getevents", NULL, WAIT | IO, 0, NULL},
    {"io_pgetevents", NULL, WAIT | IO, 0, NULL},
    {"io_uring_enter", NULL, WAIT | IO, DESCRIPTOR, NULL},
    {"aio_suspend", TWINS("aio_suspend64"), WAIT | IO, 0, NULL},
    {"lio_listio", TWINS("lio_listio64"), WAIT | IO, 0, NULL},
    {"aio_read", TWINS("aio_read64"), IO, 0, NULL},
    {"aio_write", TWINS("aio_write64"), IO, 0, NULL},
    {"aio_fsync", TWINS("aio_fsync64"), IO, 0, NULL},

    {"open", TWINS("__open_2", "__open", "__open_nocancel"), IO | FILES, PATH, NULL},
    {"open64", TWINS("__open64_2", "__open64", "__open64_nocancel"), IO | FILES, PATH, NULL},
    {"openat", TWINS("__openat_2"), IO | FILES, PATH_AT, NULL},
    {"openat64", TWINS("__openat64_2"), IO | FILES, PATH_AT, NULL},
    {"openat2", NULL, IO | FILES, PATH_AT, NULL},
    {"creat", NULL, IO | FILES, PATH, NULL},
    {"creat64", NULL, IO | FILES, PATH, NULL},
    {"open_by_handle_at", NULL, IO | FILES, 0, NULL},
    {"mq_open", TWINS("__mq_open_2"), IO, PATH, NULL},
    {"memfd_create", NULL, IO, 0, NULL},
    {"close", TWINS("__close", "__close_nocancel"), IO, DESCRIPTOR, NULL},
    {"close_range", NULL, IO, 0, NULL},
    {"closefrom", NULL, IO, 0, NULL},
    {"dup", NULL, IO, DESCRIPTOR, NULL},
    {"dup2", TWINS("__dup2"), IO, DESCRIPTOR, NULL},
    {"dup3", NULL, IO, DESCRIPTOR, NULL},
    {"pipe", TWINS("__pipe"), IO, 0, NULL},
    {"pipe2", NULL, IO, 0, NULL},
    {"lseek", TWINS("__lseek"), IO, DESCRIPTOR, NULL},
    {"lseek64", TWINS("llseek"), IO, DESCRIPTOR, NULL},
    {"fcntl", TWINS("__fcntl"), IO, DESCRIPTOR, NULL},
    {"fcntl64", TWINS("__libc_fcntl64"), IO, DESCRIPTOR, NULL},
    {"ioctl", NULL, IO, DESCRIPTOR, NULL},
    {"ftruncate", TWINS("ftruncate64"), IO | FILES, DESCRIPTOR, NULL},
    {"fallocate", TWINS("fallocate64"), IO | FILES, DESCRIPTOR, NULL},
    {"posix_fallocate", TWINS("posix_fallocate64"), IO | FILES, DESCRIPTOR, NULL},
    {"posix_fadvise", TWINS("posix_fadvise64"), IO, DESCRIPTOR, NULL},
    {"readahead", NULL, IO, DESCRIPTOR, NULL},
    {"tcgetattr", NULL, IO, DESCRIPTOR, NULL},
    {"tcsetattr", NULL, IO, DESCRIPTOR, NULL},
    {"tcflush", NULL, IO, DESCRIPTOR, NULL},
    {"tcflow", NULL, IO, DESCRIPTOR, NULL},
    {"tcsendbreak", NULL, IO, DESCRIPTOR, NULL},
    {"isatty", NULL, IO, DESCRIPTOR, NULL},
    {"eventfd", NULL, IO, 0, NULL},
    {"signalfd", NULL, IO, 0, NULL},
    {"timerfd_create", NULL, IO, 0, NULL},
    {"timerfd_settime", NULL, IO, DESCRIPTOR, NULL},
    {"inotify_init", NULL, IO, 0, NULL},
    {"inotify_init1", NULL, IO, 0, NULL},
    {"inotify_add_watch", NULL, IO | FILES, DESCRIPTOR, NULL},
    {"inotify_rm_watch", NULL, IO | FILES, DESCRIPTOR, NULL},

    {"recv", TWINS("__recv_chk", "__recv"), WAIT | NET, DESCRIPTOR, NULL},
    {"recvfrom", NULL, WAIT | NET, DESCRIPTOR, NULL},
    {"__recvfrom_chk", NULL, WAIT | NET, WORDS(1) | DESCRIPTOR, "recvfrom"},
    {"recvmsg", NULL, WAIT | NET, DESCRIPTOR, NULL},
    {"recvmmsg", NULL, WAIT | NET, DESCRIPTOR, NULL},
    {"send", TWINS("__send"), WAIT | NET, DESCRIPTOR, NULL},
    {"sendto", NULL, WAIT | NET, DESCRIPTOR, NULL},
    {"sendmsg", NULL, WAIT | NET, DESCRIPTOR, NULL},
    {"sendmmsg", TWINS("__sendmmsg"), WAIT | NET, DESCRIPTOR, NULL},
    {"accept", NULL, WAIT | NET, DESCRIPTOR, NULL},
    {"accept4", NULL, WAIT | NET, DESCRIPTOR, NULL},
    {"connect", TWINS("__connect"), WAIT | NET, CONNECT, NULL},
    {"socket", TWINS("__socket"), NET, 0, NULL},
    {"socketpair", NULL, NET, 0, NULL},
    {"bind", NULL, NET, DESCRIPTOR, NULL},
    {"listen", NULL, NET, DESCRIPTOR, NULL},
    {"shutdown", NULL, NET, DESCRIPTOR, NULL},
    {"getsockopt", NULL, NET, DESCRIPTOR, NULL},
    {"setsockopt", NULL, NET, DESCRIPTOR, NULL},
    {"getsockname", NULL, NET, DESCRIPTOR, NULL},
    {"getpeername", NULL, NET, DESCRIPTOR, NULL},
    {"getaddrinfo", NULL, WAIT | NET, HOST, NULL},
    {"getnameinfo", NULL, WAIT | NET, WORDS(1), NULL},
    {"getaddrinfo_a", NULL, WAIT | NET, 0, NULL},
    {"gai_suspend", NULL, WAIT | NET, 0, NULL},
    {"gethostbyname", NULL, WAIT | NET, HOST, NULL},
    {"gethostbyname_r", NULL, WAIT | NET, HOST, NULL},
    {"gethostbyname2", NULL, WAIT | NET, HOST, NULL},
    {"gethostbyname2_r", NULL, WAIT | NET, WORDS(1) | HOST, NULL},
    {"gethostbyaddr", NULL, WAIT | NET, 0, NULL},
    {"gethostbyaddr_r", NULL, WAIT | NET, WORDS(2), NULL},
    {"res_query", TWINS("__res_query"), WAIT | NET, 0, NULL},
    {"res_search", TWINS("__res_search"), WAIT | NET, 0, NULL},
    {"res_querydomain", TWINS("__res_querydomain"), WAIT | NET, 0, NULL},
    {"res_send", TWINS("__res_send"), WAIT | NET, 0, NULL},
    {"res_nquery", TWINS("__res_nquery"), WAIT | NET, 0, NULL},
    {"res_nsearch", TWINS("__res_nsearch"), WAIT | NET, 0, NULL},
    {"res_nquerydomain", TWINS("__res_nquerydomain"), WAIT | NET, WORDS(1), NULL},
    {"res_nsend", TWINS("__res_nsend"), WAIT | NET, 0, NULL},
    {"getifaddrs", NULL, NET, 0, NULL},
    {"if_nameindex", NULL, NET, 0, NULL},
    {"if_nametoindex", NULL, NET, 0, NULL},
    {"if_indextoname", NULL, NET, 0, NULL},

    {"nanosleep", TWINS("__nanosleep"), WAIT | SLEEP, 0, NULL},
    {"clock_nanosleep", NULL, WAIT | SLEEP, 0, NULL},
    {"usleep", NULL, WAIT | SLEEP, 0, NULL},
    {"sleep", NULL, WAIT | SLEEP, 0, NULL},
    {"thrd_sleep", NULL, WAIT | SLEEP, 0, NULL},
    {"pause", NULL, WAIT | SLEEP, 0, NULL},
    {"sigsuspend", TWINS("__sigsuspend"), WAIT | SLEEP, 0, NULL},
    {"sigpause", TWINS("__sigpause", "__xpg_sigpause"), WAIT | SLEEP, 0, NULL},
    {"sigwait", NULL, WAIT | SLEEP, 0, NULL},
    {"sigwaitinfo", NULL, WAIT | SLEEP, 0, NULL},
    {"sigtimedwait", TWINS("__sigtimedwait"), WAIT | SLEEP, 0, NULL},

    {"pthread_cond_wait", NULL, WAIT | LOCK, CONDITION, NULL},
    {"pthread_cond_timedwait", NULL, WAIT | LOCK, CONDITION, NULL},
    {"pthread_cond_clockwait", NULL, WAIT | LOCK, CONDITION, NULL},
    {"pthread_barrier_wait", NULL, WAIT | LOCK, BARRIER, NULL},
    {"pthread_join", NULL, WAIT | LOCK, THREAD, NULL},
    {"pthread_timedjoin_np", NULL, WAIT | LOCK, THREAD, NULL},
    {"pthread_clockjoin_np", NULL, WAIT | LOCK, THREAD, NULL},
    {"thrd_join", NULL, WAIT | LOCK, THREAD, NULL},
    {"cnd_wait", NULL, WAIT | LOCK, CONDITION, NULL},
    {"cnd_timedwait", NULL, WAIT | LOCK, CONDITION, NULL},
    {"sem_wait", NULL, WAIT | LOCK, SEMAPHORE, NULL},
    {"sem_timedwait", NULL, WAIT | LOCK, SEMAPHORE, NULL},
    {"sem_clockwait", NULL, WAIT | LOCK, SEMAPHORE, NULL},
    {"semop", NULL, WAIT | LOCK, SEMAPHORES, NULL},
    {"semtimedop", NULL, WAIT | LOCK, SEMAPHORES, NULL},
    {"pthread_mutex_lock", TWINS("__pthread_mutex_lock"), WAIT | LOCK, BUSY | MUTEX, NULL},
    {"pthread_mutex_timedlock", NULL, WAIT | LOCK, BUSY | MUTEX, NULL},
    {"pthread_mutex_clocklock", NULL, WAIT | LOCK, BUSY | MUTEX, NULL},
    {"pthread_rwlock_rdlock", TWINS("__pthread_rwlock_rdlock"), WAIT | LOCK, BUSY | READ_LOCK,
        NULL},
    {"pthread_rwlock_timedrdlock", NULL, WAIT | LOCK, BUSY | READ_LOCK, NULL},
    {"pthread_rwlock_clockrdlock", NULL, WAIT | LOCK, BUSY | READ_LOCK, NULL},
    {"pthread_rwlock_wrlock", TWINS("__pthread_rwlock_wrlock"), WAIT | LOCK, BUSY | WRITE_LOCK,
        NULL},
    {"pthread_rwlock_timedwrlock", NULL, WAIT | LOCK, BUSY | WRITE_LOCK, NULL},
    {"pthread_rwlock_clockwrlock", NULL, WAIT | LOCK, BUSY | WRITE_LOCK, NULL},
    {"pthread_spin_lock", NULL, WAIT | LOCK, BUSY | SPIN_LOCK, NULL},
    {"pthread_once", TWINS("__pthread_once"), WAIT | LOCK, BUSY | ONCE, NULL},
    {"mtx_lock", NULL, WAIT | LOCK, BUSY | MUTEX, NULL},
    {"mtx_timedlock", NULL, WAIT | LOCK, BUSY | MUTEX, NULL},
    {"call_once", NULL, WAIT | LOCK, BUSY | ONCE, NULL},
    {"futex", NULL, WAIT | LOCK, BUSY | FUTEX, NULL},
    {"futex_wait", NULL, WAIT | LOCK, 0, NULL},
    {"futex_waitv", NULL, WAIT | LOCK, 0, NULL},
    {"flockfile", TWINS("_IO_flockfile"), LOCK | STDIO, 0, NULL},

    {"stat", TWINS("__xstat"), FILES, PATH, NULL},
    {"stat64", TWINS("__xstat64"), FILES, PATH, NULL},
    {"fstat", TWINS("__fxstat"), FILES, DESCRIPTOR, NULL},
    {"fstat64", TWINS("__fxstat64", "__fstat64"), FILES, DESCRIPTOR, NULL},
    {"lstat", TWINS("__lxstat"), FILES, PATH, NULL},
    {"lstat64", TWINS("__lxstat64"), FILES, PATH, NULL},
    {"fstatat", TWINS("__fxstatat"), FILES, PATH_AT, NULL},
    {"fstatat64", TWINS("__fxstatat64"), FILES, PATH_AT, NULL},
    {"statx", NULL, FILES, PATH_AT, NULL},
    {"statfs", TWINS("statfs64", "__statfs"), FILES, PATH, NULL},
    {"fstatfs", TWINS("fstatfs64"), FILES, DESCRIPTOR, NULL},
    {"statvfs", TWINS("statvfs64"), FILES, PATH, NULL},
    {"fstatvfs", TWINS("fstatvfs64"), FILES, DESCRIPTOR, NULL},
    {"access", NULL, FILES, PATH, NULL},
    {"faccessat", NULL, FILES, PATH_AT, NULL},
    {"euidaccess", NULL, FILES, PATH, NULL},
    {"eaccess", NULL, FILES, PATH, NULL},
    {"rename", NULL, FILES, PATH, NULL},
    {"renameat", NULL, FILES, PATH_AT, NULL},
    {"renameat2", NULL, FILES, PATH_AT, NULL},
    {"link", NULL, FILES, PATH, NULL},
    {"linkat", NULL, FILES, PATH_AT, NULL},
    {"symlink", NULL, FILES, PATH, NULL},
    {"symlinkat", NULL, FILES, 0, NULL},
    {"unlink", NULL, FILES, PATH, NULL},
    {"unlinkat", NULL, FILES, PATH_AT, NULL},
    {"remove", NULL, FILES, PATH, NULL},
    {"mkdir", NULL, FILES, PATH, NULL},
    {"mkdirat", NULL, FILES, PATH_AT, NULL},
    {"rmdir", NULL, FILES, PATH, NULL},
    {"mknod", TWINS("__xmknod"), FILES, PATH, NULL},
    {"mknodat", TWINS("__xmknodat"), FILES, PATH_AT, NULL},
    {"mkfifo", NULL, FILES, PATH, NULL},
    {"mkfifoat", NULL, FILES, PATH_AT, NULL},
    {"mkstemp", TWINS("mkstemp64"), FILES, 0, NULL},
    {"mkstemps", TWINS("mkstemps64"), FILES, 0, NULL},
    {"mkostemp", TWINS("mkostemp64"), FILES, 0, NULL},
    {"mkostemps", TWINS("mkostemps64"), FILES, 0, NULL},
    {"mkdtemp", NULL, FILES, 0, NULL},
    {"chmod", NULL, FILES, PATH, NULL},
    {"fchmod", NULL, FILES, DESCRIPTOR, NULL},
    {"fchmodat", NULL, FILES, PATH_AT, NULL},
    {"lchmod", NULL, FILES, PATH, NULL},
    {"chown", NULL, FILES, PATH, NULL},
    {"fchown", NULL, FILES, DESCRIPTOR, NULL},
    {"fchownat", NULL, FILES, PATH_AT, NULL},
    {"lchown", NULL, FILES, PATH, NULL},
    {"truncate", TWINS("truncate64"), FILES, PATH, NULL},
    {"utime", NULL, FILES, PATH, NULL},
    {"utimes", NULL, FILES, PATH, NULL},
    {"lutimes", NULL, FILES, PATH, NULL},
    {"futimes", NULL, FILES, DESCRIPTOR, NULL},
    {"futimesat", NULL, FILES, PATH_AT, NULL},
    {"utimensat", NULL, FILES, PATH_AT, NULL},
    {"futimens", NULL, FILES, DESCRIPTOR, NULL},
    {"readlink", TWINS("__readlink_chk"), FILES, PATH, NULL},
    {"readlinkat", TWINS("__readlinkat_chk"), FILES, PATH_AT, NULL},
    {"realpath", TWINS("__realpath_chk"), FILES, PATH, NULL},
    {"canonicalize_file_name", NULL, FILES, PATH, NULL},
    {"chdir", NULL, FILES, PATH, NULL},
    {"fchdir", NULL, FILES, DESCRIPTOR, NULL},
    {"chroot", NULL, FILES, PATH, NULL},
    {"getcwd", TWINS("__getcwd_chk"), FILES, 0, NULL},
    {"get_current_dir_name", NULL, FILES, 0, NULL},
    {"opendir", NULL, FILES, PATH, NULL},
    {"fdopendir", NULL, FILES, DESCRIPTOR, NULL},
    {"readdir", TWINS("readdir64"), FILES, 0, NULL},
    {"readdir_r", TWINS("readdir64_r"), FILES, 0, NULL},
    {"closedir", NULL, FILES, 0, NULL},
    {"rewinddir", NULL, FILES, 0, NULL},
    {"scandir", TWINS("scandir64"), FILES, PATH, NULL},
    {"scandirat", TWINS("scandirat64"), FILES, PATH_AT, NULL},
    {"getdents64", NULL, FILES, DESCRIPTOR, NULL},
    {"getdirentries", TWINS("getdirentries64"), FILES, DESCRIPTOR, NULL},
    {"ftw", TWINS("ftw64"), FILES, PATH, NULL},
    {"nftw", TWINS("nftw64"), FILES, PATH, NULL},
    {"fts_open", TWINS("fts64_open"), FILES, 0, NULL},
    {"fts_read", TWINS("fts64_read"), FILES, 0, NULL},
    {"fts_children", TWINS("fts64_children"), FILES, 0, NULL},
    {"fts_close", TWINS("fts64_close"), FILES, 0, NULL},
    {"glob", TWINS("glob64"), FILES, PATH, NULL},
    {"getxattr", NULL, FILES, PATH, NULL},
    {"lgetxattr", NULL, FILES, PATH, NULL},
    {"fgetxattr", NULL, FILES, DESCRIPTOR, NULL},
    {"setxattr", NULL, FILES, PATH, NULL},
    {"lsetxattr", NULL, FILES, PATH, NULL},
    {"fsetxattr", NULL, FILES, DESCRIPTOR, NULL},
    {"listxattr", NULL, FILES, PATH, NULL},
    {"llistxattr", NULL, FILES, PATH, NULL},
    {"flistxattr", NULL, FILES, DESCRIPTOR, NULL},
    {"removexattr", NULL, FILES, PATH, NULL},
    {"lremovexattr", NULL, FILES, PATH, NULL},
    {"fremovexattr", NULL, FILES, DESCRIPTOR, NULL},
    {"name_to_handle_at", NULL, FILES, PATH_AT, NULL},
    {"shm_open", NULL, FILES, PATH, NULL},
    {"shm_unlink", NULL, FILES, PATH, NULL},
    {"mq_unlink", NULL, FILES, PATH, NULL},
    {"mount", NULL, FILES, 0, NULL},
    {"umount", NULL, FILES, PATH, NULL},
    {"umount2", NULL, FILES, PATH, NULL},

    {"wait", TWINS("__wait"), WAIT | PROC, ANY_CHILD, NULL},
    {"wait3", NULL, WAIT | PROC, ANY_CHILD, NULL},
    {"wait4", NULL, WAIT | PROC, CHILD, NULL},
    {"waitpid", TWINS("__waitpid"), WAIT | PROC, CHILD, NULL},
    {"waitid", NULL, WAIT | PROC, CHILD_BY_ID, NULL},
    {"system", TWINS("__libc_system"), WAIT | PROC, 0, NULL},
    {"pclose", NULL, WAIT | PROC, 0, NULL},
    {"popen", TWINS("_IO_popen"), PROC, 0, NULL},
    {"fork", TWINS("__fork", "__libc_fork"), PROC, 0, NULL},
    {"_Fork", NULL, PROC, 0, NULL},
    {"forkpty", NULL, PROC, 0, NULL},
    {"daemon", NULL, PROC, 0, NULL},
    {"vfork", TWINS("__vfork"), PROC, TAIL, NULL},
    {"clone", TWINS("__clone"), PROC, TAIL, NULL},
    {"posix_spawn", NULL, PROC, 0, NULL},
    {"posix_spawnp", NULL, PROC, 0, NULL},
    {"pidfd_spawn", NULL, PROC, 0, NULL},
    {"pidfd_spawnp", NULL, PROC, 0, NULL},
    {"execve", NULL, PROC, TAIL | PATH, NULL},
    {"execveat", NULL, PROC, TAIL | PATH_AT, NULL},
    {"fexecve", NULL, PROC, TAIL, NULL},
    {"execv", NULL, PROC, TAIL | PATH, NULL},
    {"execvp", NULL, PROC, TAIL | PATH, NULL},
    {"execvpe", NULL, PROC, TAIL | PATH, NULL},
    {"execl", NULL, PROC, TAIL | PATH, NULL},
    {"execle", NULL, PROC, TAIL | PATH, NULL},
    {"execlp", NULL, PROC, TAIL | PATH, NULL},
    {"kill", NULL, PROC, 0, NULL},
    {"killpg", NULL, PROC, 0, NULL},
    {"tgkill", NULL, PROC, 0, NULL},
    {"raise", TWINS("gsignal"), PROC, 0, NULL},
    {"sigqueue", NULL, PROC, 0, NULL},
    {"pthread_kill", NULL, PROC, 0, NULL},
    {"pthread_sigqueue", NULL, PROC, 0, NULL},
    {"pidfd_open", NULL, PROC, 0, NULL},
    {"pidfd_send_signal", NULL, PROC, 0, NULL},
    {"exit", NULL, PROC, TAIL, NULL},
    {"quick_exit", NULL, PROC, TAIL, NULL},
    {"_exit", TWINS("_Exit"), PROC, TAIL, NULL},
    {"abort", NULL, PROC, TAIL, NULL},

    {"fopen", TWINS("_IO_fopen"), STDIO, PATH, NULL},
    {"fopen64", NULL, STDIO, PATH, NULL},
    {"freopen", TWINS("freopen64"), STDIO, PATH, NULL},
    {"fdopen", TWINS("_IO_fdopen"), STDIO, DESCRIPTOR, NULL},
    {"tmpfile", TWINS("tmpfile64"), STDIO, 0, NULL},
    {"fclose", TWINS("_IO_fclose"), STDIO, 0, NULL},
    {"fcloseall", NULL, STDIO, 0, NULL},
    {"fflush", TWINS("_IO_fflush"), STDIO, 0, NULL},
    {"fflush_unlocked", NULL, STDIO, 0, NULL},
    {"fread", TWINS("__fread_chk", "_IO_fread"), STDIO, 0, NULL},
    {"fread_unlocked", TWINS("__fread_unlocked_chk"), STDIO, 0, NULL},
    {"fwrite", TWINS("_IO_fwrite"), STDIO, 0, NULL},
    {"fwrite_unlocked", NULL, STDIO, 0, NULL},
    {"fgets", TWINS("__fgets_chk", "_IO_fgets"), STDIO, 0, NULL},
    {"fgets_unlocked", TWINS("__fgets_unlocked_chk"), STDIO, 0, NULL},
    {"gets", TWINS("__gets_chk", "_IO_gets"), STDIO, 0, NULL},
    {"getline", NULL, STDIO, 0, NULL},
    {"getdelim", TWINS("__getdelim"), STDIO, 0, NULL},
    {"fgetc", NULL, STDIO, 0, NULL},
    {"fgetc_unlocked", NULL, STDIO, 0, NULL},
    {"getc", TWINS("_IO_getc"), STDIO, 0, NULL},
    {"getc_unlocked", NULL, STDIO, 0, NULL},
    {"getchar", NULL, STDIO, 0, NULL},
    {"getchar_unlocked", NULL, STDIO, 0, NULL},
    {"getw", NULL, STDIO, 0, NULL},
    {"fputs", TWINS("_IO_fputs"), STDIO, 0, NULL},
    {"fputs_unlocked", NULL, STDIO, 0, NULL},
    {"puts", TWINS("_IO_puts"), STDIO, 0, NULL},
    {"fputc", NULL, STDIO, 0, NULL},
    {"fputc_unlocked", NULL, STDIO, 0, NULL},
    {"putc", TWINS("_IO_putc"), STDIO, 0, NULL},
    {"putc_unlocked", NULL, STDIO, 0, NULL},
    {"putchar", NULL, STDIO, 0, NULL},
    {"putchar_unlocked", NULL, STDIO, 0, NULL},
    {"putw", NULL, STDIO, 0, NULL},
    {"fseek", NULL, STDIO, 0, NULL},
    {"fseeko", TWINS("fseeko64", "__fseeko64"), STDIO, 0, NULL},
    {"fsetpos", TWINS("fsetpos64", "_IO_fsetpos", "_IO_fsetpos64"), STDIO, 0, NULL},
    {"fgetpos", TWINS("fgetpos64", "_IO_fgetpos", "_IO_fgetpos64"), STDIO, 0, NULL},
    {"ftell", TWINS("_IO_ftell"), STDIO, 0, NULL},
    {"ftello", TWINS("ftello64", "__ftello64"), STDIO, 0, NULL},
    {"rewind", NULL, STDIO, 0, NULL},
    /* The macros of getc_unlocked and putc_unlocked call these when the buffer is used up. */
    {"__underflow", NULL, STDIO, 0, NULL},
    {"__uflow", NULL, STDIO, 0, NULL},
    {"__overflow", NULL, STDIO, 0, NULL},
    {"printf", TWINS("__printf_chk", "_IO_printf"), STDIO, MORE, NULL},
    {"fprintf", TWINS("__fprintf_chk", "_IO_fprintf"), STDIO, MORE, NULL},
    {"dprintf", TWINS("__dprintf_chk"), STDIO, MORE | DESCRIPTOR, NULL},
    {"vprintf", TWINS("__vprintf_chk"), STDIO, 0, NULL},
    {"vfprintf", TWINS("__vfprintf_chk", "_IO_vfprintf"), STDIO, 0, NULL},
    {"vdprintf", TWINS("__vdprintf_chk"), STDIO, DESCRIPTOR, NULL},
    {"scanf", TWINS("__isoc99_scanf", "__isoc23_scanf"), STDIO, MORE, NULL},
    {"fscanf", TWINS("__isoc99_fscanf", "__isoc23_fscanf"), STDIO, MORE, NULL},
    {"vscanf", TWINS("__isoc99_vscanf", "__isoc23_vscanf"), STDIO, 0, NULL},
    {"vfscanf", TWINS("__isoc99_vfscanf", "__isoc23_vfscanf", "__vfscanf", "_IO_vfscanf"), STDIO, 0,
        NULL},
    {"fgetwc", NULL, STDIO, 0, NULL},
    {"fgetwc_unlocked", NULL, STDIO, 0, NULL},
    {"getwc", NULL, STDIO, 0, NULL},
    {"getwc_unlocked", NULL, STDIO, 0, NULL},
    {"getwchar", NULL, STDIO, 0, NULL},
    {"getwchar_unlocked", NULL, STDIO, 0, NULL},
    {"fgetws", TWINS("__fgetws_chk"), STDIO, 0, NULL},
    {"fgetws_unlocked", TWINS("__fgetws_unlocked_chk"), STDIO, 0, NULL},
    {"fputwc", NULL, STDIO, 0, NULL},
    {"fputwc_unlocked", NULL, STDIO, 0, NULL},
    {"putwc", NULL, STDIO, 0, NULL},
    {"putwc_unlocked", NULL, STDIO, 0, NULL},
    {"putwchar", NULL, STDIO, 0, NULL},
    {"putwchar_unlocked", NULL, STDIO, 0, NULL},
    {"fputws", NULL, STDIO, 0, NULL},
    {"fputws_unlocked", NULL, STDIO, 0, NULL},
    {"wprintf", TWINS("__wprintf_chk"), STDIO, MORE, NULL},
    {"fwprintf", TWINS("__fwprintf_chk"), STDIO, MORE, NULL},
    {"vwprintf", TWINS("__vwprintf_chk"), STDIO, 0, NULL},
    {"vfwprintf", TWINS("__vfwprintf_chk"), STDIO, 0, NULL},
    {"wscanf", TWINS("__isoc99_wscanf", "__isoc23_wscanf"), STDIO, MORE, NULL},
    {"fwscanf", TWINS("__isoc99_fwscanf", "__isoc23_fwscanf"), STDIO, MORE, NULL},
    {"vwscanf", TWINS("__isoc99_vwscanf", "__isoc23_vwscanf"), STDIO, 0, NULL},
    {"vfwscanf", TWINS("__isoc99_vfwscanf", "__isoc23_vfwscanf"), STDIO, 0, NULL},
    {"perror", NULL, STDIO, 0, NULL},
    {"psignal", NULL, STDIO, 0, NULL},
    {"psiginfo", NULL, STDIO, 0, NULL},
    {"warn", NULL, STDIO, MORE, NULL},
    {"warnx", NULL, STDIO, MORE, NULL},
    {"vwarn", NULL, STDIO, 0, NULL},
    {"vwarnx", NULL, STDIO, 0, NULL},
    {"err", NULL, STDIO, MORE, NULL},
    {"errx", NULL, STDIO, MORE, NULL},
    {"verr", NULL, STDIO, 0, NULL},
    {"verrx", NULL, STDIO, 0, NULL},
    {"error", NULL, STDIO, MORE, NULL},
    {"error_at_line", NULL, STDIO, MORE, NULL},
    {"syslog", TWINS("__syslog_chk"), STDIO, MORE, NULL},
    {"vsyslog", TWINS("__vsyslog_chk"), STDIO, 0, NULL},

    {"pthread_mutex_unlock", TWINS("__pthread_mutex_unlock"), 0, MUTEX, NULL},
    {"pthread_rwlock_unlock", TWINS("__pthread_rwlock_unlock"), 0, READ_LOCK, NULL},
    {"pthread_cond_signal", NULL, 0, CONDITION, NULL},
    {"pthread_cond_broadcast", NULL, 0, CONDITION, NULL},
    {"sem_post", NULL, 0, SEMAPHORE, NULL},

    {"setjmp", NULL, 0, TAIL, NULL},
    {"_setjmp", NULL, 0, TAIL, NULL},
    {"sigsetjmp", NULL, 0, TAIL, NULL},
    {"__sigsetjmp", NULL, 0, TAIL, NULL},
    {"longjmp", NULL, 0, TAIL, NULL},
    {"_longjmp", NULL, 0, TAIL, NULL},
    {"siglongjmp", NULL, 0, TAIL, NULL},
    {"__longjmp_chk", NULL, 0, TAIL, NULL},
    {"__longjmp", NULL, 0, TAIL, NULL},
    {"____longjmp_chk", NULL, 0, TAIL, NULL},
    {"__longjmp_cancel", NULL, 0, TAIL, NULL},
    {"__libc_longjmp", NULL, 0, TAIL, NULL},
    {"__libc_siglongjmp", NULL, 0, TAIL, NULL},
    {"getcontext", NULL, 0, TAIL, NULL},
    {"setcontext", NULL, 0, TAIL, NULL},
    {"makecontext", NULL, 0, TAIL, NULL},
    {"swapcontext", NULL, 0, TAIL, NULL},
    {"syscall", NULL, 0, TAIL, NULL},
    {"clone3", NULL, 0, TAIL, NULL},
    {"sigreturn", NULL, 0, TAIL, NULL},
    {"pthread_exit", NULL, 0, TAIL, NULL},
    {"thrd_exit", NULL, 0, TAIL, NULL},
    {"__libc_start_main", NULL, 0, TAIL, NULL},
    {"__assert_fail", NULL, 0, TAIL, NULL},
    {"__assert_perror_fail", NULL, 0, TAIL, NULL},
    {"__assert", NULL, 0, TAIL, NULL},
    {"__stack_chk_fail", NULL, 0, TAIL, NULL},
    {"__chk_fail", NULL, 0, TAIL, NULL},
    {"__fortify_fail", NULL, 0, TAIL, NULL},
    {"__cxa_throw", NULL, 0, TAIL, NULL},
    {"__cxa_rethrow", NULL, 0, TAIL, NULL},
    {"dlopen", NULL, 0, TAIL, NULL},
    {"dlmopen", NULL, 0, TAIL, NULL},
    {"dlsym", NULL, 0, TAIL, NULL},
    {"dlvsym", NULL, 0, TAIL, NULL},
    {"dl_iterate_phdr", NULL, 0, TAIL, NULL},
    {"dlclose", NULL, 0, 0, NULL},
};

const size_t table_function_count = sizeof table_functions / sizeof *table_functions;

const char *table_shown_name(const struct table_function *function)
{
    return function->shown_as ? function->shown_as : function->name;
}

static bool table_has_symbol(const struct table_function *function, const char *name)
{
    if (strcmp(function->name, name) == 0)
        return true;
    for (const char *const *twin = function->twins; twin && *twin; twin++)
        if (strcmp(*twin, name) == 0)
            return true;
    return false;
}

const struct table_function *table_find(const char *symbol)
{
    for (size_t i = 0; i < table_function_count; i++)
        if (table_has_symbol(&table_functions[i], symbol))
            return &table_functions[i];
    return NULL;
}

/* Before glibc 2.33, programs call __xstat, whose first argument is a version, for stat, and so on.
 */
static uint32_t behind_version(uint32_t flags)
{
    uint32_t object = flags & HOOK_OBJECT_OF(31);
    return (flags & ~object) | (object == PATH ? PATH_AT : 0);
}

static bool takes_version(const char *symbol)
{
    return strncmp(symbol, "__x", 3) == 0 || strncmp(symbol, "__fx", 4) == 0 ||
           strncmp(symbol, "__lx", 4) == 0;
}

uint32_t table_flags(const struct table_function *function, const char *symbol)
{
    return takes_version(symbol) ? behind_version(function->hook_flags) : function->hook_flags;
}

const struct leaf_group *table_find_group(const char *name)
{
    for (const struct leaf_group *group = leaf_groups; group->name; group++)
        if (strcmp(group->name, name) == 0)
            return group;
    return NULL;
}

size_t table_symbol_count(const struct table_function *function)
{
    size_t count = 1;
    for (const char *const *twin = function->twins; twin && *twin; twin++)
        count++;
    return count;
}
