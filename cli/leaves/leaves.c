/*
 * leaves.c - which functions are leaves: the groups, and what --leaf selects.
 *
 * One table drives selection, names, flags and the text of --list-leaves. The
 * twins of a function are other symbols for the same job, to which the compiler
 * (fortify, large files) or an older C library sends its calls; they come and go
 * with it. Not every C library has every symbol: the interposer takes what is there.
 */
#include "leaves/leaves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "hook_record.h"
#include "names/function_spec.h"

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

static const struct group {
    const char *name;
    unsigned bit;
    const char *purpose;
} groups[] = {
    {"wait", WAIT, "calls that can block on something outside of the thread (the default)"},
    {"io", IO, "work on file descriptors: reading, writing, polling, controlling"},
    {"net", NET, "sockets, and the look-up of names and addresses"},
    {"sleep", SLEEP, "waiting for time to pass or for a signal"},
    {"lock", LOCK, "threads and processes waiting for each other"},
    {"file", FILES, "work on files by name, and on directories"},
    {"proc", PROC, "processes: start, signal, wait, end"},
    {"stdio", STDIO, "streams of the C library: many of these calls only touch a buffer"},
};

struct function {
    const char *name;
    const char *const *twins; /* ended by NULL; or NULL */
    unsigned groups;          /* 0: in none, but the hook's flags are known */
    uint32_t hook_flags;
    const char *shown_as; /* NULL: its own name */
};

#define TWINS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MORE       HOOK_STACK_ARGS       /* variadic: nobody knows how many arguments */
#define WORDS(n)   HOOK_STACK_ARGS_OF(n) /* six integer arguments and n more */
#define TAIL       HOOK_TAIL             /* returns twice or never, or looks at its caller */

