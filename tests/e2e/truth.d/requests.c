/* Handles a request, and executes what it is told. */
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) static void handle(void)
{
    usleep(100);
    __asm__ volatile("");
}

int main(int count, char **words)
{
    handle();
    for (int i = 1; i < count; i++) {
        if (fork() == 0) {
            execlp(words[i], words[i], "0.001", (char *)NULL);
            _exit(127);
        }
        wait(NULL);
    }
    return 0;
}
