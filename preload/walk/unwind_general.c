/*
 * unwind_general.c - a step with all registers that unwind tables name.
 *
 * For the few frames whose rule is not compact (assembler in ld.so and libcrypto, stacks realigned
 * through unusual registers). Walks again from the leaf's caller, whose callee-saved registers the
 * trampoline has kept, and follows every register. It is slow, a microsecond or more. But unlike
 * libunwind it allocates nothing, locks nothing and calls no library.
 */
#include "walk/unwind_general.h"

#include "base/kernel.h"
#include "trace/modules.h"
#include "walk/frame_row.h"
#include "walk/unwind_memory.h"
#include "base/forbidden.h"

#define EXPRESSION_STACK 16
#define EXPRESSION_STEPS 256
#define WALK_MAX         20000

struct registers {
    uint64_t value[ARCH_REGISTERS];
    uint32_t known; /* a bit for each */
    bool is_interrupted;
};

static void set(struct registers *registers, unsigned number, uint64_t value)
{
    registers->value[number] = value;
    registers->known |= 1u << number;
}

static bool get(const struct registers *registers, uint64_t number, uint64_t *value)
{
    if (number >= ARCH_REGISTERS || !(registers->known >> number & 1))
        return false;
    *value = registers->value[number];
    return true;
}

/* Operations of DWARF 5 section 7.7.1 that unwind expressions use. */
enum {
    OP_DEREF = 0x06,
    OP_CONST1U = 0x08,
    OP_CONST1S = 0x09,
    OP_CONST2U = 0x0a,
    OP_CONST2S = 0x0b,
    OP_CONST4U = 0x0c,
    OP_CONST4S = 0x0d,
    OP_CONST8U = 0x0e,
    OP_CONST8S = 0x0f,
    OP_CONSTU = 0x10,
    OP_CONSTS = 0x11,
    OP_DUP = 0x12,
    OP_DROP = 0x13,
    OP_OVER = 0x14,
    OP_SWAP = 0x16,
    OP_AND = 0x1a,
    OP_MINUS = 0x1c,
    OP_MUL = 0x1e,
    OP_NEG = 0x1f,
    OP_NOT = 0x20,
    OP_OR = 0x21,
    OP_PLUS = 0x22,
    OP_PLUS_UCONST = 0x23,
    OP_SHL = 0x24,
    OP_SHR = 0x25,
    OP_SHRA = 0x26,
    OP_XOR = 0x27,
    OP_BRA = 0x28,
    OP_EQ = 0x29,
    OP_GE = 0x2a,
    OP_GT = 0x2b,
    OP_LE = 0x2c,
    OP_LT = 0x2d,
    OP_NE = 0x2e,
    OP_SKIP = 0x2f,
    OP_LIT0 = 0x30,
    OP_BREG0 = 0x70,
    OP_DEREF_SIZE = 0x94,
    OP_NOP = 0x96,
};

static uint64_t unwind_general_apply(uint8_t op, uint64_t a, uint64_t b)
{
    int64_t left = (int64_t)a, right = (int64_t)b;
    switch (op) {
    case OP_AND: return a & b;
    case OP_MINUS: return a - b;
    case OP_MUL: return a * b;
    case OP_OR: return a | b;
    case OP_PLUS: return a + b;
    case OP_SHL: return b < 64 ? a << b : 0;
    case OP_SHR: return b < 64 ? a >> b : 0;
    case OP_SHRA: return (uint64_t)(left >> (b < 64 ? b : 63));
    case OP_XOR: return a ^ b;
    case OP_EQ: return left == right;
    case OP_GE: return left >= right;
    case OP_GT: return left > right;
    case OP_LE: return left <= right;
    case OP_LT: return left < right;
    default: return left != right; /* OP_NE */
    }
}

static bool is_constant(uint8_t op)
{
    return op >= OP_CONST1U && op <= OP_CONSTS;
}

