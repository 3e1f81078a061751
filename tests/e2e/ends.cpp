// options: --leaf usleep
// library: ends
/* Hits wherever the program's code runs in its life: in constructors and destructors of a library
 * and of the program, in those of static and thread_local objects, of keys, at exit, and in
 * threads that are alive when it ends. What is kept for a thread has no destructor, so none is too
 * early for a hit in any of these. */
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <thread>
#include <unistd.h>

extern "C" void library_hit(const char *where);

static void hit(const char *where)
{
    std::puts(where);
    std::fflush(stdout);
    usleep(1);
    __asm__ volatile(""); /* no tail call */
}

struct object {
    explicit object(const char *name) : name(name)
    {
        hit(name);
    }
    ~object()
    {
        hit(name);
    }
    const char *name;
};

static object of_program("static object");
static thread_local object of_thread("thread_local object");
static pthread_key_t key;

static void at_end_of_thread(void *argument)
{
    static int times;
    hit("key");
    if (++times % 3 != 0) /* it is called again: PTHREAD_DESTRUCTOR_ITERATIONS */
        pthread_setspecific(key, argument);
}

static void at_exit()
{
    hit("atexit");
}

static void on_exit_with(int status, void *)
{
    std::printf("status %d, ", status);
    hit("on_exit");
}

static void *run(void *argument)
{
    pthread_setspecific(key, &key);
    hit(of_thread.name);
    return argument;
}

static void *stay(void *argument)
{
    pthread_barrier_wait(static_cast<pthread_barrier_t *>(argument));
    pause();
    return argument;
}

int main()
{
    pthread_barrier_t barrier;
    pthread_t thread;
    pthread_barrier_init(&barrier, nullptr, 2);
    std::atexit(at_exit);
    on_exit(on_exit_with, nullptr);
    pthread_key_create(&key, at_end_of_thread);
    for (int i = 0; i < 2; i++) {
        pthread_create(&thread, nullptr, run, nullptr);
        pthread_join(thread, nullptr);
    }
    pthread_create(&thread, nullptr, stay, &barrier);
    pthread_detach(thread);
    pthread_barrier_wait(&barrier);
    library_hit("library");
    hit(of_thread.name);
    return 7;
}
