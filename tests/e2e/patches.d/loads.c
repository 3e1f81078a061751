/* Loads a library and calls a function of it: loads WAY LIBRARY FUNCTION, after it has "sealed" its
 * code (PR_SET_MDWE), or "forbidden" a system call (seccomp), or "plain". Status 77 where that
 * cannot be. */
#include <dlfcn.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static int forbid(void)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog program = {1, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int count, char **words)
{
    if (count < 4)
        return 1;
    if (strcmp(words[1], "sealed") == 0 && prctl(65 /* PR_SET_MDWE */, 1, 0, 0, 0) != 0)
        return 77;
    if (strcmp(words[1], "forbidden") == 0 && forbid() != 0)
        return 77;
    void *library = dlopen(words[2], RTLD_NOW);
    int (*function)(int) = library ? (int (*)(int))dlsym(library, words[3]) : NULL;
    printf("%d\n", function ? function(21) : -1);
    return 0;
}
