/* The first hit of the program comes from a vfork child, which shares its memory; threads that
 * come later must not take that memory for the child's. */
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *poll_often(void *argument)
{
    for (int i = 0; i < 5000; i++)
        poll(NULL, 0, 0);
    return argument;
}

int main(void)
{
    pthread_t thread;
    pid_t child = vfork();
    if (child == 0) {
        poll(NULL, 0, 0);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    pthread_create(&thread, NULL, poll_often, NULL);
    poll_often(NULL);
    pthread_join(thread, NULL);
    return 0;
}
