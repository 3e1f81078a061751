/*
 * context.c - the registers in a signal's context.
 */
#include "arch.h"

#include <ucontext.h>

#include "base/forbidden.h"

uint64_t arch_context_pc(const void *context)
{
    return (uint64_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}

void arch_context_move(void *context, uint64_t pc, int64_t sp_change)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    registers[REG_RIP] = (greg_t)pc;
    registers[REG_RSP] += (greg_t)sp_change;
}
