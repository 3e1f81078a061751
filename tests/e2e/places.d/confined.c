/* Executes a program that is confined from the start. usage: confined noexec|mdwe|CALLS -- PROGRAM
 * where CALLS are numbers of system calls, separated by commas, that fail with EPERM; noexec:
 * memory cannot be made executable (as SELinux' execmem); mdwe: the same by prctl(2), Linux 6.3. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

static struct sock_filter code[64];
static unsigned short length;

static void add(struct sock_filter instruction)
{
    code[length++] = instruction;
}

static void refuse_call(unsigned number)
{
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

static void refuse_calls(char *numbers)
{
    for (char *number = strtok(numbers, ","); number; number = strtok(NULL, ","))
        refuse_call((unsigned)atoi(number));
}

static void refuse_executable(void)
{
    unsigned protection = offsetof(struct seccomp_data, args[2]);
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3));
    add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, protection));
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1));
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES));
}

static int confine(char *how)
{
    if (strcmp(how, "mdwe") == 0)
        return prctl(PR_SET_MDWE, 1, 0, 0, 0);
    add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    if (strcmp(how, "noexec") == 0)
        refuse_executable();
    else
        refuse_calls(how);
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const struct sock_fprog program = {length, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
    if (argc < 4 || confine(argv[1]) != 0)
        return 77;
    execv(argv[3], argv + 3);
    return 127;
}
