/*
 * reopen.c - closes a descriptor in every way, opens another file with the same number, and reads
 * both. Reads of each file are at one place; a wrong object shows as a wrong count.
 */
#include <dirent.h>
#include <errno.h>
#include <mqueue.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "own_trace.h"

static int number;

/* A file of this name, which has its name as its contents. */
static int make(const char *name, const char *suffix)
{
    char path[256];
    snprintf(path, sizeof path, "%s.%s", name, suffix);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || pwrite(fd, path, strlen(path), 0) < 0) {
        perror(path);
        exit(1);
    }
    return fd;
}

static void use(int fd)
{
    char byte;
    if (fd != number || read(fd, &byte, 1) < 0) {
        printf("descriptor %d instead of %d: %s\n", fd, number, strerror(errno));
        exit(1);
    }
}

static int open_again(const char *name)
{
    int fd = make(name, "new");
    use(fd);
    return fd;
}

static void reopen_at(const char *name, void (*close_it)(int))
{
    use(make(name, "old"));
    close_it(number);
    close(open_again(name));
}

static void by_close(int fd)
{
    close(fd);
}

static void by_fclose(int fd)
{
    fclose(fdopen(fd, "r"));
}

static void by_close_range(int fd)
{
    close_range((unsigned)fd, (unsigned)fd + 10, 0);
}

static void by_closefrom(int fd)
{
    closefrom(fd);
}

static void by_mq_close(int fd)
{
    mq_close((mqd_t)fd); /* it is close(2) */
}

static void by_system_call(int fd)
{
    syscall(SYS_close, fd);
}

static void by_range_call(int fd)
{
    syscall(SYS_close_range, fd, fd, 0);
}

/* The replacing ways: the new file has another number at first. */
static void replace_at(const char *name, void (*replace)(int from, int to))
{
    use(make(name, "old"));
    int fd = make(name, "new");
    replace(fd, number);
    close(fd);
    use(number);
    close(number);
}

static void by_dup2(int from, int to)
{
    dup2(from, to);
}

static void by_dup3(int from, int to)
{
    dup3(from, to, O_CLOEXEC);
}

static void by_dup2_call(int from, int to)
{
    syscall(SYS_dup2, from, to);
}

static void by_dup3_call(int from, int to)
{
    syscall(SYS_dup3, from, to, 0);
}

static void by_freopen(void)
{
    use(make("freopen", "old"));
    close(make("freopen", "new"));
    FILE *stream = fdopen(number, "r");
    stream = freopen("freopen.new", "r", stream);
    use(fileno(stream));
    fclose(stream);
}

static void by_closedir(void)
{
    char entries[1024];
    DIR *directory = opendir(".");
    if (dirfd(directory) != number || syscall(SYS_getdents64, number, entries, 1024) < 0 ||
        lseek(number, 0, SEEK_SET) < 0)
        exit(1);
    closedir(directory);
    close(open_again("closedir"));
}

int main(void)
{
    number = make("first", "file");
    close(number);
    reopen_at("close", by_close);
    reopen_at("fclose", by_fclose);
    reopen_at("close_range", by_close_range);
    reopen_at("closefrom", by_closefrom);
    reopen_at("mq_close", by_mq_close);
    reopen_at("system_call", by_system_call);
    reopen_at("range_call", by_range_call);
    replace_at("dup2", by_dup2);
    replace_at("dup3", by_dup3);
    replace_at("dup2_call", by_dup2_call);
    replace_at("dup3_call", by_dup3_call);
    by_freopen();
    by_closedir();
    own_trace_print(stdout);
    return 0;
}
