// cflags: -O2 -pthread
// options: --leaf futex,pthread_join
/* std::future waits by a futex: for a promise, for a task of another thread, and for some time
 * only. */
#include <chrono>
#include <future>
#include <thread>

static void pause_for(int milliseconds)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    __asm__ volatile(""); // no tail call
}

__attribute__((noinline)) static int wait_for_promise()
{
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    std::thread thread([&promise] {
        pause_for(20);
        promise.set_value(40);
    });
    int value = future.get();
    thread.join();
    return value;
}

__attribute__((noinline)) static int wait_for_task()
{
    auto task = std::async(std::launch::async, [] {
        pause_for(20);
        return 2;
    });
    return task.get();
}

__attribute__((noinline)) static bool wait_some_time()
{
    std::promise<void> promise;
    bool is_late = promise.get_future().wait_for(std::chrono::milliseconds(5)) ==
                   std::future_status::timeout;
    __asm__ volatile("");
    return is_late;
}

int main()
{
    int sum = wait_for_promise() + wait_for_task();
    return sum == 42 && wait_some_time() ? 0 : 1;
}
