/*
 * forbidden.c HOW - after system calls are forbidden, or may be, objects are what they were. HOW is
 * a filter that kills at every system call but a few, which the library sees being set; the same by
 * a system call instruction, which it does not see; or only no_new_privs.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "own_trace.h"

#define ALLOW(number)                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), ALLOW(SYS_read),
    ALLOW(SYS_write), ALLOW(SYS_openat), ALLOW(SYS_open), ALLOW(SYS_close), ALLOW(SYS_dup2),
    ALLOW(SYS_exit_group), ALLOW(SYS_newfstatat), ALLOW(SYS_getpid), ALLOW(SYS_mmap),
    ALLOW(SYS_brk), ALLOW(SYS_getrusage), ALLOW(SYS_clock_gettime), ALLOW(SYS_getrandom),
    ALLOW(SYS_ioctl), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};

static long directly(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

static void forbid(const char *how)
{
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        exit(1);
    if (strcmp(how, "seen") == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        exit(1);
    if (strcmp(how, "unseen") == 0 &&
        directly(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program) != 0)
        exit(1);
}

__attribute__((noinline)) static void use(int fd)
{
    char byte;
    if (read(fd, &byte, 1) < 0)
        _exit(1);
}

int main(int argc, char **argv)
{
    char byte;
    int before = open("before", O_RDWR | O_CREAT, 0600), ends[2];
    if (argc != 2 || before != 3 || pipe(ends) != 0 || read(before, &byte, 1) < 0)
        return 1;
    forbid(argv[1]);
    use(before);
    int after = open("before", O_RDONLY);
    use(after);
    dup2(after, ends[0]);
    use(ends[0]);
    own_trace_print(stdout);
    _exit(0);
}
