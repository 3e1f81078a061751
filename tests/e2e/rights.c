/* A forked child gives up its rights before its first hit: its trace is opened before that. As
 * an ordinary user nothing changes, and the tree is the same. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        usleep(100);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    return 0;
}
