/*
 * roles.c - forks processes that say in a title what they do, as nginx and PostgreSQL do. Its
 * second argument is room for the title.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(char **argv, const char *role, int number)
{
    char *end = argv[1] + strlen(argv[1]);
    size_t room = (size_t)(end - argv[0]);
    memset(argv[0], 0, room);
    snprintf(argv[0], room, "roles: %s %d/idle", role, number);
}

static void work(void)
{
    usleep(1000);
}

int main(int argc, char **argv)
{
    static const char *const roles[] = {"worker process", "worker process", "logger"};
    for (int i = 0; i < 3 && argc > 1; i++) {
        if (fork() == 0) {
            become(argv, roles[i], i);
            work();
            return 0;
        }
    }
    while (wait(NULL) > 0)
        continue;
    return 0;
}