static uint64_t read_constant(uint8_t op, struct cfi_expression *e)
{
    switch (op) {
    case OP_CONST1U: return cfi_read_fixed(&e->at, e->end, 1);
    case OP_CONST1S: return (uint64_t)(int8_t)cfi_read_fixed(&e->at, e->end, 1);
    case OP_CONST2U: return cfi_read_fixed(&e->at, e->end, 2);
    case OP_CONST2S: return (uint64_t)(int16_t)cfi_read_fixed(&e->at, e->end, 2);
    case OP_CONST4U: return cfi_read_fixed(&e->at, e->end, 4);
    case OP_CONST4S: return (uint64_t)(int32_t)cfi_read_fixed(&e->at, e->end, 4);
    case OP_CONSTU: return cfi_read_uleb(&e->at, e->end);
    case OP_CONSTS: return (uint64_t)cfi_read_sleb(&e->at, e->end);
    default: return cfi_read_fixed(&e->at, e->end, 8);
    }
}

static bool is_binary(uint8_t op)
{
    switch (op) {
    case OP_AND:
    case OP_MINUS:
    case OP_MUL:
    case OP_OR:
    case OP_PLUS:
    case OP_SHL:
    case OP_SHR:
    case OP_SHRA:
    case OP_XOR:
    case OP_EQ:
    case OP_GE:
    case OP_GT:
    case OP_LE:
    case OP_LT:
    case OP_NE: return true;
    default: return false;
    }
}

/* The operations that need one value and change it in place. */
static bool apply_unary(struct unwind *unwind, uint8_t op, struct cfi_expression *e, uint64_t *top)
{
    uint64_t size;
    switch (op) {
    case OP_DEREF: return unwind_read(unwind, *top, top);
    case OP_DEREF_SIZE:
        size = cfi_read_fixed(&e->at, e->end, 1);
        return size == 8 && unwind_read(unwind, *top, top);
    case OP_NEG: *top = -*top; return true;
    case OP_NOT: *top = ~*top; return true;
    case OP_PLUS_UCONST: *top += cfi_read_uleb(&e->at, e->end); return true;
    default: return false;
    }
}

/* Evaluates an expression; *pushed is on its stack at the beginning (NULL: nothing). */
static bool evaluate(struct unwind *unwind, const struct registers *registers, int64_t block,
    const uint64_t *pushed, uint64_t *result)
{
    struct cfi_expression e = cfi_open_expression(block);
    const uint8_t *start = e.at;
    uint64_t stack[EXPRESSION_STACK], value;
    unsigned depth = 0, steps = 0;
    if (pushed)
        stack[depth++] = *pushed;
    while (e.at < e.end) {
        uint8_t op = *e.at++;
        if (steps++ == EXPRESSION_STEPS || depth > EXPRESSION_STACK - 2)
            return false;
        if (op >= OP_LIT0 && op < OP_LIT0 + 32) {
            stack[depth++] = op - OP_LIT0;
        } else if (op >= OP_BREG0 && op < OP_BREG0 + 32) {
            int64_t offset = cfi_read_sleb(&e.at, e.end);
            if (!get(registers, op - OP_BREG0, &value))
                return false;
            stack[depth++] = value + (uint64_t)offset;
        } else if (is_constant(op)) {
            stack[depth++] = read_constant(op, &e);
        } else if (is_binary(op)) {
            if (depth < 2)
                return false;
            depth--;
            stack[depth - 1] = unwind_general_apply(op, stack[depth - 1], stack[depth]);
        } else if (op == OP_SKIP || op == OP_BRA) {
            int16_t distance = (int16_t)cfi_read_fixed(&e.at, e.end, 2);
            if (op == OP_BRA && depth == 0)
                return false;
            if (op == OP_BRA && stack[--depth] == 0)
                continue;
            if (distance < start - e.at || distance > e.end - e.at)
                return false;
            e.at += distance;
        } else if (op == OP_NOP) {
            continue;
        } else if (depth == 0) {
            return false;
        } else if (op == OP_DUP) {
            stack[depth] = stack[depth - 1];
            depth++;
        } else if (op == OP_DROP) {
            depth--;
        } else if (op == OP_OVER && depth >= 2) {
            stack[depth] = stack[depth - 2];
            depth++;
        } else if (op == OP_SWAP && depth >= 2) {
            value = stack[depth - 1];
            stack[depth - 1] = stack[depth - 2];
            stack[depth - 2] = value;
        } else if (!apply_unary(unwind, op, &e, &stack[depth - 1])) {
            return false;
        }
    }
    if (depth == 0)
        return false;
    *result = stack[depth - 1];
    return true;
}

