/*
 * stress.cpp - reaches a leaf by random ways through everything that a stack can do.
 *
 * usage: stress HITS SEED [PLUGIN]
 *
 * Each thread draws its way from its own generator: functions with and without frame pointer,
 * with realigned and variable-size frames, recursion, longjmp over many frames, exceptions,
 * signal handlers on the thread's stack and on an alternate one (raised, and by a timer at
 * random instructions), many paths whose frames lie alike, coroutines that swap stacks and are
 * freed, stacks of ended threads used again, and a plug-in that is unloaded and loaded again. Run
 * under the library with stack_oracle.c linked in, every walk is compared with libunwind's.
 */
#include <alloca.h>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static int zero;
static const char *plugin_path;

struct Way {
    uint64_t state;
    long hits_left;
    int depth;
    jmp_buf *landing;
    int landing_depth;
    int handlers; /* we are in so many */
};

static thread_local Way *current;

static unsigned draw(Way *way, unsigned range)
{
    way->state = way->state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<unsigned>(way->state >> 33) % range;
}

static void go(Way *way);

NOINLINE static void leaf(Way *way)
{
    char byte;
    way->hits_left--;
    if (pread(zero, &byte, 1, 0) != 1)
        abort();
}

NOINLINE static void leaf_twice(Way *way)
{
    leaf(way);
    leaf(way);
    asm volatile("");
}

NOINLINE static void plain(Way *way)
{
    go(way);
    asm volatile("");
}

__attribute__((noinline, optimize("no-omit-frame-pointer"))) static void with_frame_pointer(
    Way *way)
{
    go(way);
    asm volatile("");
}

NOINLINE static void with_many_registers(Way *way)
{
    unsigned a = draw(way, 9), b = draw(way, 9), c = draw(way, 9), d = draw(way, 9);
    go(way);
    go(way);
    asm volatile("" : : "r"(a), "r"(b), "r"(c), "r"(d));
}

NOINLINE static void with_realigned_frame(Way *way)
{
    alignas(64) volatile char buffer[64];
    buffer[draw(way, 64)] = 1;
    go(way);
    buffer[0] = buffer[1];
}

NOINLINE static void with_variable_frame(Way *way)
{
    volatile char *buffer = static_cast<char *>(alloca(16 + draw(way, 300)));
    buffer[0] = 1;
    go(way);
    buffer[0] = buffer[1];
}

NOINLINE static void with_large_frame(Way *way)
{
    volatile char buffer[9000];
    buffer[draw(way, 9000)] = 1;
    go(way);
    buffer[0] = buffer[1];
}

NOINLINE static void with_landing(Way *way)
{
    jmp_buf here;
    jmp_buf *outer = way->landing;
    int outer_depth = way->landing_depth, depth = way->depth;
    if (setjmp(here) == 0) {
        way->landing = &here;
        way->landing_depth = depth;
        go(way);
    }
    way->depth = depth;
    way->landing = outer;
    way->landing_depth = outer_depth;
    leaf(way);
}

NOINLINE static void jump(Way *way)
{
    if (way->landing)
        longjmp(*way->landing, 1);
}

NOINLINE static void with_catch(Way *way)
{
    jmp_buf *outer = way->landing;
    int depth = way->depth;
    way->landing = nullptr; /* a longjmp over a catch is not allowed */
    try {
        go(way);
        leaf(way);
        throw std::runtime_error("thrown");
    } catch (const std::exception &) {
        way->depth = depth;
        leaf(way);
    }
    way->landing = outer;
}

static void on_raise(int)
{
    Way *way = current;
    int depth = way->depth;
    jmp_buf *outer = way->landing;
    way->landing = nullptr;
    way->depth += 20;
    way->handlers++;
    if (way->depth < 60)
        go(way);
    leaf(way);
    way->handlers--;
    way->depth = depth;
    way->landing = outer;
}

/* Once, and again after each time: a timer that goes on by itself would leave no time for
 * anything else where a hit takes as long as its interval. */
static void start_timer()
{
    struct itimerval soon = {{0, 0}, {0, 1000}};
    setitimer(ITIMER_REAL, &soon, nullptr);
}

static void on_timer(int)
{
    char byte;
    if (pread(zero, &byte, 1, 0) != 1)
        abort();
    start_timer();
}

