/*
 * test_idle.c - each row of the table of idle waits matches names as programs have them.
 */
// needs: cli
#include "view/idle.c" // the table

#include <stdio.h>
#include <string.h>

#include "suite.h"

#define ROWS (sizeof rules / sizeof *rules)

/* What a loop, a pool or a server calls when it waits for work. */
static const struct example {
    const char *module, *outer, *inner; /* the file of the first function; in [] a leaf */
} examples[] = {
    {"prog", "uv__io_poll", "[epoll_pwait]"},
    {"prog", "uv__epoll_wait", "[syscall]"},
    {"libevent-2.1.so.7", "epoll_dispatch", "[epoll_wait]"},
    {"libevent-2.1.so.7", "poll_dispatch", "[poll]"},
    {"libevent-2.1.so.7", "select_dispatch", "[select]"},
    {"libev.so.4", "epoll_poll", "[epoll_wait]"},
    {"libev.so.4", "poll_poll", "[poll]"},
    {"libev.so.4", "select_poll", "[select]"},
    {"prog", "g_main_context_poll_unlocked.isra.0", "g_poll"},
    {"prog", "g_main_context_iterate_unlocked.isra.0", "g_poll"},
    {"prog", "g_main_loop_run", "[poll]"},
    {"prog", "g_main_loop_run", "g_poll"},
    {"prog", "g_main_context_iteration", "[poll]"},
    {"prog", "g_main_context_iteration", "g_poll"},
    {"prog", "QEventDispatcherUNIX::processEvents(QFlags<QEventLoop::ProcessEventsFlag>)",
        "qt_safe_poll(pollfd*, unsigned long, timespec const*)"},
    {"prog", "QEventDispatcherUNIX::processEvents(QFlags<QEventLoop::ProcessEventsFlag>)",
        "[ppoll]"},
    {"prog",
        "boost::asio::detail::epoll_reactor::run(long, "
        "boost::asio::detail::op_queue<boost::asio::detail::scheduler_operation>&)",
        "[epoll_wait]"},
    {"prog",
        "asio::detail::epoll_reactor::run(long, "
        "asio::detail::op_queue<asio::detail::scheduler_operation>&)",
        "[epoll_wait]"},
    {"prog",
        "boost::asio::detail::scheduler::do_run_one(boost::asio::detail::conditionally_enabled_"
        "mutex"
        "::scoped_lock&, boost::asio::detail::scheduler_thread_info&, boost::system::error_code "
        "const&)",
        "void boost::asio::detail::posix_event::wait<boost::asio::detail::conditionally_enabled_"
        "mutex::scoped_lock>(boost::asio::detail::conditionally_enabled_mutex::scoped_lock&)"},
    {"prog", "mio::poll::Poll::poll", "mio::sys::unix::selector::epoll::Selector::select"},
    {"prog", "mio::sys::unix::selector::epoll::Selector::select", "[epoll_wait]"},
    {"prog", "tokio::runtime::park::Inner::park", "[syscall]"},
    {"prog", "tokio::runtime::scheduler::multi_thread::park::Parker::park", "[epoll_wait]"},
    {"prog", "tokio::net::tcp::listener::TcpListener::accept", "[epoll_wait]"},
    {"prog", "tokio::signal::ctrl_c", "[epoll_wait]"},
    {"prog", "tokio::runtime::blocking::pool::Inner::run",
        "tokio::loom::std::parking_lot::Condvar::wait_timeout"},
    {"prog", "aeApiPoll", "[epoll_wait]"},
    {"prog", "aeProcessEvents", "[epoll_wait]"},
    {"prog", "ngx_epoll_process_events", "[epoll_wait]"},
    {"prog", "ngx_process_events_and_timers", "epoll_wait"},
    {"prog", "ngx_process_events_and_timers", "poll"},
    {"prog", "ngx_master_process_cycle", "[sigsuspend]"},
    {"prog", "ngx_single_process_cycle", "[sigsuspend]"},
    {"select.cpython-311-x86_64-linux-gnu.so", "select_epoll_poll_impl", "[epoll_wait]"},
    {"select.cpython-311-x86_64-linux-gnu.so", "select_poll_poll_impl", "[poll]"},
    {"select.cpython-311-x86_64-linux-gnu.so", "select_select_impl", "[select]"},
    {"prog", "event_base_loop", "[epoll_wait]"},
    {"prog", "ev_run", "[epoll_wait]"},
    {"postgres", "pq_getbyte", "secure_read"},
    {"postgres", "pq_startmsgread", "pq_recvbuf"},
    {"postgres", "ServerLoop", "[select]"},
    {"postgres", "PostmasterMain", "[select]"},
    {"postgres", "BackgroundWriterMain", "WaitLatch"},
    {"postgres", "CheckpointerMain", "WaitLatch"},
    {"postgres", "WalWriterMain", "WaitLatch"},
    {"postgres", "AutoVacLauncherMain", "WaitLatch"},
    {"postgres", "AutoVacWorkerMain", "WaitLatch"},
    {"postgres", "ApplyLauncherMain", "WaitLatch"},
    {"postgres", "PgArchiverMain", "WaitLatch"},
    {"postgres", "SysLoggerMain", "WaitEventSetWait"},
    {"mariadbd", "handle_connections_sockets()", "poll"},
    {"mariadbd", "handle_connections_sockets()", "[poll]"},
    {"mariadbd", "do_command(THD*, bool)", "my_net_read_packet"},
    {"mariadbd", "tpool::thread_pool_generic::get_task(tpool::worker_data*, tpool::task**)",
        "std::condition_variable::wait(std::unique_lock<std::mutex>&)"},
    {"mariadbd",
        "tpool::thread_pool_generic::wait_for_tasks(std::unique_lock<std::mutex>&, "
        "tpool::worker_data*)",
        "[pthread_cond_timedwait]"},
    {"prog", "g_async_queue_pop_intern_unlocked", "g_cond_wait"},
    {"prog", "g_thread_pool_wait_for_new_task", "g_cond_wait_until"},
    {"prog", "QThreadPoolThread::run()", "QWaitCondition::wait(QMutex*, QDeadlineTimer)"},
    {"prog", "uv__threadpool_worker", "uv_cond_wait"},
    {"libuv.so.1", "worker", "uv_cond_wait"},
    {"node", "node::(anonymous namespace)::PlatformWorkerThread(void*)", "uv_cond_wait"},
    {"node", "node::TaskQueue<v8::Task>::BlockingPop()", "uv_cond_wait"},
    {"node", "node::inspector::(anonymous namespace)::StartIoThreadMain(void*)", "uv_sem_wait"},
    {"libjvm.so", "GangWorker::loop()", "Monitor::wait(bool, long, bool)"},
    {"libjvm.so", "WorkerThread::run()", "PosixSemaphore::wait()"},
    {"libjvm.so", "CompileQueue::get(CompilerThread*)", "Monitor::wait(unsigned long)"},
    {"libjvm.so", "VMThread::wait_for_operation()",
        "Monitor::wait_without_safepoint_check(unsigned long)"},
    {"libjvm.so", "WatcherThread::sleep() const",
        "Monitor::wait_without_safepoint_check(unsigned long)"},
    {"libjvm.so", "ConcurrentGCThread::run()",
        "Monitor::wait_without_safepoint_check(unsigned long)"},
    {"libjvm.so", "G1ConcurrentMarkThread::wait_for_next_cycle()", "Monitor::wait(unsigned long)"},
    {"libjvm.so",
        "MonitorDeflationThread::monitor_deflation_thread_entry(JavaThread*, JavaThread*)",
        "Monitor::wait(unsigned long)"},
    {"redis-check-rdb", "bioProcessBackgroundJobs", "[pthread_cond_wait]"},
    {"redis-check-rdb", "IOThreadMain", "[pthread_mutex_lock]"},
    {"libreadline.so.8", "readline", "rl_getc"},
    {"prog", "aeMain", "[epoll_wait]"},
    {"prog", "ngx_process_events_and_timers", "[epoll_wait]"},
    {"prog", "ngx_process_events_and_timers", "[poll]"},
    {"postgres", "PostmasterMain", "WaitEventSetWait"},
    {"postgres", "StartAutoVacLauncher", "WaitLatch"},
    {"mariadbd", "handle_manager", "[pthread_cond_wait]"},
    {"mariadbd", "signal_hand", "[sigwaitinfo]"},
    {"node", "node::inspector::(anonymous namespace)::StartIoThreadMain(void*)", "uv_sem_wait"},
    {"libjvm.so", "G1ConcurrentMarkThread::run_service()",
        "Monitor::wait_without_safepoint_check(long)"},
    {"libjvm.so", "G1ConcurrentRefineThread::run_service()", "PosixSemaphore::wait()"},
    {"libjvm.so", "G1ServiceThread::sleep_before_next_cycle()",
        "Monitor::wait_without_safepoint_check(long)"},
    {"libjvm.so", "JVM_WaitForReferencePendingList", "Monitor::wait(long)"},
    {"libjvm.so", "VMThread::wait_for_operation()", "Monitor::wait_without_safepoint_check(long)"},
    {"libjvm.so", "signal_thread_entry(JavaThread*, JavaThread*)", "os::signal_wait()"},
    {"libjvm.so", "ServiceThread::service_thread_entry(JavaThread*, JavaThread*)",
        "Monitor::wait(long)"},
    {"libjvm.so", "NMethodSweeper::sweeper_loop()", "Monitor::wait_without_safepoint_check(long)"},
    {"libjvm.so", "NotificationThread::notification_thread_entry(JavaThread*, JavaThread*)",
        "Monitor::wait_without_safepoint_check(long)"},
};

