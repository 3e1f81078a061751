/*
 * hook_code.h - an architecture that is only declared: see given.h.
 */
#ifndef HOOK_CODE_H
#define HOOK_CODE_H

#define HOOK_PLAN_JUMP   4
#define HOOK_PLAN_BYTES  8
#define HOOK_PLAN_CODE   40
#define HOOK_PLAN_FIXUPS 2
#define HOOK_PLAN_ENTRY  152

#endif