NOINLINE static void with_signal(Way *way)
{
    /* From a coroutine that a handler on the alternate stack has entered, the kernel would begin
     * that stack anew and overwrite the handler. */
    raise(draw(way, 2) || way->handlers ? SIGUSR1 : SIGUSR2);
    leaf(way);
}

static void coroutine(unsigned high, unsigned low)
{
    Way *way = reinterpret_cast<Way *>(static_cast<uintptr_t>(high) << 32 | low);
    go(way);
    leaf(way);
}

NOINLINE static void with_coroutine(Way *way)
{
    /* The stack ends where its mapping ends. */
    size_t size = 4096u * (1024 + draw(way, 3));
    void *stack = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        abort();
    ucontext_t inside, outside;
    jmp_buf *outer_landing = way->landing;
    int depth = way->depth;
    way->landing = nullptr;
    way->depth += 20;
    getcontext(&inside);
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = size;
    inside.uc_link = &outside;
    uintptr_t address = reinterpret_cast<uintptr_t>(way);
    makecontext(&inside, reinterpret_cast<void (*)()>(coroutine), 2,
        static_cast<unsigned>(address >> 32), static_cast<unsigned>(address));
    swapcontext(&outside, &inside);
    munmap(stack, size);
    way->landing = outer_landing;
    way->depth = depth;
    leaf(way);
}

/*
 * Frames that no compact rule describes: the CFA by rbx; rbp kept in a register; a CFA that
 * must be computed (rsp + 8 * 3, as DW_OP_breg7 0, lit8, lit3, mul, plus).
 */
asm(R"(
    .text
    .type odd_base, @function
odd_base:
    .cfi_startproc
    pushq %rbx
    .cfi_def_cfa_offset 16
    .cfi_offset %rbx, -16
    movq %rsp, %rbx
    .cfi_def_cfa %rbx, 16
    subq $200, %rsp
    andq $-64, %rsp
    movq %rdi, %rax
    movq %rsi, %rdi
    call *%rax
    movq %rbx, %rsp
    .cfi_def_cfa %rsp, 16
    popq %rbx
    .cfi_def_cfa_offset 8
    ret
    .cfi_endproc
    .size odd_base, . - odd_base

    .type odd_register, @function
odd_register:
    .cfi_startproc
    pushq %r12
    .cfi_def_cfa_offset 16
    .cfi_offset %r12, -16
    movq %rbp, %r12
    .cfi_register %rbp, %r12
    movq $0, %rbp
    movq %rdi, %rax
    movq %rsi, %rdi
    call *%rax
    movq %r12, %rbp
    .cfi_restore %rbp
    popq %r12
    .cfi_def_cfa_offset 8
    ret
    .cfi_endproc
    .size odd_register, . - odd_register

    .type odd_expression, @function
odd_expression:
    .cfi_startproc
    pushq %r13
    .cfi_def_cfa_offset 16
    .cfi_offset %r13, -16
    pushq %r13
    .cfi_escape 0x0f, 6, 0x77, 0, 0x38, 0x33, 0x1e, 0x22
    movq %rdi, %rax
    movq %rsi, %rdi
    subq $8, %rsp
    .cfi_escape 0x0f, 6, 0x77, 0, 0x38, 0x34, 0x1e, 0x22
    call *%rax
    addq $16, %rsp
    .cfi_def_cfa %rsp, 16
    popq %r13
    .cfi_def_cfa_offset 8
    ret
    .cfi_endproc
    .size odd_expression, . - odd_expression
)");

extern "C" void odd_base(void (*function)(void *), void *argument);
extern "C" void odd_register(void (*function)(void *), void *argument);
extern "C" void odd_expression(void (*function)(void *), void *argument);

static void from_plugin(void *argument);

NOINLINE static void with_odd_frame(Way *way)
{
    switch (draw(way, 3)) {
    case 0: odd_base(from_plugin, way); break;
    case 1: odd_register(from_plugin, way); break;
    default: odd_expression(from_plugin, way); break;
    }
    leaf(way);
}

/* Not for our sake: libunwind, asked from a handler that interrupts the dynamic linker, would
 * wait for a thread that waits for the dynamic linker's lock. */
static void hold_timer(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(how, &set, nullptr);
}

static void from_plugin(void *argument)
{
    go(static_cast<Way *>(argument));
}

