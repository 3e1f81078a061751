/*
 * process_time.c - what the system says of the time of another process.
 */
#include "base/process_time.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/nanoseconds.h"

/* Fields of /proc/PID/stat (proc(5)). */
#define FIELD_STATE  3
#define FIELD_USER   14 /* in clock ticks; the system time follows */
#define FIELD_STATUS 52 /* the status, 0 for those who may not trace the process; it has ended */

static bool process_time_read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* The second field is a name, which may hold any bytes. */
static const char *field_of(const char *text, int number)
{
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < number; field++)
        at = strchr(at + 1, ' ');
    return at ? at + 1 : NULL;
}

/* The clock of a process can be read by everybody, until somebody has waited for the process
 * (clock_getcpuclockid(3)). */
uint64_t process_time_sum(int pid)
{
    clockid_t clock;
    struct timespec sum;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &sum) != 0)
        return 0;
    return (uint64_t)sum.tv_sec * 1000000000 + (uint64_t)sum.tv_nsec;
}

void process_time_divide(struct process_life *life, uint64_t sum, uint64_t user, uint64_t system)
{
    unsigned __int128 all = (unsigned __int128)user + system;
    life->user_ns = all ? (uint64_t)(sum * (unsigned __int128)user / all) : sum;
    life->system_ns = sum - life->user_ns;
}

/* Documentation/scheduler/sched-stats.rst */
uint64_t process_time_of_thread(int pid, int tid)
{
    char path[64], text[128];
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", pid, tid);
    return process_time_read_text(path, text, sizeof text) ? strtoull(text, NULL, 10) : 0;
}

bool process_time_look(struct process_life *life, int pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    uint64_t user = 0, system = 0, sum = process_time_sum(pid), now = now_ns();
    if (sum == 0 || !process_time_read_text(path, text, sizeof text))
        return false;
    const char *state = field_of(text, FIELD_STATE), *ticks = field_of(text, FIELD_USER),
               *status = field_of(text, FIELD_STATUS);
    if (!ticks || !status || sscanf(ticks, "%" SCNu64 " %" SCNu64, &user, &system) != 2)
        return false;
    life->pid = pid;
    life->ended_ns = now;
    life->is_whole = *state == 'Z' || *state == 'X';
    life->status = atoi(status);
    life->has_status = life->is_whole && life->status != 0;
    process_time_divide(life, sum, user, system);
    return true;
}
