/*
 * unwind.c - steps from a frame to its caller's.
 */
#include "walk/unwind.h"

#include "base/kernel.h"
#include "trace/modules.h"
#include "walk/frame_row.h"
#include "walk/unwind_general.h"
#include "walk/unwind_memory.h"
#include "base/forbidden.h"

enum { OP_BREG0 = 0x70, OP_DEREF = 0x06 }; /* DWARF 5 section 7.7.1 */

/* The largest frame that is accepted if only rbp shows where it is. */
#define GUESSED_FRAME_MAX (UINT64_C(1) << 20)

/* A word that never compares equal: its recorded value differs from its constant value. */
static const uint64_t never = 0;

/* The code to which a signal handler returns. glibc's has tables; others may not have any. */
static bool is_sigreturn(uint64_t pc)
{
    return kernel_is_readable(pc & ~UINT64_C(7)) &&
           kernel_is_readable((pc + ARCH_SIGRETURN_SIZE - 1) & ~UINT64_C(7)) &&
           arch_is_sigreturn((const uint8_t *)pc);
}

/* DW_OP_breg of the frame pointer, with or without DW_OP_deref after it. */
static bool is_fp_expression(int64_t block, bool with_deref, int64_t *offset)
{
    struct cfi_expression expression = cfi_open_expression(block);
    if (expression.at >= expression.end || *expression.at++ != OP_BREG0 + ARCH_FP)
        return false;
    *offset = cfi_read_sleb(&expression.at, expression.end);
    if (!with_deref)
        return expression.at == expression.end;
    return expression.end - expression.at == 1 && *expression.at == OP_DEREF;
}

static bool is_plt_expression(int64_t block)
{
    struct cfi_expression expression = cfi_open_expression(block);
    return arch_is_plt(expression.at, (size_t)(expression.end - expression.at));
}

static int kind_of_cfa(const struct cfi_row *row, int64_t *offset)
{
    *offset = row->cfa_value;
    if (!row->cfa_is_expression) {
        if (row->cfa_register == ARCH_SP)
            return RULE_CFA_SP;
        return row->cfa_register == ARCH_FP ? RULE_CFA_FP : RULE_GENERAL;
    }
    if (is_fp_expression(row->cfa_value, true, offset))
        return RULE_CFA_AT_FP;
    *offset = 0;
    return is_plt_expression(row->cfa_value) ? RULE_PLT : RULE_GENERAL;
}

static bool fits(int64_t offset)
{
    return offset >= INT32_MIN && offset <= INT32_MAX;
}

/* How many words from the CFA down to the last saved register. They belong to the frame, so they
 * are not arguments of its call, which the callee may overwrite. */
static uint8_t count_kept(const struct cfi_row *row)
{
    int64_t kept = 1; /* the return address */
    for (unsigned i = 0; i < ARCH_REGISTERS; i++) {
        const struct cfi_saved *saved = &row->saved[i];
        int64_t words = saved->where == CFI_AT_CFA ? -saved->value / 8 : 0;
        if (words > kept && words <= UINT8_MAX)
            kept = words;
    }
    return (uint8_t)kept;
}

/* Converts `row` to a compact rule, or to RULE_GENERAL. */
static void compact(const struct cfi_row *row, struct unwind_rule *rule)
{
    const struct cfi_saved *fp = &row->saved[ARCH_FP], *ra = &row->saved[ARCH_RA];
    const struct cfi_saved *sp = &row->saved[ARCH_SP];
    int64_t cfa_offset, fp_offset = fp->value;
    rule->kind = RULE_GENERAL;
    if (row->is_signal_frame) {
        rule->kind = RULE_SIGNAL;
        return;
    }
    if (ra->where == CFI_UNDEFINED) {
        rule->kind = RULE_END;
        return;
    }
    if (ra->where != CFI_AT_CFA || ra->value != ARCH_RETURN_AT)
        return;
    if (sp->where != CFI_SAME && !(sp->where == CFI_VAL_CFA && sp->value == 0))
        return;
    switch (fp->where) {
    case CFI_SAME:
    /* The caller does not use it: any value will do, so the present one is kept. */
    case CFI_UNDEFINED:
        rule->fp = RULE_FP_SAME;
        fp_offset = 0;
        break;
    case CFI_AT_CFA: rule->fp = RULE_FP_AT_CFA; break;
    case CFI_AT_EXPRESSION:
        if (!is_fp_expression(fp->value, false, &fp_offset))
            return;
        rule->fp = RULE_FP_AT_FP;
        break;
    default: return;
    }
    int kind = kind_of_cfa(row, &cfa_offset);
    if (!fits(cfa_offset) || !fits(fp_offset))
        return;
    rule->kind = (uint8_t)kind;
    rule->kept = count_kept(row);
    rule->cfa_offset = (int32_t)cfa_offset;
    rule->fp_offset = (int32_t)fp_offset;
}

