/*
 * hook_record.h - what a stub of the interposer tells the trampoline.
 *
 * At launch the tool writes a shared object (the interposer) that defines the functions to be
 * hooked, with one stub and one record for each name and version. The stub passes the address of
 * its record and jumps to record.jump (hook_code.h). The dynamic linker sets record.jump to the
 * address of the trampoline, scoped_trace_enter, which libscoped-trace.so exports. The library may
 * change it. The interposer exports the array of its records as `scoped_trace_hooks`, ended by a
 * record whose `name` is 0.
 */
#ifndef HOOK_RECORD_H
#define HOOK_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define HOOK_ENTER_SYMBOL "scoped_trace_enter"
#define HOOK_TABLE_SYMBOL "scoped_trace_hooks"
#define HOOK_CALLS_SYMBOL "scoped_trace_system_calls"

/* hook_record.flags */
#define HOOK_TAIL       0x1u  /* jump to the function, don't call it: no return, no time is seen */
#define HOOK_STACK_ARGS 0x2u  /* the function may have arguments on the stack (psABI 3.2.3) */
#define HOOK_UNLOADS    0x4u  /* when it returns, code may have been unmapped (dlclose) */
#define HOOK_NOT_A_LEAF 0x8u  /* the library needs to see its calls: no hit */
#define HOOK_RESTRICTS  0x10u /* it may reduce the process's rights, or forbid system calls */
/* The root, if each of its calls has its own tree, or a function that hook_record.task is about: no
 * hit. */
#define HOOK_ROOT      0x20u
#define HOOK_LOADS     0x40u  /* it loads libraries (dlopen) */
#define HOOK_SHARES    0x80u  /* its child may share all memory with its caller (clone) */
#define HOOK_IMPLIED   0x100u /* the user has not named it: see leaves_is_implied */
#define HOOK_EXECUTES  0x200u /* libc's execve at its entry: all such functions call it */
#define HOOK_HANDLES   0x400u /* it installs handlers of signals (sigaction) */
#define HOOK_LATE      0x800u /* of a stub: the library looks for the function at the first call */
#define HOOK_BY_NUMBER 0x400000u /* called by syscall(2): its arguments come after the number */
/* libc's _exit, which ends the process: all such functions call it. With HOOK_OBJECT_JUMP_BUFFER:
 * its longjmp, which ends calls. With HOOK_OBJECT_FIBER_END: called by the next fiber when one has
 * ended. */
#define HOOK_ENDS 0x1000u

#define HOOK_NUMBERS 0x80000u /* it changes what descriptors stand for (close, dup2, epoll_ctl) */
/* It lets go a call that waits for the same object (unlock, signal, post); hooked at its entry. */
#define HOOK_WAKES 0x10000000u
/* A leaf whose calls may do so: it writes to what others read. */
#define HOOK_WRITES 0x20000000u

/* Bits 20, 21 and 23 are the library's own (stubs.c). */

/* The function can wait for something that its caller has passed: an enum hook_object. */
#define HOOK_OBJECT(flags)   ((uint32_t)(flags) >> 14 & 31)
#define HOOK_OBJECT_OF(what) ((uint32_t)(what) << 14)
/* Only calls that find their lock taken are hits. The object is one of HOOK_OBJECT_MUTEX to _ONCE;
 * or it is a futex: only operations that wait are hits. */
#define HOOK_ONLY_WAITS 0x2000u