NOINLINE static void with_plugin(Way *way)
{
    if (!plugin_path)
        return;
    hold_timer(SIG_BLOCK);
    void *handle = dlopen(plugin_path, RTLD_NOW);
    hold_timer(SIG_UNBLOCK);
    jmp_buf *outer = way->landing;
    way->landing = nullptr; /* the handle would leak */
    if (handle) {
        auto call = reinterpret_cast<void (*)(void (*)(void *), void *)>(
            dlsym(handle, draw(way, 2) ? "plugin_call" : "plugin_call_large"));
        call(from_plugin, way);
        hold_timer(SIG_BLOCK);
        dlclose(handle);
        hold_timer(SIG_UNBLOCK);
    }
    way->landing = outer;
}

/* Thousands of paths whose frames lie alike, so that a stack can be known by its words alone. */
NOINLINE static void lattice(Way *way, unsigned turns);

NOINLINE static void odd_lattice(Way *way, unsigned turns)
{
    if (turns & 1)
        lattice(way, turns >> 1);
    else
        lattice(way, turns >> 1);
    asm volatile("");
}

__attribute__((noinline, optimize("no-omit-frame-pointer"))) static void lattice(
    Way *way, unsigned turns)
{
    if (turns <= 1)
        leaf(way);
    else if ((turns & 3) == 0)
        odd_lattice(way, turns >> 1);
    else if ((turns & 3) == 1)
        odd_lattice(way, turns >> 1);
    else
        lattice(way, turns >> 1);
    asm volatile("");
}

NOINLINE static void with_lattice(Way *way)
{
    for (int i = 0; i < 1000 && way->hits_left > 0; i++)
        lattice(way, 256 + draw(way, 256));
    asm volatile("");
}

static void go(Way *way)
{
    if (way->hits_left <= 0)
        return;
    if (way->depth > 40 + static_cast<int>(draw(way, 40)))
        return leaf(way);
    way->depth++;
    switch (draw(way, 32)) {
    case 0: leaf(way); break;
    case 1: leaf_twice(way); break;
    case 2:
    case 3:
    case 4: plain(way); break;
    case 5:
    case 6: with_frame_pointer(way); break;
    case 7: with_many_registers(way); break;
    case 8:
    case 9: with_realigned_frame(way); break;
    case 10:
    case 11: with_variable_frame(way); break;
    case 12: with_large_frame(way); break;
    case 13: with_landing(way); break;
    case 14: draw(way, 8) ? plain(way) : jump(way); break;
    case 15: draw(way, 4) ? plain(way) : with_catch(way); break;
    case 16: draw(way, 8) ? plain(way) : with_signal(way); break;
    case 17: draw(way, 8) ? plain(way) : with_coroutine(way); break;
    case 18: draw(way, 16) ? plain(way) : with_plugin(way); break;
    case 20: draw(way, 16) ? plain(way) : with_lattice(way); break;
    case 19: draw(way, 4) ? plain(way) : with_odd_frame(way); break;
    default: plain(way); break;
    }
    way->depth--;
}

static void *run(void *argument)
{
    Way *way = static_cast<Way *>(argument);
    stack_t stack = {};
    stack.ss_size = 8 << 20;
    stack.ss_sp = mmap(
        nullptr, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaltstack(&stack, nullptr);
    current = way;
    while (way->hits_left > 0) {
        way->depth = 0;
        way->landing = nullptr;
        go(way);
    }
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, nullptr);
    munmap(stack.ss_sp, stack.ss_size);
    return nullptr;
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags | SA_RESTART;
    sigaction(number, &action, nullptr);
}

int main(int argc, char **argv)
{
    long hits = argc > 1 ? atol(argv[1]) : 100000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], nullptr, 10) : 1;
    plugin_path = argc > 3 ? argv[3] : nullptr;
    zero = open("/dev/zero", O_RDONLY);
    handle(SIGUSR1, on_raise, SA_NODEFER);
    handle(SIGUSR2, on_raise, SA_NODEFER | SA_ONSTACK);
    handle(SIGALRM, on_timer, 0);
    start_timer();
    const int rounds = 8;
    for (int round = 0; round < rounds; round++) {
        /* New threads on the stacks of those that have ended. */
        pthread_t threads[2];
        Way ways[3] = {};
        for (int i = 0; i < 3; i++)
            ways[i] = Way{seed * 1000 + static_cast<uint64_t>(round * 3 + i), hits / rounds / 3, 0,
                nullptr, 0, 0};
        for (int i = 0; i < 2; i++)
            pthread_create(&threads[i], nullptr, run, &ways[i]);
        run(&ways[2]);
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], nullptr);
    }
    puts("done");
    return 0;
}