/* The value of a register in the caller. */
static bool unwind_general_recover(struct unwind *unwind, const struct registers *registers,
    unsigned number, const struct cfi_saved *saved, uint64_t cfa, uint64_t *value)
{
    switch (saved->where) {
    case CFI_SAME:
        /* The stack pointer of the caller is the CFA, by definition (psABI 3.7). */
        if (number == ARCH_SP) {
            *value = cfa;
            return true;
        }
        return number != ARCH_RA && get(registers, number, value);
    case CFI_AT_CFA: return unwind_read(unwind, cfa + (uint64_t)saved->value, value);
    case CFI_VAL_CFA: *value = cfa + (uint64_t)saved->value; return true;
    case CFI_IN_REGISTER: return get(registers, (uint64_t)saved->value, value);
    case CFI_AT_EXPRESSION:
        return evaluate(unwind, registers, saved->value, &cfa, value) &&
               unwind_read(unwind, *value, value);
    case CFI_VAL_EXPRESSION: return evaluate(unwind, registers, saved->value, &cfa, value);
    default: return false;
    }
}

/* One frame outwards. The rows of glibc's signal frames describe where the ucontext has each
 * register, so they need no special treatment. */
static enum unwind_result step(struct unwind *unwind, struct registers *registers)
{
    uint64_t pc = registers->value[ARCH_RA], cfa;
    struct pad_place place = frame_place(pc, registers->is_interrupted);
    const struct module *module = modules_find(unwind->segment, place.pc, &unwind->vectors);
    const struct cfi_row *row = &unwind->cfi.row;
    if (module == NULL || frame_find_row(module->eh_frame_hdr, &place, &unwind->cfi) != CFI_FOUND)
        return UNWIND_LOST;
    if (row->saved[ARCH_RA].where == CFI_UNDEFINED)
        return UNWIND_END;
    if (row->cfa_is_expression) {
        if (!evaluate(unwind, registers, row->cfa_value, NULL, &cfa))
            return UNWIND_LOST;
    } else {
        if (!get(registers, row->cfa_register, &cfa))
            return UNWIND_LOST;
        cfa += (uint64_t)row->cfa_value;
    }
    struct registers caller = {.is_interrupted = row->is_signal_frame};
    for (unsigned number = 0; number < ARCH_REGISTERS; number++) {
        uint64_t value;
        if (unwind_general_recover(unwind, registers, number, &row->saved[number], cfa, &value))
            set(&caller, number, value);
    }
    if (!get(&caller, ARCH_RA, &pc) || !(caller.known >> ARCH_SP & 1))
        return UNWIND_LOST;
    *registers = caller;
    return pc == 0 ? UNWIND_END : UNWIND_STEPPED;
}

static void begin(const struct unwind *unwind, struct registers *registers)
{
    static const uint8_t saved[ARCH_SAVED] = ARCH_SAVED_NUMBERS;
    *registers = (struct registers){.is_interrupted = unwind->from->is_interrupted};
    set(registers, ARCH_RA, unwind->from->pc);
    set(registers, ARCH_SP, unwind->from->sp);
    set(registers, ARCH_FP, unwind->from->fp);
    for (unsigned i = 0; unwind->saved && i < sizeof saved; i++)
        set(registers, saved[i], unwind->saved[i]);
}

enum unwind_result unwind_step_generally(struct unwind *unwind, struct unwind_state *state)
{
    struct registers registers;
    begin(unwind, &registers);
    for (unsigned frames = 0; frames < WALK_MAX; frames++) {
        bool is_there = registers.value[ARCH_RA] == state->pc &&
                        registers.value[ARCH_SP] == state->sp;
        enum unwind_result result = step(unwind, &registers);
        if (result != UNWIND_STEPPED)
            return is_there ? result : UNWIND_LOST;
        if (!is_there)
            continue;
        /* Any value will do for an unknown rbp: a step that needs it fails, or checks it. */
        uint64_t fp = state->fp;
        get(&registers, ARCH_FP, &fp);
        *state = (struct unwind_state){
            registers.value[ARCH_RA], registers.value[ARCH_SP], fp, registers.is_interrupted};
        return UNWIND_STEPPED;
    }
    return UNWIND_LOST;
}
