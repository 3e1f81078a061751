/*
 * watched_functions.h - functions of the C library whose calls the library must see, also if they
 * are not leaves.
 *
 * They are the functions that unload code, load code, could keep the library from opening a trace
 * file, forbid system calls, limit the program's resources, execute programs that may not be
 * traced, make two processes look like one thread, name threads, install handlers of faults, end
 * the process, jump out of calls, or change what descriptors stand for. The tool writes a stub for
 * each; preload/hook/watched_call.c says what is done at their calls.
 */
#ifndef WATCHED_FUNCTIONS_H
#define WATCHED_FUNCTIONS_H

#include <stdint.h>

#include "hook_record.h"

#define WATCHED_RESTRICTION (HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_RESTRICTS)
#define WATCHED_SHARING     (HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_SHARES)
#define WATCHED_HANDLING    (HOOK_NOT_A_LEAF | HOOK_HANDLES | HOOK_LATE)
#define WATCHED_NUMBERS     (HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_NUMBERS | HOOK_LATE)
#define WATCHED_REPLACING   (HOOK_NOT_A_LEAF | HOOK_NUMBERS | HOOK_LATE)
#define WATCHED_JUMP        (WATCHED_END | HOOK_OBJECT_OF(HOOK_OBJECT_JUMP_BUFFER))
#define WATCHED_END         (HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_ENDS | HOOK_LATE)

#define WATCHED_WAKING(object)                                                                     \
    (HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_WAKES | HOOK_LATE | HOOK_OBJECT_OF(object))

static const struct watched_function {
    const char *symbol;
    uint32_t flags; /* of its stub (hook_record.h) */
} watched_functions[] = {
    {"dlclose", HOOK_NOT_A_LEAF | HOOK_UNLOADS},
    {"dlopen", HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_LOADS},
    {"dlmopen", HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_LOADS},
    {"prctl", WATCHED_RESTRICTION},
    {"pthread_setname_np", WATCHED_RESTRICTION},
    {"clone", WATCHED_SHARING},
    {"__clone", WATCHED_SHARING},
    {"clone3", WATCHED_SHARING},
    {"syscall", WATCHED_RESTRICTION | WATCHED_SHARING | HOOK_HANDLES},
    {"chroot", WATCHED_RESTRICTION},
    {"pivot_root", WATCHED_RESTRICTION},
    {"unshare", WATCHED_RESTRICTION},
    {"setns", WATCHED_RESTRICTION},
    {"capset", WATCHED_RESTRICTION},
    {"setrlimit", WATCHED_RESTRICTION},
    {"setrlimit64", WATCHED_RESTRICTION},
    {"prlimit", WATCHED_RESTRICTION},
    {"prlimit64", WATCHED_RESTRICTION},
    {"mlockall", WATCHED_RESTRICTION},
    {"execve", WATCHED_RESTRICTION},
    {"execvpe", WATCHED_RESTRICTION},
    {"fexecve", WATCHED_RESTRICTION},
    {"execveat", WATCHED_RESTRICTION},
    {"posix_spawn", WATCHED_RESTRICTION},
    {"posix_spawnp", WATCHED_RESTRICTION},
    {"execv", WATCHED_RESTRICTION},
    {"execvp", WATCHED_RESTRICTION},
    {"execl", WATCHED_RESTRICTION},
    {"execlp", WATCHED_RESTRICTION},
    {"setuid", WATCHED_RESTRICTION},
    {"seteuid", WATCHED_RESTRICTION},
    {"setreuid", WATCHED_RESTRICTION},
    {"setresuid", WATCHED_RESTRICTION},
    {"setgid", WATCHED_RESTRICTION},
    {"setegid", WATCHED_RESTRICTION},
    {"setregid", WATCHED_RESTRICTION},
    {"setresgid", WATCHED_RESTRICTION},
    {"setgroups", WATCHED_RESTRICTION},
    {"initgroups", WATCHED_RESTRICTION},
    {"sigaction", WATCHED_HANDLING},
    {"__sigaction", WATCHED_HANDLING},
    {"sigvec", WATCHED_HANDLING},
    {"signal", WATCHED_HANDLING},
    {"bsd_signal", WATCHED_HANDLING},
    {"ssignal", WATCHED_HANDLING},
    {"sysv_signal", WATCHED_HANDLING},
    {"__sysv_signal", WATCHED_HANDLING},
    {"sigset", WATCHED_HANDLING},
    {"_exit", WATCHED_END},
    {"_Exit", WATCHED_END},
    {"longjmp", WATCHED_JUMP},
    {"_longjmp", WATCHED_JUMP},
    {"siglongjmp", WATCHED_JUMP},
    {"__longjmp_chk", WATCHED_JUMP},
    {"close", WATCHED_NUMBERS},
    {"__close", WATCHED_NUMBERS},
    {"mq_close", WATCHED_NUMBERS},
    {"close_range", WATCHED_NUMBERS},
    {"closefrom", WATCHED_NUMBERS},
    {"dup2", WATCHED_REPLACING},
    {"__dup2", WATCHED_REPLACING},
    {"dup3", WATCHED_REPLACING},
    {"connect", WATCHED_NUMBERS},
    {"__connect", WATCHED_NUMBERS},
    {"epoll_ctl", WATCHED_NUMBERS},
    {"fclose", WATCHED_NUMBERS},
    {"_IO_fclose", WATCHED_NUMBERS},
    {"fcloseall", WATCHED_NUMBERS},
    {"freopen", WATCHED_NUMBERS},
    {"freopen64", WATCHED_NUMBERS},
    {"closedir", WATCHED_NUMBERS},
    {"pclose", WATCHED_NUMBERS},
    {"_IO_pclose", WATCHED_NUMBERS},
    {"pthread_mutex_unlock", WATCHED_WAKING(HOOK_OBJECT_MUTEX)},
    {"pthread_rwlock_unlock", WATCHED_WAKING(HOOK_OBJECT_READ_LOCK)},
    {"pthread_cond_signal", WATCHED_WAKING(HOOK_OBJECT_CONDITION)},
    {"pthread_cond_broadcast", WATCHED_WAKING(HOOK_OBJECT_CONDITION)},
    {"sem_post", WATCHED_WAKING(HOOK_OBJECT_SEMAPHORE)},
};

#define WATCHED_COUNT (sizeof watched_functions / sizeof *watched_functions)

#endif
