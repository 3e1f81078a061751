/* Limits that a program sets itself, while it is being traced: what it can do afterwards is the
 * same. usage: limits RESOURCE BYTES. Without care for RLIMIT_AS the address space that is reserved
 * for the trace would count, and no thread could be made (segment_limit). */
#include "hits.h"

#include <sys/mman.h>
#include <sys/resource.h>

static const struct {
    const char *name;
    int resource;
} resources[] = {
    {"as", RLIMIT_AS},
    {"data", RLIMIT_DATA},
    {"fsize", RLIMIT_FSIZE},
    {"nofile", RLIMIT_NOFILE},
    {"stack", RLIMIT_STACK},
};

static int resource_of(const char *name)
{
    for (unsigned i = 0; i < sizeof resources / sizeof *resources; i++)
        if (strcmp(resources[i].name, name) == 0)
            return resources[i].resource;
    return -1;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    rlim_t bytes = strtoul(argv[2], NULL, 10);
    const struct rlimit limit = {bytes, bytes};
    int resource = resource_of(argv[1]);
    begin_hits();
    hit_by_paths(8);
    say("setrlimit", setrlimit(resource, &limit));
    hit_by_paths(2000);
    hit_elsewhere();
    void *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("mmap", memory == MAP_FAILED ? -1 : 0);
    int fd = open("/dev/null", O_WRONLY);
    say("open", fd);
    say("write", write(fd, "x", 1));
    hit_by_paths(200);
    say_hits();
    return 4;
}
