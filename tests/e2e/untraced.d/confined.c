/*
 * confined.c - forbids itself, by Landlock, to write files, to make them, or to read those of the
 * run, then executes a program in a child; returns 77 where the kernel has no Landlock.
 *
 * usage: confined write|make|read|nothing PROGRAM
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int allow(int rules, const char *path)
{
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };
    if (beneath.parent_fd < 0)
        return 0;
    int error = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    close(beneath.parent_fd);
    return error;
}

int main(int count, char **words)
{
    if (count < 3)
        return 2;
    int reads = strcmp(words[1], "read") == 0;
    struct landlock_ruleset_attr handled = {
        .handled_access_fs = strcmp(words[1], "write") == 0  ? LANDLOCK_ACCESS_FS_WRITE_FILE
                             : strcmp(words[1], "make") == 0 ? LANDLOCK_ACCESS_FS_MAKE_REG
                             : reads                         ? LANDLOCK_ACCESS_FS_READ_FILE
                                                             : LANDLOCK_ACCESS_FS_MAKE_SOCK};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (rules < 0)
        return 77;
    if (reads && (allow(rules, "/usr") || allow(rules, "/lib") || allow(rules, "/lib64") ||
                     allow(rules, "/etc") || allow(rules, words[2])))
        return 77;
    if (syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        return 77;
    close(rules);
    pid_t child = fork();
    if (child == 0) {
        execv(words[2], words + 2);
        _exit(9);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("%d\n", WEXITSTATUS(status));
    return 0;
}