/* What a function waits for, and which argument that is; 0 is the first. */
enum hook_object {
    HOOK_OBJECT_NONE = 0,
    HOOK_OBJECT_DESCRIPTOR,  /* 0: a descriptor */
    HOOK_OBJECT_POLL,        /* poll(2): 0: struct pollfd[], 1: how many, 2: milliseconds */
    HOOK_OBJECT_PPOLL,       /* ppoll(2): 0: struct pollfd[], 1: how many */
    HOOK_OBJECT_SELECT,      /* select(2): 0: how many, 1 to 3: fd_set */
    HOOK_OBJECT_EPOLL,       /* epoll_wait(2): 0: its descriptor, 1: struct epoll_event[] */
    HOOK_OBJECT_CONNECT,     /* connect(2): 0: a descriptor, 1: struct sockaddr, 2: its size */
    HOOK_OBJECT_MUTEX,       /* 0: pthread_mutex_t */
    HOOK_OBJECT_READ_LOCK,   /* 0: pthread_rwlock_t */
    HOOK_OBJECT_WRITE_LOCK,  /* 0: pthread_rwlock_t */
    HOOK_OBJECT_SPIN_LOCK,   /* 0: pthread_spinlock_t */
    HOOK_OBJECT_ONCE,        /* 0: pthread_once_t */
    HOOK_OBJECT_CONDITION,   /* 0: pthread_cond_t */
    HOOK_OBJECT_SEMAPHORE,   /* 0: sem_t */
    HOOK_OBJECT_BARRIER,     /* 0: pthread_barrier_t */
    HOOK_OBJECT_FUTEX,       /* futex(2): 0: the word, 1: the operation */
    HOOK_OBJECT_CHILD,       /* waitpid(2): 0: which child. It returns the child */
    HOOK_OBJECT_ANY_CHILD,   /* wait(2). It returns the child */
    HOOK_OBJECT_CHILD_BY_ID, /* waitid(2): 0: P_PID, ...; 1: the id */
    HOOK_OBJECT_THREAD,      /* pthread_join(3): 0: pthread_t */
    HOOK_OBJECT_PATH,        /* 0: a path */
    HOOK_OBJECT_PATH_AT,     /* openat(2): 0: a directory's descriptor, 1: a path */
    HOOK_OBJECT_HOST,        /* getaddrinfo(3): 0: a name, or NULL */
    HOOK_OBJECT_QUEUE,       /* msgrcv(2): 0: the identifier */
    HOOK_OBJECT_SEMAPHORES,  /* semop(2): 0: the identifier */
    HOOK_OBJECT_JUMP_BUFFER, /* longjmp(3): 0: jmp_buf. Of no leaf: see HOOK_ENDS */
    /* Of functions of fibers, which wait for no object: */
    HOOK_OBJECT_FIBER,     /* it switches to another stack: its open calls are suspended fibers */
    HOOK_OBJECT_FIBER_END, /* a fiber that calls it will not be resumed when it has switched for the
                            * last time. With HOOK_ENDS, of no leaf: 0: the stack pointer of the
                            * fiber that has ended, by which it would be resumed */
    HOOK_OBJECTS
};

/* Whether it is one that calls can wait for. */
static inline bool hook_object_is_waited_for(uint32_t object)
{
    return object != HOOK_OBJECT_NONE && object < HOOK_OBJECT_JUMP_BUFFER;
}

/* Functions that libc calls at the start of each thread, in it, and when its function has ended. */
#define HOOK_THREAD_BEGINS 0x40000000u
#define HOOK_THREAD_ENDS   0x80000000u

/* The watched functions: the library needs to see their calls, also if they are not leaves. */
#define HOOK_WATCHED                                                                               \
    (HOOK_UNLOADS | HOOK_RESTRICTS | HOOK_LOADS | HOOK_SHARES | HOOK_EXECUTES | HOOK_HANDLES |     \
        HOOK_ENDS | HOOK_NUMBERS | HOOK_THREAD_BEGINS | HOOK_THREAD_ENDS)

/* Hooked at the entry for the library's own needs. */
#define HOOK_OWN                                                                                   \
    (HOOK_EXECUTES | HOOK_ENDS | HOOK_NUMBERS | HOOK_WAKES | HOOK_THREAD_BEGINS | HOOK_THREAD_ENDS)

/* With HOOK_STACK_ARGS: how many words the arguments on the stack have; 0: not known. */
#define HOOK_STACK_WORDS(flags)   ((uint32_t)(flags) >> 24 & 15)
#define HOOK_STACK_ARGS_OF(words) (HOOK_STACK_ARGS | (uint32_t)(words) << 24)

/* Where calls of the function go (arch_entries): to the trampoline, or to code that passes on those
 * in which the library is not interested, because a lock is free, or because nobody waits for it.
 */
enum hook_entry {
    HOOK_ENTRY_PLAIN,
    HOOK_ENTRY_MUTEX, /* in the order of enum hook_object */
    HOOK_ENTRY_READ_LOCK,
    HOOK_ENTRY_WRITE_LOCK,
    HOOK_ENTRY_SPIN_LOCK,
    HOOK_ENTRY_ONCE,
    HOOK_ENTRY_MUTEX_UNLOCK,
    HOOK_ENTRY_RWLOCK_UNLOCK,
    HOOK_ENTRIES
};

