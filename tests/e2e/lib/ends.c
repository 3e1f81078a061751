#include <stdio.h>
#include <unistd.h>

void library_hit(const char *where);

void library_hit(const char *where)
{
    puts(where);
    fflush(stdout);
    usleep(1);
}

__attribute__((constructor)) static void begin(void)
{
    library_hit("constructor of the library");
}

__attribute__((destructor)) static void end(void)
{
    library_hit("destructor of the library");
}
