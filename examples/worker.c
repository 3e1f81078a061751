/* worker.c - a thread takes jobs from a pipe until it is told to stop; a child does one too. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static int jobs[2];

static void do_job(char milliseconds)
{
    usleep(1000u * (unsigned)milliseconds);
}

static void *work(void *argument)
{
    char job;
    while (read(jobs[0], &job, 1) == 1 && job)
        do_job(job);
    return argument;
}

static int give(const char *list, size_t size)
{
    return write(jobs[1], list, size) == (ssize_t)size;
}

int main(void)
{
    pthread_t worker;
    if (pipe(jobs) != 0 || pthread_create(&worker, NULL, work, NULL) != 0)
        return 1;
    int is_given = give("\1\2\3", 3);
    pid_t child = fork();
    if (child == 0) {
        do_job(4);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    is_given &= give("", 1);
    pthread_join(worker, NULL);
    return !is_given;
}
