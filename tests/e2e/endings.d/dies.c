/* Dies of a signal: dies SIGNAL [limit=BYTES] [undumpable]. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rlimit limit;
    usleep(1);
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "undumpable") == 0)
            prctl(PR_SET_DUMPABLE, 0);
        if (strncmp(argv[i], "limit=", 6) != 0)
            continue;
        getrlimit(RLIMIT_CORE, &limit);
        limit.rlim_cur = (rlim_t)atol(argv[i] + 6);
        setrlimit(RLIMIT_CORE, &limit);
    }
    raise(atoi(argv[1]));
    return 1;
}
