/*
 * faults.c - lets handlers of faults see the program's own instructions.
 */
#include "hook/faults.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "code/call_frame.h"
#include "code/pad.h"
#include "base/forbidden.h"

/* The kernel's struct (Linux, include/linux/signal_types.h); libc's begins with the same two
 * fields. */
struct kernel_action {
    uint64_t handler, flags, restorer, mask;
};

#define SIGNALS 32

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
#define FAULTS (sizeof faults / sizeof *faults)

static _Atomic uint64_t handlers[SIGNALS]; /* the program's, by signal number */
static _Atomic bool is_expecting;

/* SIG_DFL, SIG_IGN and SIG_HOLD are small numbers, SIG_ERR is -1. */
static bool is_handler(uint64_t handler)
{
    return handler > (uint64_t)SIG_HOLD && handler != (uint64_t)SIG_ERR;
}

static bool faults_is_ours(uint64_t handler)
{
    return handler == (uint64_t)arch_handle_fault;
}

static bool is_fault(int number)
{
    for (size_t i = 0; i < FAULTS; i++)
        if (faults[i] == number)
            return true;
    return false;
}

/* Puts our handler before the program's, if there is one and this is not done yet. */
static void stand_before(int number)
{
    struct kernel_action action;
    if (kernel_is_forbidden ||
        KERNEL_CALL4(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask) != 0 ||
        !is_handler(action.handler) || faults_is_ours(action.handler))
        return;
    /* Before the kernel can call our handler. */
    atomic_store_explicit(&handlers[number], action.handler, memory_order_relaxed);
    action.handler = (uint64_t)arch_handle_fault;
    KERNEL_CALL4(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
}

void faults_expect(void)
{
    atomic_store_explicit(&is_expecting, true, memory_order_relaxed);
    for (size_t i = 0; i < FAULTS; i++)
        stand_before(faults[i]);
}

/* Puts the program's handler back while a call installs another one. So whatever function that is,
 * the former handler that it returns is right. */
static void stand_aside(int number)
{
    struct kernel_action action;
    if (kernel_is_forbidden ||
        KERNEL_CALL4(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask) != 0 ||
        !faults_is_ours(action.handler))
        return;
    action.handler = atomic_load_explicit(&handlers[number], memory_order_relaxed);
    KERNEL_CALL4(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
}

/* syscall(2) is entered by a jump, so its return is not seen: it gets our handler at once. */
static void faults_note_system_call(uint64_t *arguments)
{
    static struct kernel_action actions[SIGNALS];
    const struct kernel_action *wanted = (const struct kernel_action *)arguments[2];
    int number = (int)arguments[1];
    if (arguments[0] != SYS_rt_sigaction || !is_fault(number) || wanted == NULL ||
        kernel_is_forbidden || !kernel_is_readable((uint64_t)wanted) ||
        !kernel_is_readable((uint64_t)&wanted->mask))
        return;
    stand_aside(number);
    if (!is_handler(wanted->handler) || faults_is_ours(wanted->handler))
        return;
    atomic_store_explicit(&handlers[number], wanted->handler, memory_order_relaxed);
    actions[number] = *wanted;
    actions[number].handler = (uint64_t)arch_handle_fault;
    arguments[2] = (uint64_t)&actions[number];
}

void faults_note_call(struct call_frame *call)
{
    const char *name = (const char *)call->record + call->record->name;
    int number = (int)call->registers.arguments[0];
    if (!atomic_load_explicit(&is_expecting, memory_order_relaxed)) {
        call->fault = 0;
        return;
    }
    if (text_equal(name, "syscall")) {
        faults_note_system_call(call->registers.arguments);
        return;
    }
    call->fault = is_fault(number) ? (uint32_t)number : 0;
    if (call->fault)
        stand_aside(number);
}

void faults_note_return(const struct call_frame *call)
{
    if (call->fault)
        stand_before((int)call->fault);
}

/* --- a signal --- */

struct faults_handler faults_begin(int number, void *context)
{
    uint64_t pc = arch_context_pc(context);
    struct pad_place place = pad_place(pc);
    struct faults_handler handler = {
        atomic_load_explicit(&handlers[number % SIGNALS], memory_order_relaxed), 0};
    if (!place.is_pad)
        return handler;
    arch_context_move(context, place.pc, (int64_t)place.pushed);
    handler.pad = pc;
    return handler;
}

/* The thread continues in the pad if the handler has left the pc as it was, or has moved it to
 * another displaced instruction. */
void faults_end(void *context, uint64_t pad)
{
    uint64_t pc = arch_context_pc(context);
    struct pad_place place = pad_place(pad);
    if (pc == place.pc) {
        arch_context_move(context, pad, -(int64_t)place.pushed);
        return;
    }
    uint64_t there = pad_of(pad, pc);
    if (there)
        arch_context_move(context, there, 0);
}