static bool fits_inner(const struct idle_rule *rule, const char *inner)
{
    if (rule->inner == NULL)
        return true;
    if (rule->inner[0] == '\0')
        return inner[0] == '[';
    char leaf[100];
    if (sscanf(inner, "[%99[^]]", leaf) == 1)
        inner = leaf;
    return glob_matches_name(rule->inner, inner);
}

START_TEST(each_example_is_idle_and_each_row_has_one)
{
    bool has_example[ROWS] = {false};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *example = &examples[i];
        bool is_idle = false;
        const struct tree_node node = {.module = example->module, .function = example->outer};
        for (const struct idle_rule *rule = idle_find(NULL, &node); rule;
             rule = idle_find(rule + 1, &node)) {
            has_example[rule - rules] |= fits_inner(rule, example->inner);
            is_idle |= fits_inner(rule, example->inner);
        }
        ck_assert_msg(is_idle, "%s in %s is not idle", example->inner, example->outer);
    }
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_msg(has_example[i], "no example of %s", rules[i].outer);
}
END_TEST

/* Names that others have given to their functions, too. */
START_TEST(other_functions_are_not_idle)
{
    static const char *const others[] = {"main", "poll", "read_request", "epoll_ctl", "my_worker",
        "Server::worker(int)", "tokio::runtime::task::harness::poll",
        "boost::asio::detail::epoll_reactor::run_handlers(int)", "worker_loop", "node::Start()",
        "std::condition_variable::wait(std::unique_lock<std::mutex>&)", "readline",
        "epoll_dispatch", "poll_dispatch", "select_poll", "select_select_item", "ServerLoop",
        "handle_manager", "do_command", "worker", "node::Queue::BlockingPop()",
        "WorkerThread::run()", "VMThread::wait_for_operation()", "CompileQueue::get(int)",
        "WatcherThread::sleep()", "IOThreadMain", "signal_hand"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct tree_node node = {.module = "prog", .function = others[i]};
        ck_assert_msg(idle_find(NULL, &node) == NULL, "%s", others[i]);
        node.module = NULL;
        ck_assert_msg(idle_find(NULL, &node) == NULL, "%s", others[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_idle");
    TCase *tests = tcase_create("view_idle");
    tcase_add_test(tests, each_example_is_idle_and_each_row_has_one);
    tcase_add_test(tests, other_functions_are_not_idle);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
