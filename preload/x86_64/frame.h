/*
 * frame.h - how a function in assembly begins and ends that has a frame: rbp points to the saved
 * rbp, and the CFA is rbp + 16 in between.
 */
#ifndef FRAME_H
#define FRAME_H

/* clang-format off */
#define FRAME_BEGIN             \
    endbr64;                    \
    pushq   %rbp;               \
    .cfi_def_cfa_offset 16;     \
    .cfi_offset %rbp, -16;      \
    movq    %rsp, %rbp;         \
    .cfi_def_cfa_register %rbp

#define FRAME_END           \
    leave;                  \
    .cfi_def_cfa %rsp, 8;   \
    .cfi_restore %rbp
/* clang-format on */

#endif
