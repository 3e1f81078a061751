/*
 * filter.c - a filter of system calls that the program sets by an instruction of its own, so that
 * nobody sees it: all but getppid, write and exit_group kill. usage: filter early|late [NUMBER]:
 * hits by new paths, late ones after a first hit.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static long system_call(long number, long a, long b, long c)
{
    long result;
    register long d __asm__("r10") = 0, e __asm__("r8") = 0;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(d), "r"(e)
                     : "rcx", "r11", "memory");
    return result;
}

#define ALLOW(number)                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    ALLOW(SYS_getppid),
    ALLOW(SYS_write),
    ALLOW(SYS_exit_group),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
};

__attribute__((noinline)) static int hit_deep(int depth, unsigned path)
{
    volatile char room[200] = {(char)depth};
    if (depth == 0)
        return (int)getppid() & 0;
    int sum = path & 1 ? hit_deep(depth - 1, path >> 1) : hit_deep(depth - 1, path >> 1) + 1;
    return sum + room[1];
}

int main(int argc, char **argv)
{
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    unsigned number = argc > 2 ? (unsigned)atoi(argv[2]) : 100;
    if (argc > 1 && strcmp(argv[1], "late") == 0)
        hit_deep(1, 0);
    if (system_call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0) ||
        system_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program))
        return 77;
    for (unsigned path = 0; path < number; path++)
        hit_deep(9, path);
    hit_deep(300, 0x55555555); /* pages of the stack that were not there */
    for (unsigned i = 0; i < 1000; i++)
        hit_deep(9, i % number);
    write(1, "fine\n", 5);
    _exit(0);
}