static bool follows_call(uint64_t pc)
{
    return pc >= 2 * KERNEL_PAGE && kernel_is_readable((pc - ARCH_CALL_MAX) & ~UINT64_C(7)) &&
           kernel_is_readable((pc - 1) & ~UINT64_C(7)) && arch_follows_call((const uint8_t *)pc);
}

static void make_rule(
    struct unwind *unwind, const struct unwind_state *state, struct unwind_rule *rule)
{
    struct pad_place place = frame_place(state->pc, state->is_interrupted);
    const struct module *module = modules_find(unwind->segment, place.pc, &unwind->vectors);
    uint64_t pc = place.pc + !state->is_interrupted;
    memory_zero(rule, sizeof *rule);
    rule->address = module ? pc - module->bias : pc;
    rule->module = module ? module->trace : 0;
    switch (frame_find_row(module ? module->eh_frame_hdr : 0, &place, &unwind->cfi)) {
    case CFI_FOUND: compact(&unwind->cfi.row, rule); break;
    case CFI_UNKNOWN: rule->kind = RULE_GENERAL; break;
    case CFI_NONE:
        rule->kind = is_sigreturn(state->pc) ? RULE_SIGNAL : RULE_FRAME_POINTER;
        rule->is_untabled = rule->kind == RULE_FRAME_POINTER;
        rule->kept = rule->is_untabled ? 2 : 0; /* the return address and rbp */
        /* The code is in no file. The program has made it itself; or there is no code, because the
         * tables did not describe the moment at which a signal came (eh_return, setcontext). */
        if (rule->is_untabled && module == NULL && !state->is_interrupted &&
            !follows_call(state->pc))
            rule->kind = RULE_NOWHERE;
        break;
    }
    rule->is_hidden = (module && module->is_ours) || rule->kind == RULE_SIGNAL;
}

const struct unwind_rule *unwind_find_rule(struct unwind *unwind, const struct unwind_state *state)
{
    uint64_t key = state->pc << 1 | state->is_interrupted;
    key ^= (uint64_t)unwind->generation << 48; /* user addresses have 47 bits */
    uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
    struct unwind_rule *set = unwind->rules[hash >> (64 - __builtin_ctz(UNWIND_SETS))];
    if (__builtin_expect(set[0].key == key, 1))
        return &set[0];
    if (set[1].key == key)
        return &set[1];
    /* A handler that jumps away in the middle must not leave an incomplete rule with a key. */
    set[1].key = 0;
    COMPILER_BARRIER();
    uint64_t displaced = set[0].key;
    set[0].key = 0;
    set[1] = set[0];
    COMPILER_BARRIER();
    set[1].key = displaced;
    make_rule(unwind, state, &set[0]);
    COMPILER_BARRIER();
    set[0].key = key;
    return &set[0];
}

