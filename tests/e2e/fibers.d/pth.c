/*
 * pth.c - threads of GNU Pth, which wait at a mutex, a condition, in a sleep or for a pipe. A
 * thread ends by return, by pth_exit, or because it is cancelled.
 */
#include <pth.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "suspended.h"

#define THREADS 80
#define MOMENTS 8

static pth_mutex_t mutex = PTH_MUTEX_INIT, for_condition = PTH_MUTEX_INIT;
static pth_cond_t condition = PTH_COND_INIT;
static int ends[2], go_on;
static long in_mutex, in_condition, in_sleep, in_read, ended;

__attribute__((noinline)) void wait_mutex(void)
{
    in_mutex++;
    pth_mutex_acquire(&mutex, FALSE, NULL);
    in_mutex--;
    pth_mutex_release(&mutex);
}

__attribute__((noinline)) void wait_condition(void)
{
    pth_mutex_acquire(&for_condition, FALSE, NULL);
    in_condition++;
    pth_cond_await(&condition, &for_condition, NULL);
    in_condition--;
    pth_mutex_release(&for_condition);
}

__attribute__((noinline)) void wait_sleep(void)
{
    in_sleep++;
    while (!go_on)
        pth_nap(pth_time(0, 2000));
    in_sleep--;
}

__attribute__((noinline)) void wait_read(void)
{
    char byte;
    in_read++;
    pth_read(ends[0], &byte, 1);
    in_read--;
}

void *body(void *argument)
{
    long number = (long)argument;
    for (long i = 0; i < number % 7; i++)
        pth_yield(NULL);
    switch (number % 5) {
    case 0: wait_mutex(); break;
    case 1: wait_condition(); break;
    case 2: wait_sleep(); break;
    case 3: wait_read(); break;
    default: break;
    }
    ended++;
    if (number % 2)
        pth_exit(NULL);
    return NULL;
}

static void compare(void)
{
    suspended_compare("wait_mutex", in_mutex);
    suspended_compare("wait_condition", in_condition);
    suspended_compare("wait_sleep", in_sleep);
    suspended_compare("wait_read", in_read);
}

int main(void)
{
    pth_init();
    if (pipe(ends) != 0)
        return 1;
    for (int moment = 0; moment < MOMENTS; moment++) {
        pth_t threads[THREADS];
        go_on = 0;
        pth_mutex_acquire(&mutex, FALSE, NULL);
        for (long i = 0; i < THREADS; i++)
            threads[i] = pth_spawn(PTH_ATTR_DEFAULT, body, (void *)i);
        pth_nap(pth_time(0, 30000));
        compare();
        for (int i = 0; i < 10; i++) /* some of those that sleep; this takes effect there */
            in_sleep -= pth_cancel(threads[5 * i + 2]) && 1;
        pth_mutex_release(&mutex);
        go_on = 1;
        pth_cond_notify(&condition, TRUE);
        for (int i = 0; i < THREADS / 5; i++)
            pth_write(ends[1], "x", 1);
        for (int i = 0; i < THREADS; i++)
            pth_join(threads[i], NULL);
        compare();
    }
    printf("%ld suspended, %ld not returned\n", suspended_in("body"),
        suspended_calls() - suspended_in(NULL));
    return 0;
}
