/* What the standard library makes with syscall(2): atomics, semaphores and latches that are waited
 * for. */
#include <atomic>
#include <chrono>
#include <latch>
#include <semaphore>
#include <thread>

static std::atomic<int> flag{0};
static std::binary_semaphore semaphore{0};
static std::latch latch{1};

[[gnu::noinline]] static void wait_for_flag()
{
    flag.wait(0);
}

[[gnu::noinline]] static void wait_for_semaphore()
{
    semaphore.acquire();
}

[[gnu::noinline]] static void wait_for_latch()
{
    latch.wait();
}

static void work()
{
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    flag = 1;
    flag.notify_one();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    semaphore.release();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    latch.count_down();
}

int main()
{
    std::thread thread(work);
    wait_for_flag();
    wait_for_semaphore();
    wait_for_latch();
    thread.join();
    return 0;
}