/* For code without tables. It is a guess, so everything that can be checked is checked. */
static enum unwind_result step_by_frame_pointer(
    struct unwind *unwind, struct unwind_state *state, struct unwind_word *words, unsigned *count)
{
    uint64_t fp = state->fp, next_fp, next_pc;
    if (fp < state->sp || fp - state->sp > GUESSED_FRAME_MAX)
        return UNWIND_LOST;
    if (!unwind_read(unwind, fp, &next_fp) || !unwind_read(unwind, fp + 8, &next_pc))
        return UNWIND_LOST;
    if (!follows_call(next_pc))
        return UNWIND_LOST;
    words[0] = (struct unwind_word){(const uint64_t *)(fp + 8), next_pc};
    words[1] = (struct unwind_word){(const uint64_t *)fp, next_fp};
    *count = 2;
    *state = (struct unwind_state){next_pc, fp + 16, next_fp, false};
    return UNWIND_STEPPED;
}

static enum unwind_result step_signal(
    struct unwind *unwind, struct unwind_state *state, struct unwind_word *words, unsigned *count)
{
    uint64_t at = state->sp, pc, sp, fp;
    if (!unwind_read(unwind, at + ARCH_CONTEXT_PC, &pc) ||
        !unwind_read(unwind, at + ARCH_CONTEXT_SP, &sp) ||
        !unwind_read(unwind, at + ARCH_CONTEXT_FP, &fp))
        return UNWIND_LOST;
    words[0] = (struct unwind_word){(const uint64_t *)(at + ARCH_CONTEXT_PC), pc};
    words[1] = (struct unwind_word){(const uint64_t *)(at + ARCH_CONTEXT_SP), sp};
    words[2] = (struct unwind_word){(const uint64_t *)(at + ARCH_CONTEXT_FP), fp};
    *count = 3;
    *state = (struct unwind_state){pc, sp, fp, true};
    return UNWIND_STEPPED;
}

static enum unwind_result step_generally(
    struct unwind *unwind, struct unwind_state *state, struct unwind_word *words, unsigned *count)
{
    words[0] = (struct unwind_word){&never, ~never};
    enum unwind_result result = unwind_step_generally(unwind, state);
    *count = result == UNWIND_STEPPED;
    return result;
}

enum unwind_result unwind_step(struct unwind *unwind, const struct unwind_rule *rule,
    struct unwind_state *state, struct unwind_word *words, unsigned *count)
{
    uint64_t cfa, pc, fp_address;
    unsigned n = 0;
    switch (rule->kind) {
    case RULE_CFA_SP: cfa = state->sp + (int64_t)rule->cfa_offset; break;
    case RULE_CFA_FP: cfa = state->fp + (int64_t)rule->cfa_offset; break;
    case RULE_CFA_AT_FP: {
        uint64_t address = state->fp + (int64_t)rule->cfa_offset;
        if (!unwind_read(unwind, address, &cfa))
            return UNWIND_LOST;
        words[n++] = (struct unwind_word){(const uint64_t *)address, cfa};
        break;
    }
    case RULE_PLT: cfa = arch_plt_cfa(state->pc, state->sp); break;
    case RULE_SIGNAL: return step_signal(unwind, state, words, count);
    case RULE_END: return UNWIND_END;
    case RULE_NOWHERE: return UNWIND_NOWHERE;
    case RULE_FRAME_POINTER: return step_by_frame_pointer(unwind, state, words, count);
    default: return step_generally(unwind, state, words, count);
    }
    /* A caller's frame lies further out. If this one does not, the tables don't fit this stack. */
    if (cfa <= state->sp || !unwind_read(unwind, cfa + ARCH_RETURN_AT, &pc))
        return UNWIND_LOST;
    words[n++] = (struct unwind_word){(const uint64_t *)(cfa + ARCH_RETURN_AT), pc};
    if (rule->fp != RULE_FP_SAME) {
        fp_address = (rule->fp == RULE_FP_AT_CFA ? cfa : state->fp) + (int64_t)rule->fp_offset;
        if (!unwind_read(unwind, fp_address, &state->fp))
            return UNWIND_LOST;
        words[n++] = (struct unwind_word){(const uint64_t *)fp_address, state->fp};
    }
    *count = n;
    state->sp = cfa;
    if (pc == 0)
        return UNWIND_END;
    state->pc = pc;
    state->is_interrupted = false;
    return UNWIND_STEPPED;
}
