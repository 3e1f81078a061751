/*
 * leaves.c - calls leaves of all kinds, also those whose arguments lie on the stack, in a thread
 * and in a forked child, and what the library watches.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *wait_a_little(void *number)
{
    char text[64];
    struct pollfd none = {.fd = -1};
    int fd = open("/proc/self/comm", O_RDONLY);
    pthread_mutex_lock(&mutex);
    usleep(1000);
    poll(&none, 1, 1);
    ssize_t size = read(fd, text, sizeof text - 1);
    text[size > 0 ? size : 0] = '\0';
    close(fd);
    printf("%s %s %d %d %d %d %d %d %d %d", (char *)number, text, 1, 2, 3, 4, 5, 6, 7, 8);
    fflush(stdout);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(int count, char **words)
{
    struct rlimit limit = {100, 100};
    pthread_t thread;
    wait_a_little((void *)"main");
    pthread_create(&thread, NULL, wait_a_little, (void *)"thread");
    pthread_join(thread, NULL);
    prctl(PR_SET_NAME, "renamed");
    setrlimit(RLIMIT_NOFILE, &limit);
    dlopen("/nothing.so", RTLD_NOW);
    void *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(memory, 4096);
    pid_t child = fork();
    if (child == 0) {
        wait_a_little((void *)"child");
        if (count > 1)
            execv(words[1], words + 1);
        _exit(4);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("%d\n", WEXITSTATUS(status));
    return WEXITSTATUS(status);
}
