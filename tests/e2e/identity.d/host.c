/*
 * host.c - does what its arguments say, one after the other, with one library:
 *
 *   load FILE   run   unload   cd DIRECTORY   execute COMMAND   wait (1 ms, by a leaf)
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void *library;

__attribute__((noinline)) static int load(const char *file)
{
    library = dlopen(file, RTLD_NOW);
    if (library == NULL)
        fprintf(stderr, "%s\n", dlerror());
    return library == NULL;
}

__attribute__((noinline)) static int run(void)
{
    void (*function)(void) = (void (*)(void))dlsym(library, "plugin_run");
    function();
    printf("%p ", (void *)function);
    return 0;
}

__attribute__((noinline)) static int wait_a_little(void)
{
    static const struct timespec pause = {0, 1000000};
    return nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
    int error = 0;
    for (int i = 1; i < argc && error == 0; i++) {
        const char *what = argv[i];
        if (strcmp(what, "run") == 0)
            error = run();
        else if (strcmp(what, "unload") == 0)
            error = dlclose(library);
        else if (strcmp(what, "wait") == 0)
            error = wait_a_little();
        else if (strcmp(what, "load") == 0)
            error = load(argv[++i]);
        else if (strcmp(what, "cd") == 0)
            error = chdir(argv[++i]);
        else
            error = system(argv[++i]);
    }
    putchar('\n');
    return error != 0;
}
