/* kill -9 in mid-run: the tree holds all hits so far, and the call that was waiting. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static char byte;

int main(void)
{
    int fd = open("/dev/zero", O_RDONLY);
    pid_t self = getpid();
    for (int i = 0; i < 500; i++)
        if (read(fd, &byte, 1) != 1)
            return 2;
    if (fork() == 0) {
        usleep(50000);
        kill(self, SIGKILL);
        _exit(0);
    }
    pause();
    return 0;
}
