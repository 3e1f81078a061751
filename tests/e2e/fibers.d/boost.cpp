/*
 * boost.cpp - fibers of Boost.Fiber, which wait at a mutex, a condition, a channel, a barrier or in
 * a sleep; and generators of Boost.Coroutine2. Some end, some are destroyed while they are
 * suspended. The argument is the number of threads among which the fibers are shared.
 */
#include <atomic>
#include <boost/coroutine2/all.hpp>
#include <boost/fiber/all.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "suspended.h"

namespace fibers = boost::fibers;
using namespace std::chrono_literals;
using coroutine = boost::coroutines2::coroutine<int>;

static constexpr int FIBERS = 100, MOMENTS = 6;
static std::atomic<long> in_mutex, in_condition, in_channel, in_sleep, ended;
static fibers::mutex mutex, for_condition;
static fibers::condition_variable condition;
static bool goes_on;
static fibers::buffered_channel<int> *channel;

extern "C" [[gnu::noinline]] void wait_mutex()
{
    in_mutex++;
    mutex.lock();
    in_mutex--;
    mutex.unlock();
}

extern "C" [[gnu::noinline]] void wait_condition()
{
    std::unique_lock<fibers::mutex> lock(for_condition);
    in_condition++;
    condition.wait(lock, [] { return goes_on; });
    in_condition--;
}

extern "C" [[gnu::noinline]] void wait_channel()
{
    int value;
    in_channel++;
    channel->pop(value);
    in_channel--;
}

static std::atomic<bool> is_over;

extern "C" [[gnu::noinline]] void wait_sleep()
{
    in_sleep++;
    while (!is_over)
        boost::this_fiber::sleep_for(20ms);
    in_sleep--;
}

static void body(int number)
{
    for (int i = 0; i < number % 9; i++)
        boost::this_fiber::yield();
    switch (number % 5) {
    case 0: wait_mutex(); break;
    case 1: wait_condition(); break;
    case 2: wait_channel(); break;
    case 3: wait_sleep(); break;
    default: break;
    }
    ended++;
}

static void compare()
{
    suspended_compare("wait_mutex", in_mutex);
    suspended_compare("wait_condition", in_condition);
    suspended_compare("wait_channel", in_channel);
}

/* Until all fibers have ended or wait. */
static void settle(long number)
{
    while (in_mutex + in_condition + in_channel + in_sleep + ended < number)
        boost::this_fiber::sleep_for(1ms);
    boost::this_fiber::sleep_for(30ms);
}

static void run_fibers()
{
    for (int moment = 0; moment < MOMENTS; moment++) {
        fibers::buffered_channel<int> own(4);
        std::vector<fibers::fiber> all;
        channel = &own;
        goes_on = is_over = false;
        ended = 0;
        mutex.lock();
        for (int i = 0; i < FIBERS; i++)
            all.emplace_back(body, i);
        settle(FIBERS);
        compare();
        mutex.unlock();
        settle(FIBERS);
        compare();
        is_over = true;
        for_condition.lock();
        goes_on = true;
        for_condition.unlock();
        condition.notify_all();
        own.close();
        for (auto &one : all)
            one.join();
        compare();
        suspended_compare("wait_sleep", in_sleep);
    }
}

static long in_left, in_right;

extern "C" [[gnu::noinline]] void walk_left(coroutine::push_type &give, int count)
{
    for (int i = 0; i < count; i++) {
        in_left++;
        give(i);
        in_left--;
    }
}

extern "C" [[gnu::noinline]] void walk_right(coroutine::push_type &give, int count)
{
    struct at_right {
        at_right()
        {
            in_right++;
        }
        ~at_right()
        {
            in_right--;
        }
    };
    for (int i = 0; i < count; i++) {
        at_right here; /* the generator may be destroyed here */
        give(i);
    }
}

static void run_generators()
{
    std::vector<std::unique_ptr<coroutine::pull_type>> all;
    for (int i = 0; i < 60; i++)
        all.emplace_back(new coroutine::pull_type(
            [i](coroutine::push_type &give) { i % 3 ? walk_right(give, i) : walk_left(give, i); }));
    for (int round = 0; round < 8; round++) {
        for (auto &one : all)
            if (one && *one)
                (*one)();
        all[3 * round + 31].reset();
        suspended_compare("walk_left", in_left);
        suspended_compare("walk_right", in_right);
    }
    for (auto &one : all)
        while (one && *one)
            (*one)();
}

int main(int, char **argv)
{
    int threads = atoi(argv[1]);
    run_generators();
    suspended_compare("walk_left", 0);
    suspended_compare("walk_right", 0);
    printf("%ld not returned\n", suspended_calls());
    std::vector<std::thread> others;
    std::atomic<int> ready{0};
    fibers::mutex end_mutex;
    fibers::condition_variable_any end;
    bool is_end = false;
    fibers::use_scheduling_algorithm<fibers::algo::shared_work>();
    for (int i = 1; i < threads; i++)
        others.emplace_back([&] {
            fibers::use_scheduling_algorithm<fibers::algo::shared_work>();
            ready++;
            std::unique_lock<fibers::mutex> lock(end_mutex);
            end.wait(lock, [&] { return is_end; });
        });
    while (ready < threads - 1)
        std::this_thread::yield();
    run_fibers();
    end_mutex.lock();
    is_end = true;
    end_mutex.unlock();
    end.notify_all();
    for (auto &one : others)
        one.join();
    printf("done\n");
    return 0;
}