static const struct function functions[] = {
    {"read", TWINS("__read_chk", "__read", "__read_nocancel"), WAIT | IO, 0, NULL},
    {"pread", TWINS("__pread_chk", "__libc_pread"), WAIT | IO, 0, NULL},
    {"pread64", TWINS("__pread64_chk", "__pread64", "__pread64_nocancel"), WAIT | IO, 0, NULL},
    {"readv", NULL, WAIT | IO, 0, NULL},
    {"preadv", NULL, WAIT | IO, 0, NULL},
    {"preadv64", NULL, WAIT | IO, 0, NULL},
    {"preadv2", NULL, WAIT | IO, 0, NULL},
    {"preadv64v2", NULL, WAIT | IO, 0, NULL},
    {"write", TWINS("__write", "__write_nocancel"), WAIT | IO, 0, NULL},
    {"pwrite", TWINS("__libc_pwrite"), WAIT | IO, 0, NULL},
    {"pwrite64", TWINS("__pwrite64"), WAIT | IO, 0, NULL},
    {"writev", NULL, WAIT | IO, 0, NULL},
    {"pwritev", NULL, WAIT | IO, 0, NULL},
    {"pwritev64", NULL, WAIT | IO, 0, NULL},
    {"pwritev2", NULL, WAIT | IO, 0, NULL},
    {"pwritev64v2", NULL, WAIT | IO, 0, NULL},
    {"sendfile", NULL, WAIT | IO, 0, NULL},
    {"sendfile64", NULL, WAIT | IO, 0, NULL},
    {"splice", NULL, WAIT | IO, 0, NULL},
    {"tee", NULL, WAIT | IO, 0, NULL},
    {"vmsplice", NULL, WAIT | IO, 0, NULL},
    {"copy_file_range", NULL, WAIT | IO, 0, NULL},
    {"eventfd_read", NULL, WAIT | IO, 0, NULL},
    {"eventfd_write", NULL, WAIT | IO, 0, NULL},
    {"getrandom", NULL, IO, 0, NULL},
    {"getentropy", NULL, IO, 0, NULL},
    {"fsync", NULL, WAIT | IO, 0, NULL},
    {"fdatasync", NULL, WAIT | IO, 0, NULL},
    {"sync", NULL, WAIT | IO, 0, NULL},
    {"syncfs", NULL, WAIT | IO, 0, NULL},
    {"msync", NULL, WAIT | IO, 0, NULL},
    {"sync_file_range", NULL, WAIT | IO, 0, NULL},
    {"flock", NULL, WAIT | IO | LOCK, 0, NULL},
    {"lockf", NULL, WAIT | IO | LOCK, 0, NULL},
    {"lockf64", NULL, WAIT | IO | LOCK, 0, NULL},
    {"tcdrain", NULL, WAIT | IO, 0, NULL},

    {"poll", TWINS("__poll_chk", "__poll"), WAIT | IO, 0, NULL},
    {"ppoll", TWINS("__ppoll_chk"), WAIT | IO, 0, NULL},
    {"select", TWINS("__select"), WAIT | IO, 0, NULL},
    {"pselect", NULL, WAIT | IO, 0, NULL},
    {"epoll_wait", NULL, WAIT | IO, 0, NULL},
    {"epoll_pwait", NULL, WAIT | IO, 0, NULL},
    {"epoll_pwait2", NULL, WAIT | IO, 0, NULL},
    {"epoll_create", NULL, IO, 0, NULL},
    {"epoll_create1", NULL, IO, 0, NULL},
    {"epoll_ctl", NULL, IO, 0, NULL},

    {"mq_receive", NULL, WAIT | IO, 0, NULL},
    {"mq_timedreceive", NULL, WAIT | IO, 0, NULL},
    {"mq_send", NULL, WAIT | IO, 0, NULL},
    {"mq_timedsend", NULL, WAIT | IO, 0, NULL},
    {"msgrcv", TWINS("__libc_msgrcv"), WAIT | IO, 0, NULL},
    {"msgsnd", TWINS("__libc_msgsnd"), WAIT | IO, 0, NULL},
    {"aio_suspend", TWINS("aio_suspend64"), WAIT | IO, 0, NULL},
    {"lio_listio", TWINS("lio_listio64"), WAIT | IO, 0, NULL},
    {"aio_read", TWINS("aio_read64"), IO, 0, NULL},
    {"aio_write", TWINS("aio_write64"), IO, 0, NULL},
    {"aio_fsync", TWINS("aio_fsync64"), IO, 0, NULL},

    {"open", TWINS("__open_2", "__open", "__open_nocancel"), IO | FILES, 0, NULL},
    {"open64", TWINS("__open64_2", "__open64", "__open64_nocancel"), IO | FILES, 0, NULL},
    {"openat", TWINS("__openat_2"), IO | FILES, 0, NULL},
    {"openat64", TWINS("__openat64_2"), IO | FILES, 0, NULL},
    {"creat", NULL, IO | FILES, 0, NULL},
    {"creat64", NULL, IO | FILES, 0, NULL},
    {"open_by_handle_at", NULL, IO | FILES, 0, NULL},
    {"mq_open", TWINS("__mq_open_2"), IO, 0, NULL},
    {"memfd_create", NULL, IO, 0, NULL},
    {"close", TWINS("__close", "__close_nocancel"), IO, 0, NULL},
    {"close_range", NULL, IO, 0, NULL},
    {"closefrom", NULL, IO, 0, NULL},
    {"dup", NULL, IO, 0, NULL},
    {"dup2", TWINS("__dup2"), IO, 0, NULL},
    {"dup3", NULL, IO, 0, NULL},
    {"pipe", TWINS("__pipe"), IO, 0, NULL},
    {"pipe2", NULL, IO, 0, NULL},
    {"lseek", TWINS("__lseek"), IO, 0, NULL},
    {"lseek64", TWINS("llseek"), IO, 0, NULL},
    {"fcntl", TWINS("__fcntl"), IO, 0, NULL},
    {"fcntl64", TWINS("__libc_fcntl64"), IO, 0, NULL},
    {"ioctl", NULL, IO, 0, NULL},
    {"ftruncate", TWINS("ftruncate64"), IO | FILES, 0, NULL},
    {"fallocate", TWINS("fallocate64"), IO | FILES, 0, NULL},
    {"posix_fallocate", TWINS("posix_fallocate64"), IO | FILES, 0, NULL},
    {"posix_fadvise", TWINS("posix_fadvise64"), IO, 0, NULL},
    {"readahead", NULL, IO, 0, NULL},
    {"tcgetattr", NULL, IO, 0, NULL},
    {"tcsetattr", NULL, IO, 0, NULL},
    {"tcflush", NULL, IO, 0, NULL},
    {"tcflow", NULL, IO, 0, NULL},
    {"tcsendbreak", NULL, IO, 0, NULL},
    {"isatty", NULL, IO, 0, NULL},
    {"eventfd", NULL, IO, 0, NULL},
    {"signalfd", NULL, IO, 0, NULL},
    {"timerfd_create", NULL, IO, 0, NULL},
    {"timerfd_settime", NULL, IO, 0, NULL},
    {"inotify_init", NULL, IO, 0, NULL},
    {"inotify_init1", NULL, IO, 0, NULL},
    {"inotify_add_watch", NULL, IO | FILES, 0, NULL},
    {"inotify_rm_watch", NULL, IO | FILES, 0, NULL},

    {"recv", TWINS("__recv_chk", "__recv"), WAIT | NET, 0, NULL},
    {"recvfrom", NULL, WAIT | NET, 0, NULL},
    {"__recvfrom_chk", NULL, WAIT | NET, WORDS(1), "recvfrom"},
    {"recvmsg", NULL, WAIT | NET, 0, NULL},
    {"recvmmsg", NULL, WAIT | NET, 0, NULL},
    {"send", TWINS("__send"), WAIT | NET, 0, NULL},
    {"sendto", NULL, WAIT | NET, 0, NULL},
    {"sendmsg", NULL, WAIT | NET, 0, NULL},
    {"sendmmsg", TWINS("__sendmmsg"), WAIT | NET, 0, NULL},
    {"accept", NULL, WAIT | NET, 0, NULL},
    {"accept4", NULL, WAIT | NET, 0, NULL},
    {"connect", TWINS("__connect"), WAIT | NET, 0, NULL},
    {"socket", TWINS("__socket"), NET, 0, NULL},
    {"socketpair", NULL, NET, 0, NULL},
    {"bind", NULL, NET, 0, NULL},
    {"listen", NULL, NET, 0, NULL},
    {"shutdown", NULL, NET, 0, NULL},
    {"getsockopt", NULL, NET, 0, NULL},
    {"setsockopt", NULL, NET, 0, NULL},
    {"getsockname", NULL, NET, 0, NULL},
    {"getpeername", NULL, NET, 0, NULL},
    {"getaddrinfo", NULL, WAIT | NET, 0, NULL},
    {"getnameinfo", NULL, WAIT | NET, WORDS(1), NULL},
    {"getaddrinfo_a", NULL, WAIT | NET, 0, NULL},
    {"gai_suspend", NULL, WAIT | NET, 0, NULL},
    {"gethostbyname", NULL, WAIT | NET, 0, NULL},
    {"gethostbyname_r", NULL, WAIT | NET, 0, NULL},
    {"gethostbyname2", NULL, WAIT | NET, 0, NULL},
    {"gethostbyname2_r", NULL, WAIT | NET, WORDS(1), NULL},
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

    {"pthread_cond_wait", NULL, WAIT | LOCK, 0, NULL},
    {"pthread_cond_timedwait", NULL, WAIT | LOCK, 0, NULL},
    {"pthread_cond_clockwait", NULL, WAIT | LOCK, 0, NULL},
    {"pthread_barrier_wait", NULL, WAIT | LOCK, 0, NULL},
    {"pthread_join", NULL, WAIT | LOCK, 0, NULL},
    {"pthread_timedjoin_np", NULL, WAIT | LOCK, 0, NULL},
    {"pthread_clockjoin_np", NULL, WAIT | LOCK, 0, NULL},
    {"thrd_join", NULL, WAIT | LOCK, 0, NULL},
    {"cnd_wait", NULL, WAIT | LOCK, 0, NULL},
    {"cnd_timedwait", NULL, WAIT | LOCK, 0, NULL},
    {"sem_wait", NULL, WAIT | LOCK, 0, NULL},
    {"sem_timedwait", NULL, WAIT | LOCK, 0, NULL},
    {"sem_clockwait", NULL, WAIT | LOCK, 0, NULL},
    {"semop", NULL, WAIT | LOCK, 0, NULL},
    {"semtimedop", NULL, WAIT | LOCK, 0, NULL},
    {"pthread_mutex_lock", TWINS("__pthread_mutex_lock"), LOCK, 0, NULL},
    {"pthread_mutex_timedlock", NULL, LOCK, 0, NULL},
    {"pthread_mutex_clocklock", NULL, LOCK, 0, NULL},
    {"pthread_rwlock_rdlock", TWINS("__pthread_rwlock_rdlock"), LOCK, 0, NULL},
    {"pthread_rwlock_timedrdlock", NULL, LOCK, 0, NULL},
    {"pthread_rwlock_clockrdlock", NULL, LOCK, 0, NULL},
    {"pthread_rwlock_wrlock", TWINS("__pthread_rwlock_wrlock"), LOCK, 0, NULL},
    {"pthread_rwlock_timedwrlock", NULL, LOCK, 0, NULL},
    {"pthread_rwlock_clockwrlock", NULL, LOCK, 0, NULL},
    {"pthread_spin_lock", NULL, LOCK, 0, NULL},
    {"pthread_once", TWINS("__pthread_once"), LOCK, 0, NULL},
    {"mtx_lock", NULL, LOCK, 0, NULL},
    {"mtx_timedlock", NULL, LOCK, 0, NULL},
    {"call_once", NULL, LOCK, 0, NULL},
    {"flockfile", TWINS("_IO_flockfile"), LOCK | STDIO, 0, NULL},

    {"stat", TWINS("__xstat"), FILES, 0, NULL},
    {"stat64", TWINS("__xstat64"), FILES, 0, NULL},
    {"fstat", TWINS("__fxstat"), FILES, 0, NULL},
    {"fstat64", TWINS("__fxstat64", "__fstat64"), FILES, 0, NULL},
    {"lstat", TWINS("__lxstat"), FILES, 0, NULL},
    {"lstat64", TWINS("__lxstat64"), FILES, 0, NULL},
    {"fstatat", TWINS("__fxstatat"), FILES, 0, NULL},
    {"fstatat64", TWINS("__fxstatat64"), FILES, 0, NULL},
    {"statx", NULL, FILES, 0, NULL},
    {"statfs", TWINS("statfs64", "__statfs"), FILES, 0, NULL},
    {"fstatfs", TWINS("fstatfs64"), FILES, 0, NULL},
    {"statvfs", TWINS("statvfs64"), FILES, 0, NULL},
    {"fstatvfs", TWINS("fstatvfs64"), FILES, 0, NULL},
    {"access", NULL, FILES, 0, NULL},
    {"faccessat", NULL, FILES, 0, NULL},
    {"euidaccess", NULL, FILES, 0, NULL},
    {"eaccess", NULL, FILES, 0, NULL},
    {"rename", NULL, FILES, 0, NULL},
    {"renameat", NULL, FILES, 0, NULL},
    {"renameat2", NULL, FILES, 0, NULL},
    {"link", NULL, FILES, 0, NULL},
    {"linkat", NULL, FILES, 0, NULL},
    {"symlink", NULL, FILES, 0, NULL},
    {"symlinkat", NULL, FILES, 0, NULL},
    {"unlink", NULL, FILES, 0, NULL},
    {"unlinkat", NULL, FILES, 0, NULL},
    {"remove", NULL, FILES, 0, NULL},
    {"mkdir", NULL, FILES, 0, NULL},
    {"mkdirat", NULL, FILES, 0, NULL},
    {"rmdir", NULL, FILES, 0, NULL},
    {"mknod", TWINS("__xmknod"), FILES, 0, NULL},
    {"mknodat", TWINS("__xmknodat"), FILES, 0, NULL},
    {"mkfifo", NULL, FILES, 0, NULL},
    {"mkfifoat", NULL, FILES, 0, NULL},
    {"mkstemp", TWINS("mkstemp64"), FILES, 0, NULL},
    {"mkstemps", TWINS("mkstemps64"), FILES, 0, NULL},
    {"mkostemp", TWINS("mkostemp64"), FILES, 0, NULL},
    {"mkostemps", TWINS("mkostemps64"), FILES, 0, NULL},
    {"mkdtemp", NULL, FILES, 0, NULL},
    {"chmod", NULL, FILES, 0, NULL},
    {"fchmod", NULL, FILES, 0, NULL},
    {"fchmodat", NULL, FILES, 0, NULL},
    {"lchmod", NULL, FILES, 0, NULL},
    {"chown", NULL, FILES, 0, NULL},
    {"fchown", NULL, FILES, 0, NULL},
    {"fchownat", NULL, FILES, 0, NULL},
    {"lchown", NULL, FILES, 0, NULL},
    {"truncate", TWINS("truncate64"), FILES, 0, NULL},
    {"utime", NULL, FILES, 0, NULL},
    {"utimes", NULL, FILES, 0, NULL},
    {"lutimes", NULL, FILES, 0, NULL},
    {"futimes", NULL, FILES, 0, NULL},
    {"futimesat", NULL, FILES, 0, NULL},
    {"utimensat", NULL, FILES, 0, NULL},
    {"futimens", NULL, FILES, 0, NULL},
    {"readlink", TWINS("__readlink_chk"), FILES, 0, NULL},
    {"readlinkat", TWINS("__readlinkat_chk"), FILES, 0, NULL},
    {"realpath", TWINS("__realpath_chk"), FILES, 0, NULL},
    {"canonicalize_file_name", NULL, FILES, 0, NULL},
    {"chdir", NULL, FILES, 0, NULL},
    {"fchdir", NULL, FILES, 0, NULL},
    {"chroot", NULL, FILES, 0, NULL},
    {"getcwd", TWINS("__getcwd_chk"), FILES, 0, NULL},
    {"get_current_dir_name", NULL, FILES, 0, NULL},
    {"opendir", NULL, FILES, 0, NULL},
    {"fdopendir", NULL, FILES, 0, NULL},
    {"readdir", TWINS("readdir64"), FILES, 0, NULL},
    {"readdir_r", TWINS("readdir64_r"), FILES, 0, NULL},
    {"closedir", NULL, FILES, 0, NULL},
    {"rewinddir", NULL, FILES, 0, NULL},
    {"scandir", TWINS("scandir64"), FILES, 0, NULL},
    {"scandirat", TWINS("scandirat64"), FILES, 0, NULL},
    {"getdents64", NULL, FILES, 0, NULL},
    {"getdirentries", TWINS("getdirentries64"), FILES, 0, NULL},
    {"ftw", TWINS("ftw64"), FILES, 0, NULL},
    {"nftw", TWINS("nftw64"), FILES, 0, NULL},
    {"fts_open", TWINS("fts64_open"), FILES, 0, NULL},
    {"fts_read", TWINS("fts64_read"), FILES, 0, NULL},
    {"fts_children", TWINS("fts64_children"), FILES, 0, NULL},
    {"fts_close", TWINS("fts64_close"), FILES, 0, NULL},
    {"glob", TWINS("glob64"), FILES, 0, NULL},
    {"getxattr", NULL, FILES, 0, NULL},
    {"lgetxattr", NULL, FILES, 0, NULL},
    {"fgetxattr", NULL, FILES, 0, NULL},
    {"setxattr", NULL, FILES, 0, NULL},
    {"lsetxattr", NULL, FILES, 0, NULL},
    {"fsetxattr", NULL, FILES, 0, NULL},
    {"listxattr", NULL, FILES, 0, NULL},
    {"llistxattr", NULL, FILES, 0, NULL},
    {"flistxattr", NULL, FILES, 0, NULL},
    {"removexattr", NULL, FILES, 0, NULL},
    {"lremovexattr", NULL, FILES, 0, NULL},
    {"fremovexattr", NULL, FILES, 0, NULL},
    {"name_to_handle_at", NULL, FILES, 0, NULL},
    {"shm_open", NULL, FILES, 0, NULL},
    {"shm_unlink", NULL, FILES, 0, NULL},
    {"mq_unlink", NULL, FILES, 0, NULL},
    {"mount", NULL, FILES, 0, NULL},
    {"umount", NULL, FILES, 0, NULL},
    {"umount2", NULL, FILES, 0, NULL},

    {"wait", TWINS("__wait"), WAIT | PROC, 0, NULL},
    {"wait3", NULL, WAIT | PROC, 0, NULL},
    {"wait4", NULL, WAIT | PROC, 0, NULL},
    {"waitpid", TWINS("__waitpid"), WAIT | PROC, 0, NULL},
    {"waitid", NULL, WAIT | PROC, 0, NULL},
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
    {"execve", NULL, PROC, TAIL, NULL},
    {"execveat", NULL, PROC, TAIL, NULL},
    {"fexecve", NULL, PROC, TAIL, NULL},
    {"execv", NULL, PROC, TAIL, NULL},
    {"execvp", NULL, PROC, TAIL, NULL},
    {"execvpe", NULL, PROC, TAIL, NULL},
    {"execl", NULL, PROC, TAIL, NULL},
    {"execle", NULL, PROC, TAIL, NULL},
    {"execlp", NULL, PROC, TAIL, NULL},
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

    {"fopen", TWINS("_IO_fopen"), STDIO, 0, NULL},
    {"fopen64", NULL, STDIO, 0, NULL},
    {"freopen", TWINS("freopen64"), STDIO, 0, NULL},
    {"fdopen", TWINS("_IO_fdopen"), STDIO, 0, NULL},
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
    /* What the macros of getc_unlocked and putc_unlocked call when the buffer is used up. */
    {"__underflow", NULL, STDIO, 0, NULL},
    {"__uflow", NULL, STDIO, 0, NULL},
    {"__overflow", NULL, STDIO, 0, NULL},
    {"printf", TWINS("__printf_chk", "_IO_printf"), STDIO, MORE, NULL},
    {"fprintf", TWINS("__fprintf_chk", "_IO_fprintf"), STDIO, MORE, NULL},
    {"dprintf", TWINS("__dprintf_chk"), STDIO, MORE, NULL},
    {"vprintf", TWINS("__vprintf_chk"), STDIO, 0, NULL},
    {"vfprintf", TWINS("__vfprintf_chk", "_IO_vfprintf"), STDIO, 0, NULL},
    {"vdprintf", TWINS("__vdprintf_chk"), STDIO, 0, NULL},
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

enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* Most are called with registers of their own choice: the stub's %r11 or the trampoline's others
 * would be lost to them. */
static const struct {
    const char *name, *why;
} unhookable[] = {
    {"mcount", "the compiler calls it before the function has saved its arguments"},
    {"_mcount", "the compiler calls it before the function has saved its arguments"},
    {"__fentry__", "the compiler calls it before the function has saved its arguments"},
    {"__tls_get_addr", "it is called with registers in use that other calls may change"},
    {"__morestack", "it is called with registers in use that other calls may change"},
    {"__x86_get_cpuid_feature_leaf", "it is called before scoped-trace can be"},
    {"__x86_get_cpu_features", "it is called before scoped-trace can be"},
    {"_dl_find_object", "scoped-trace itself calls it, in the middle of a hit"},
    {HOOK_ENTER_SYMBOL, "it is part of scoped-trace itself"},
    {HOOK_TABLE_SYMBOL, "it is part of scoped-trace itself"},
};

enum choice { NOT_CHOSEN, CHOSEN, ASKED_FOR };

struct selection {
    enum choice functions[FUNCTIONS];
    char **others; /* what was said of functions that are not in the table; malloc'ed */
    size_t other_count, other_room;
};

static const char *shown_name(const struct function *function)
{
    return function->shown_as ? function->shown_as : function->name;
}

static bool has_symbol(const struct function *function, const char *name)
{
    if (strcmp(function->name, name) == 0)
        return true;
    for (const char *const *twin = function->twins; twin && *twin; twin++)
        if (strcmp(*twin, name) == 0)
            return true;
    return false;
}

/* A twin's name, too, stands for the function with all its twins. NULL: not in the table. */
static const char *plain_name(const char *name)
{
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (has_symbol(&functions[i], name))
            return shown_name(&functions[i]);
    return NULL;
}

static const struct group *find_group(const char *name)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    return NULL;
}

