/* Becomes a daemon, and hits when the program has ended: "daemon" by daemon(3), "twice" by two
 * forks. There is a file "last" when it ends, as it does when there is a file "stop". */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "daemon") == 0) {
        daemon(1, 1);
    } else {
        if (fork() != 0)
            _exit(0);
        setsid();
        if (fork() != 0)
            _exit(0);
    }
    while (access("stop", F_OK) != 0)
        poll(NULL, 0, 1);
    usleep(1);
    close(open("last", O_CREAT | O_WRONLY, 0666));
    return 0;
}
