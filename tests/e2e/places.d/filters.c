/* Filters of system calls that a program sets itself. usage: filters kill|errno|strict. After that
 * the library may make none: `kill` would end the program, and `errno` is an answer that nobody
 * expects (kernel_is_forbidden). */
#include "hits.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static struct sock_filter code[32];
static unsigned short length;

static void add(struct sock_filter instruction)
{
    code[length++] = instruction;
}

static void set_filter(const int *calls, unsigned count, unsigned of_these, unsigned of_others)
{
    add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    for (unsigned i = 0; i < count; i++) {
        add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], 0, 1));
        add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, of_these));
    }
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, of_others));
    const struct sock_fprog program = {length, code};
    say("no new rights", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    say("filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

int main(int argc, char **argv)
{
    static const int few[] = {SYS_read, SYS_write, SYS_exit, SYS_exit_group};
    static const int ours[] = {SYS_open, SYS_openat, SYS_mmap, SYS_munmap, SYS_madvise,
        SYS_mprotect, SYS_rt_sigprocmask, SYS_gettid, SYS_getpid};
    const char *way = argc > 1 ? argv[1] : "";
    begin_hits();
    hit_by_paths(20);
    if (strcmp(way, "kill") == 0)
        set_filter(few, 4, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
    else if (strcmp(way, "errno") == 0)
        set_filter(ours, 9, SECCOMP_RET_ERRNO | ENOSYS, SECCOMP_RET_ALLOW);
    else if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
        return 2;
    hit_by_paths(3000);
    say_hits();
    syscall(SYS_exit, 5);
    return 0;
}