static int unknown_group(const char *name, char **problem)
{
    char known[256] = "", *end = known;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        end += snprintf(
            end, (size_t)(known + sizeof known - end), "%s@%s", i ? ", " : "", groups[i].name);
    return message_problem(
        problem, -EINVAL, "there is no group '@%s'; the groups are %s", name, known);
}

static const char *why_unhookable(const char *name)
{
    for (size_t i = 0; i < sizeof unhookable / sizeof *unhookable; i++)
        if (strcmp(unhookable[i].name, name) == 0)
            return unhookable[i].why;
    return NULL;
}

bool leaves_can_hook(const char *symbol)
{
    return why_unhookable(symbol) == NULL;
}

static int check_hookable(const char *name, char **problem)
{
    const char *why = why_unhookable(name);
    if (why == NULL)
        return 0;
    return message_problem(problem, -EINVAL, "'%s' cannot be a leaf: %s", name, why);
}

static int choose_group(
    struct selection *selection, const char *name, bool is_removal, char **problem)
{
    const struct group *group = find_group(name);
    if (group == NULL)
        return unknown_group(name, problem);
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (!(functions[i].groups & group->bit))
            continue;
        if (is_removal)
            selection->functions[i] = NOT_CHOSEN;
        else if (selection->functions[i] == NOT_CHOSEN)
            selection->functions[i] = CHOSEN;
    }
    return 0;
}

