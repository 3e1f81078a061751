/*
 * look.c - prints how many calls of functions that switch stacks are open in the trace of another
 * process. usage: look FILE
 */
#include "../objects.d/own_trace.h"

static void count_switch(const struct trace_open_call *call, void *argument)
{
    trace_index name = call->node ? own_trace[call->node].node.leaf_name : 0;
    *(long *)argument += name && own_trace[name].leaf_name.flags & TRACE_NAME_SWITCHES;
}

int main(int argc, char **argv)
{
    struct stat status;
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0 || fstat(fd, &status) != 0)
        return 1;
    own_trace = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
    long count = 0;
    own_trace_each_open(count_switch, &count);
    printf("%ld\n", count);
    return 0;
}