static inline enum hook_entry hook_entry_of(uint32_t flags)
{
    uint32_t object = HOOK_OBJECT(flags);
    if (flags & HOOK_ONLY_WAITS && object >= HOOK_OBJECT_MUTEX && object <= HOOK_OBJECT_ONCE)
        return (enum hook_entry)(HOOK_ENTRY_MUTEX + (object - HOOK_OBJECT_MUTEX));
    if (!(flags & HOOK_WAKES) || !(flags & HOOK_NOT_A_LEAF))
        return HOOK_ENTRY_PLAIN;
    return object == HOOK_OBJECT_MUTEX       ? HOOK_ENTRY_MUTEX_UNLOCK
           : object == HOOK_OBJECT_READ_LOCK ? HOOK_ENTRY_RWLOCK_UNLOCK
                                             : HOOK_ENTRY_PLAIN;
}

/* hook_record.task: what a call of the function tells about a task, which is known by a key. */
#define HOOK_TASK_TURN  0x1u  /* the call is a turn of the task: from here on it runs */
#define HOOK_TASK_LEAF  0x2u  /* the task is about to wait: it gives its waker away */
#define HOOK_TASK_TAKEN 0x4u  /* there is one more waker of the task */
#define HOOK_TASK_GIVEN 0x8u  /* there is one less */
#define HOOK_TASK_WOKEN 0x10u /* the task will get another turn */
#define HOOK_TASK_END   0x20u /* the task is finished */
/* With HOOK_TASK_LEAF: turns of such tasks are not seen. In a turn of another task, that one waits.
 */
#define HOOK_TASK_TURNLESS 0x80u
/* With HOOK_TASK_TURN: the word at the key is the state of the task: TRACE_TASK_HAS_WORD. */
#define HOOK_TASK_HAS_WORD 0x1000u
#define HOOK_TASK_ALSO     0x40u /* it is the root, too: see HOOK_ROOT */
/* With HOOK_TASK_LEAF: the function returns a RawWaker (Rust, core::task): two words, the key and a
 * table of functions. The caller gets the address of a copy of the table. */
#define HOOK_TASK_EXACT 0x2000u

/* Which argument is the key, from 1 on; HOOK_TASK_RESULT: what the function returns. */
#define HOOK_TASK_KEY(task) ((uint32_t)(task) >> 8 & 15)
#define HOOK_TASK_KEY_OF(n) ((uint32_t)(n) << 8)
#define HOOK_TASK_RESULT    7u

/* No two of them share a bit. */
_Static_assert((HOOK_TASK_TURN ^ HOOK_TASK_LEAF ^ HOOK_TASK_TAKEN ^ HOOK_TASK_GIVEN ^
                   HOOK_TASK_WOKEN ^ HOOK_TASK_END ^ HOOK_TASK_TURNLESS ^ HOOK_TASK_HAS_WORD ^
                   HOOK_TASK_ALSO ^ HOOK_TASK_EXACT ^ HOOK_TASK_KEY_OF(15)) == 0x3fffu,
    "each flag has a bit of its own");

/* Whether the end of a call must be seen. */
static inline int hook_task_has_end(uint32_t task)
{
    return (task & (HOOK_TASK_TURN | HOOK_TASK_ALSO | HOOK_TASK_EXACT)) != 0 ||
           HOOK_TASK_KEY(task) == HOOK_TASK_RESULT;
}

struct hook_record {
    _Atomic uint64_t target;     /* the real function; 0 until the library has found it */
    _Atomic uint64_t trace_leaf; /* the library's own: the trace record with the leaf's name */
    _Atomic uint64_t jump;       /* of a stub: its target, the trampoline or the function */
    int32_t name;                /* offset from this record to the symbol's name, a C string */
    int32_t version;             /* the same for its version; 0: none */
    int32_t shown;               /* the same for the name under which its hits are shown */
    uint32_t flags;
    uint32_t task; /* HOOK_TASK_TURN, ...: only of a function with HOOK_ROOT */
    uint32_t reserved;
};

_Static_assert(sizeof(struct hook_record) == 48, "the interposer's writer and its reader agree");

/* Added to the number of futex(2): operations that wake others. */
#define HOOK_CALL_WAKES 0x10000u

/* A leaf that is called by syscall(2). The interposer exports the array of those that are selected,
 * in the order of their numbers, as `scoped_trace_system_calls`, ended by one whose name is 0.
 * Their targets stay 0: a stub for syscall(2) gets the calls. */
struct hook_system_call {
    uint64_t number;
    struct hook_record record;
};

#endif
