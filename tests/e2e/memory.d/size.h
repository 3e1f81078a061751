/* size.h - how large this process is. */
#ifndef SIZE_H
#define SIZE_H

#include <stdio.h>
#include <string.h>

struct size {
    long kib, resident, maps;
};

static struct size size_now(void)
{
    struct size size = {0};
    char line[512];
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "VmSize: %ld", &size.kib);
        sscanf(line, "VmRSS: %ld", &size.resident);
    }
    fclose(file);
    file = fopen("/proc/self/maps", "r");
    while (file && fgets(line, sizeof line, file))
        size.maps += strchr(line, '\n') != NULL;
    fclose(file);
    return size;
}

/* What the C library and the kernel do by themselves is less than these. */
static void say_growth(struct size before, struct size after)
{
    printf("the program has grown: %d\n", after.kib > before.kib + 512 ||
                                              after.resident > before.resident + 512 ||
                                              after.maps > before.maps + 6);
}

#endif