static size_t find_other(const struct selection *selection, const char *name)
{
    size_t i = 0;
    while (i < selection->other_count && strcmp(selection->others[i], name) != 0)
        i++;
    return i;
}

static int remove_other(struct selection *selection, const char *name, char **problem)
{
    size_t at = find_other(selection, name);
    if (at == selection->other_count)
        return message_problem(
            problem, -EINVAL, "--leaf -%s: there is no such leaf to take away", name);
    free(selection->others[at]);
    selection->others[at] = selection->others[--selection->other_count];
    return 0;
}

static int add_other(struct selection *selection, const char *name)
{
    if (find_other(selection, name) < selection->other_count)
        return 0;
    if (selection->other_count == selection->other_room) {
        size_t room = 2 * selection->other_room + 8;
        char **others = reallocarray(selection->others, room, sizeof *others);
        if (others == NULL)
            return -ENOMEM;
        selection->others = others;
        selection->other_room = room;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return -ENOMEM;
    selection->others[selection->other_count++] = copy;
    return 0;
}

static int choose_name(
    struct selection *selection, const char *name, bool is_removal, char **problem)
{
    const char *plain = plain_name(name);
    int error = check_hookable(name, problem);
    if (error != 0)
        return error;
    for (size_t i = 0; plain != NULL && i < FUNCTIONS; i++)
        if (strcmp(shown_name(&functions[i]), plain) == 0)
            selection->functions[i] = is_removal ? NOT_CHOSEN : ASKED_FOR;
    if (plain != NULL)
        return 0;
    if (is_removal)
        return remove_other(selection, name, problem);
    return add_other(selection, name);
}

static int choose(struct selection *selection, const char *item, char **problem)
{
    bool is_removal = *item == '-';
    item += is_removal;
    if (*item == '@')
        return choose_group(selection, item + 1, is_removal, problem);
    if (*item != '\0')
        return choose_name(selection, item, is_removal, problem);
    return message_problem(
        problem, -EINVAL, "--leaf: a function or a @group must follow the minus");
}

static const struct function *find_function(const char *symbol)
{
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (has_symbol(&functions[i], symbol))
            return &functions[i];
    return NULL;
}

bool leaves_is_implied(const struct leaves *leaves, const char *name)
{
    bool is_there = false;
    for (size_t i = 0; i < leaves->count; i++) {
        if (strcmp(leaves->list[i].name, name) != 0)
            continue;
        if (leaves->list[i].is_asked_for)
            return false;
        is_there = true;
    }
    return is_there;
}

/* Who has a function of one of these names means what the C library means by it, or calls that:
 * the interceptors of sanitizers, wrappers. It returns twice or never, or asks who called it. Names
 * with an underscore are reserved (C11 7.1.3), the others nobody uses for something else. */
static bool is_same_everywhere(const char *symbol)
{
    static const char *const names[] = {"setjmp", "sigsetjmp", "longjmp", "siglongjmp",
        "getcontext", "setcontext", "makecontext", "swapcontext", "vfork", "pthread_exit", "dlopen",
        "dlmopen", "dlsym", "dlvsym", "dl_iterate_phdr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], symbol) == 0)
            return true;
    return *symbol == '_';
}

uint32_t leaves_hook_flags(const char *symbol, bool is_c_library)
{
    const struct function *function = find_function(symbol);
    bool is_known = function && (is_c_library || is_same_everywhere(symbol));
    uint32_t flags = is_known ? function->hook_flags : 0;
    if (function && is_c_library)
        return flags;
    if (strncmp(symbol, "_Unwind_", 8) == 0)
        flags = HOOK_TAIL;
    return flags & HOOK_TAIL ? flags : HOOK_STACK_ARGS;
}

static size_t symbol_count(const struct function *function)
{
    size_t count = 1;
    for (const char *const *twin = function->twins; twin && *twin; twin++)
        count++;
    return count;
}

static struct leaf *add_function(
    struct leaf *to, const struct function *function, enum choice choice)
{
    struct leaf leaf = {.symbol = function->name,
        .name = shown_name(function),
        .hook_flags = function->hook_flags | (choice == ASKED_FOR ? 0 : HOOK_IMPLIED),
        .is_c_library = choice == CHOSEN};
    *to = leaf;
    to++->is_asked_for = choice == ASKED_FOR && leaf.name == function->name;
    for (const char *const *twin = function->twins; twin && *twin; twin++) {
        leaf.symbol = *twin;
        *to++ = leaf;
    }
    return to;
}

static int parse_others(struct leaves *leaves, const struct selection *selection, char **problem)
{
    leaves->specs = calloc(selection->other_count + 1, sizeof *leaves->specs);
    if (leaves->specs == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < selection->other_count; i++) {
        int error = function_spec_parse(&leaves->specs[i], selection->others[i], problem);
        if (error != 0)
            return error;
        leaves->spec_count++;
        if (!leaves->specs[i].is_pattern)
            error = check_hookable(leaves->specs[i].name, problem);
        if (error != 0)
            return error;
    }
    return 0;
}

static struct leaf *add_other_leaf(struct leaf *to, const struct function_spec *spec)
{
    const char *known = plain_name(spec->name); /* of one library */
    const char *shown = known ? known : spec->name;
    *to = (struct leaf){.symbol = spec->name,
        .name = shown,
        .hook_flags = leaves_hook_flags(spec->name, true),
        .is_asked_for = true,
        .spec = spec};
    return to + 1;
}

static int list(struct leaves *leaves, const struct selection *selection, char **problem)
{
    size_t count = selection->other_count;
    int error = parse_others(leaves, selection, problem);
    if (error != 0)
        return error;
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (selection->functions[i] != NOT_CHOSEN)
            count += symbol_count(&functions[i]);
    if (count == 0)
        return message_problem(problem, -EINVAL, "--leaf leaves no function to look at");
    struct leaf *end = leaves->list = calloc(count, sizeof *leaves->list);
    if (end == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (selection->functions[i] != NOT_CHOSEN)
            end = add_function(end, &functions[i], selection->functions[i]);
    for (size_t i = 0; i < leaves->spec_count; i++)
        end = add_other_leaf(end, &leaves->specs[i]);
    leaves->count = count;
    return 0;
}

static char *trim(char *item)
{
    item += strspn(item, " ");
    for (size_t length = strlen(item); length > 0 && item[length - 1] == ' '; length--)
        item[length - 1] = '\0';
    return item;
}

/* Chooses what one argument lists; *is_first until something was said. */
static int choose_listed(struct selection *selection, char *rest, bool *is_first, char **problem)
{
    int error = 0;
    while (*rest != '\0' && error == 0) {
        char *item = rest, *end = rest + function_spec_length(rest);
        rest = *end == ',' ? end + 1 : end;
        *end = '\0';
        item = trim(item);
        if (*item == '\0')
            continue;
        if (*is_first && *item == '-')
            error = choose_group(selection, "wait", false, problem);
        *is_first = false;
        if (error == 0)
            error = choose(selection, item, problem);
    }
    return error;
}

static int choose_all(
    struct selection *selection, const char *const *arguments, size_t count, char **problem)
{
    bool is_first = true;
    int error = count == 0 ? choose_group(selection, "wait", false, problem) : 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        char *copy = strdup(arguments[i]);
        if (copy == NULL)
            return -ENOMEM;
        error = choose_listed(selection, copy, &is_first, problem);
        free(copy);
    }
    return error;
}

int leaves_select(struct leaves *leaves, const char *const *arguments, size_t count, char **problem)
{
    struct selection selection = {.other_count = 0};
    struct leaves selected = {.arguments = arguments, .argument_count = count};
    int error = choose_all(&selection, arguments, count, problem);
    if (error == 0)
        error = list(&selected, &selection, problem);
    if (error == 0)
        *leaves = selected;
    else
        leaves_finish(&selected);
    for (size_t i = 0; i < selection.other_count; i++)
        free(selection.others[i]);
    free(selection.others);
    return error;
}

int leaves_add_root(struct leaves *leaves, const char *root, char **problem)
{
    struct leaf *list = reallocarray(leaves->list, leaves->count + 1, sizeof *list);
    struct function_spec *spec = calloc(1, sizeof *spec);
    if (list)
        leaves->list = list;
    int error = list && spec ? function_spec_parse(spec, root, problem) : -ENOMEM;
    if (error != 0) {
        free(spec);
        return error;
    }
    spec->is_anywhere = true; /* as name_matches has it */
    leaves->root = spec;
    list[leaves->count++] = (struct leaf){.symbol = spec->name,
        .name = spec->name,
        .hook_flags = HOOK_ROOT | HOOK_NOT_A_LEAF,
        .is_asked_for = true,
        .spec = spec};
    return 0;
}

int leaves_add_watched(struct leaves *leaves)
{
    struct leaf *list = reallocarray(leaves->list, leaves->count + 1, sizeof *list);
    if (list == NULL)
        return -ENOMEM;
    leaves->list = list;
    list[leaves->count++] = (struct leaf){.symbol = "execve",
        .name = "execve",
        .hook_flags = HOOK_EXECUTES | HOOK_TAIL | HOOK_NOT_A_LEAF,
        .is_c_library = true};
    return 0;
}

void leaves_finish(struct leaves *leaves)
{
    for (size_t i = 0; i < leaves->spec_count; i++)
        function_spec_finish(&leaves->specs[i]);
    if (leaves->root)
        function_spec_finish(leaves->root);
    free(leaves->root);
    free(leaves->specs);
    free(leaves->list);
    *leaves = (struct leaves){.count = 0};
}

static void print_names(FILE *out, unsigned group)
{
    const size_t indent = 4, width = 79;
    size_t column = width;
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (!(functions[i].groups & group) || functions[i].shown_as != NULL)
            continue;
        size_t length = strlen(functions[i].name);
        if (column + 1 + length > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else {
            fputc(' ', out);
            column++;
        }
        fputs(functions[i].name, out);
        column += length;
    }
    fputc('\n', out);
}

void leaves_print(FILE *out)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        fprintf(out, "%s@%-6s %s", i ? "\n" : "", groups[i].name, groups[i].purpose);
        print_names(out, groups[i].bit);
    }
}
