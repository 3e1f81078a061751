/* Runs a program, and prints its wait status and which files it has left that are cores, and
 * whether these are of more than a page. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status;
    (void)argc;
    if (fork() == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    wait(&status);
    printf("%#x", status);
    DIR *here = opendir(".");
    for (struct dirent *entry; (entry = readdir(here)) != NULL;) {
        struct stat core;
        if (strncmp(entry->d_name, "core", 4) != 0 || stat(entry->d_name, &core) != 0)
            continue;
        printf(" core of %s", core.st_size > 4096 ? "a program" : "a page");
        unlink(entry->d_name);
    }
    puts("");
    return 0;
}
