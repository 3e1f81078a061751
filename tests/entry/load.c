/*
 * load.c - loads a library, calls it, and unloads it, many times.
 *
 * usage: load LIBRARY ROUNDS [another]
 * Says so if the process has grown meanwhile; `another` is a namespace of its own (dlmopen).
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
        exit(2);
    fclose(file);
    return pages;
}

static long mappings(void)
{
    long lines = 0;
    FILE *file = fopen("/proc/self/maps", "re");
    for (int c; file && (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

static void run(const char *path, int is_apart)
{
    void *library = is_apart ? dlmopen(LM_ID_NEWLM, path, RTLD_NOW) : dlopen(path, RTLD_NOW);
    int (*plugin_run)(int) = library ? (int (*)(int))dlsym(library, "plugin_run") : NULL;
    if (plugin_run == NULL || plugin_run(7) != 8) {
        fprintf(stderr, "load: %s\n", dlerror());
        exit(2);
    }
    dlclose(library);
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[2]) : 1, is_apart = argc > 3;
    long before = 0, maps_before = 0;
    for (int i = 0; i < rounds; i++) {
        if (i == rounds / 10) {
            before = resident();
            maps_before = mappings();
        }
        run(argv[1], is_apart);
    }
    long grown = resident() - before, more = mappings() - maps_before;
    if (rounds >= 1000 && (grown > 32 || more > 4))
        printf("grown by %ld pages, %ld mappings\n", grown, more);
    return 0;
}
