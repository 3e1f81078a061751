/* test_patch.c - jumps over the first instructions of functions, written by either way. */
// needs: preload/code/patch.c preload/x86_64/jumps.c
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "code/patch.h"
#include "suite.h"

/* A clock that goes on by `step` at each look. */
enum trace_clock clock_kind = TRACE_CLOCK_MONOTONIC;
static uint64_t step;

uint64_t clock_nanoseconds(int clock)
{
    static uint64_t now;
    (void)clock;
    return now += step;
}

#define PAGES    3
#define FUNCTION 256 /* bytes from one to the next: 16 on a page */
#define MANY     (PAGES * KERNEL_PAGE / FUNCTION)
#define JUMP     5

static uint8_t *code;
static struct patch_area area;
static bool is_done[MANY];
static uint8_t expected[MANY][8];
static struct patch patches[MANY];

static uint8_t byte_of(size_t at)
{
    return (uint8_t)(at * 7 + at / FUNCTION);
}

static void set_up(void)
{
    code = mmap(
        NULL, PAGES * KERNEL_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(code, MAP_FAILED);
    for (size_t i = 0; i < PAGES * KERNEL_PAGE; i++)
        code[i] = byte_of(i);
    ck_assert_int_eq(mprotect(code, PAGES * KERNEL_PAGE, PROT_READ), 0);
    area = (struct patch_area){(uint64_t)code, (uint64_t)code + PAGES * KERNEL_PAGE, PROT_READ};
    for (size_t i = 0; i < MANY; i++) {
        uint64_t address = (uint64_t)code + i * FUNCTION;
        memcpy(expected[i], (void *)address, sizeof expected[i]);
        patches[i] = (struct patch){
            address, address + 4096 + i, expected[i], sizeof expected[i], &is_done[i]};
    }
}

static void tear_down(void)
{
    munmap(code, PAGES * KERNEL_PAGE);
}

static void patch_all(void)
{
    ck_assert(patch_open(&area));
    patch_touch(&area);
    for (size_t i = 0; i < MANY; i += PATCH_MANY)
        patch_write_many(&patches[i], MANY - i < PATCH_MANY ? MANY - i : PATCH_MANY, getpid());
    patch_close(&area);
}

static bool has_jump(size_t i)
{
    int32_t offset;
    memcpy(&offset, code + i * FUNCTION + 1, sizeof offset);
    return code[i * FUNCTION] == 0xe9 && offset == (int32_t)(4096 + i - JUMP);
}

/* A tick more or less than what makes an access dear. */
static const uint64_t steps[] = {0, 3000, 3001, 100000};

START_TEST(many_are_written)
{
    step = steps[_i];
    patch_all();
    for (size_t i = 0; i < MANY; i++) {
        ck_assert(has_jump(i) && is_done[i]);
        for (size_t at = i * FUNCTION + JUMP; at < (i + 1) * FUNCTION; at++)
            ck_assert_uint_eq(code[at], byte_of(at));
    }
}
END_TEST

START_TEST(other_code_is_left_alone)
{
    step = steps[_i];
    for (size_t i = 0; i < MANY; i += 5)
        expected[i][i % 8] ^= 1;
    patch_all();
    for (size_t i = 0; i < MANY; i++) {
        ck_assert_int_eq(is_done[i], i % 5 != 0);
        if (i % 5 == 0)
            for (size_t at = i * FUNCTION; at < (i + 1) * FUNCTION; at++)
                ck_assert_uint_eq(code[at], byte_of(at));
        else
            ck_assert(has_jump(i));
    }
}
END_TEST

START_TEST(a_jump_that_is_too_far_is_not_written)
{
    step = steps[_i];
    patches[3].target += UINT64_C(1) << 32;
    patch_all();
    ck_assert(!is_done[3] && !has_jump(3));
    ck_assert_uint_eq(code[3 * FUNCTION], byte_of(3 * FUNCTION));
    ck_assert(is_done[2] && is_done[4]);
}
END_TEST

static volatile sig_atomic_t asked; /* how often the kernel was asked for a transfer */

static void refuse(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    asked++;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = -ENOSYS;
}

/* Has the kernel refuse to read and to write for us, as it may in a container. */
static void refuse_transfers(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_writev, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    struct sigaction action = {.sa_sigaction = refuse, .sa_flags = SA_SIGINFO};
    ck_assert_int_eq(sigaction(SIGSYS, &action, NULL), 0);
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(the_kernel_is_asked_where_an_access_is_dear_and_may_refuse)
{
    step = steps[_i];
    refuse_transfers();
    patch_all();
    ck_assert_int_eq(asked > 0, step > 3000);
    for (size_t i = 0; i < MANY; i++)
        ck_assert(has_jump(i) && is_done[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("patch");
    TCase *many = tcase_create("many");
    int count = sizeof steps / sizeof *steps;
    tcase_add_checked_fixture(many, set_up, tear_down);
    tcase_add_loop_test(many, many_are_written, 0, count);
    tcase_add_loop_test(many, other_code_is_left_alone, 0, count);
    tcase_add_loop_test(many, a_jump_that_is_too_far_is_not_written, 0, count);
    tcase_add_loop_test(many, the_kernel_is_asked_where_an_access_is_dear_and_may_refuse, 0, count);
    suite_add_tcase(suite, many);
    return suite_run(suite);
}
