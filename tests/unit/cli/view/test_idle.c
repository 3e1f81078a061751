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
    const char *outer, *inner; /* functions; in [] a leaf */
} examples[] = {
    {"uv__io_poll", "[epoll_pwait]"},
    {"uv__epoll_wait", "[syscall]"},
    {"epoll_dispatch", "[epoll_wait]"},
    {"poll_dispatch", "[poll]"},
    {"select_dispatch", "[select]"},
    {"epoll_poll", "[epoll_wait]"},
    {"poll_poll", "[poll]"},
    {"select_poll", "[select]"},
    {"g_main_context_poll_unlocked.isra.0", "g_poll"},
    {"g_main_context_iterate_unlocked.isra.0", "g_poll"},
    {"g_main_loop_run", "[poll]"},
    {"g_main_loop_run", "g_poll"},
    {"g_main_context_iteration", "[poll]"},
    {"g_main_context_iteration", "g_poll"},
    {"QEventDispatcherUNIX::processEvents(QFlags<QEventLoop::ProcessEventsFlag>)",
        "qt_safe_poll(pollfd*, unsigned long, timespec const*)"},
    {"QEventDispatcherUNIX::processEvents(QFlags<QEventLoop::ProcessEventsFlag>)", "[ppoll]"},
    {"boost::asio::detail::epoll_reactor::run(long, "
     "boost::asio::detail::op_queue<boost::asio::detail::scheduler_operation>&)",
        "[epoll_wait]"},
    {"asio::detail::epoll_reactor::run(long, "
     "asio::detail::op_queue<asio::detail::scheduler_operation>&)",
        "[epoll_wait]"},
    {"boost::asio::detail::scheduler::do_run_one(boost::asio::detail::conditionally_enabled_mutex"
     "::scoped_lock&, boost::asio::detail::scheduler_thread_info&, boost::system::error_code "
     "const&)",
        "void boost::asio::detail::posix_event::wait<boost::asio::detail::conditionally_enabled_"
        "mutex::scoped_lock>(boost::asio::detail::conditionally_enabled_mutex::scoped_lock&)"},
    {"mio::poll::Poll::poll", "mio::sys::unix::selector::epoll::Selector::select"},
    {"mio::sys::unix::selector::epoll::Selector::select", "[epoll_wait]"},
    {"tokio::runtime::park::Inner::park", "[syscall]"},
    {"tokio::runtime::scheduler::multi_thread::park::Parker::park", "[epoll_wait]"},
    {"tokio::runtime::blocking::pool::Inner::run",
        "tokio::loom::std::parking_lot::Condvar::wait_timeout"},
    {"aeApiPoll", "[epoll_wait]"},
    {"aeProcessEvents", "[epoll_wait]"},
    {"ngx_epoll_process_events", "[epoll_wait]"},
    {"ngx_process_events_and_timers", "epoll_wait"},
    {"ngx_process_events_and_timers", "poll"},
    {"ngx_master_process_cycle", "[sigsuspend]"},
    {"ngx_single_process_cycle", "[sigsuspend]"},
    {"select_epoll_poll_impl", "[epoll_wait]"},
    {"select_poll_poll_impl", "[poll]"},
    {"select_select_impl", "[select]"},
    {"event_base_loop", "[epoll_wait]"},
    {"ev_run", "[epoll_wait]"},
    {"pq_getbyte", "secure_read"},
    {"pq_startmsgread", "pq_recvbuf"},
    {"ServerLoop", "[select]"},
    {"PostmasterMain", "[select]"},
    {"BackgroundWriterMain", "WaitLatch"},
    {"CheckpointerMain", "WaitLatch"},
    {"WalWriterMain", "WaitLatch"},
    {"AutoVacLauncherMain", "WaitLatch"},
    {"AutoVacWorkerMain", "WaitLatch"},
    {"ApplyLauncherMain", "WaitLatch"},
    {"PgArchiverMain", "WaitLatch"},
    {"SysLoggerMain", "WaitEventSetWait"},
    {"handle_connections_sockets()", "poll"},
    {"handle_connections_sockets()", "[poll]"},
    {"do_command(THD*, bool)", "my_net_read_packet"},
    {"tpool::thread_pool_generic::get_task(tpool::worker_data*, tpool::task**)",
        "std::condition_variable::wait(std::unique_lock<std::mutex>&)"},
    {"tpool::thread_pool_generic::wait_for_tasks(std::unique_lock<std::mutex>&, "
     "tpool::worker_data*)",
        "[pthread_cond_timedwait]"},
    {"g_async_queue_pop_intern_unlocked", "g_cond_wait"},
    {"g_thread_pool_wait_for_new_task", "g_cond_wait_until"},
    {"QThreadPoolThread::run()", "QWaitCondition::wait(QMutex*, QDeadlineTimer)"},
    {"uv__threadpool_worker", "uv_cond_wait"},
    {"worker", "uv_cond_wait"},
    {"node::(anonymous namespace)::PlatformWorkerThread(void*)", "uv_cond_wait"},
    {"node::TaskQueue<v8::Task>::BlockingPop()", "uv_cond_wait"},
    {"node::inspector::(anonymous namespace)::StartIoThreadMain(void*)", "uv_sem_wait"},
    {"GangWorker::loop()", "Monitor::wait(bool, long, bool)"},
    {"WorkerThread::run()", "PosixSemaphore::wait()"},
    {"CompileQueue::get(CompilerThread*)", "Monitor::wait(unsigned long)"},
    {"VMThread::wait_for_operation()", "Monitor::wait_without_safepoint_check(unsigned long)"},
    {"WatcherThread::sleep() const", "Monitor::wait_without_safepoint_check(unsigned long)"},
    {"ConcurrentGCThread::run()", "Monitor::wait_without_safepoint_check(unsigned long)"},
    {"G1ConcurrentMarkThread::wait_for_next_cycle()", "Monitor::wait(unsigned long)"},
    {"MonitorDeflationThread::monitor_deflation_thread_entry(JavaThread*, JavaThread*)",
        "Monitor::wait(unsigned long)"},
    {"bioProcessBackgroundJobs", "[pthread_cond_wait]"},
    {"IOThreadMain", "[pthread_mutex_lock]"},
    {"readline", "rl_getc"},
    {"aeMain", "[epoll_wait]"},
    {"ngx_process_events_and_timers", "[epoll_wait]"},
    {"ngx_process_events_and_timers", "[poll]"},
    {"PostmasterMain", "WaitEventSetWait"},
    {"StartAutoVacLauncher", "WaitLatch"},
    {"handle_manager", "[pthread_cond_wait]"},
    {"signal_hand", "[sigwaitinfo]"},
    {"node::inspector::(anonymous namespace)::StartIoThreadMain(void*)", "uv_sem_wait"},
    {"G1ConcurrentMarkThread::run_service()", "Monitor::wait_without_safepoint_check(long)"},
    {"G1ConcurrentRefineThread::run_service()", "PosixSemaphore::wait()"},
    {"G1ServiceThread::sleep_before_next_cycle()", "Monitor::wait_without_safepoint_check(long)"},
    {"JVM_WaitForReferencePendingList", "Monitor::wait(long)"},
    {"VMThread::wait_for_operation()", "Monitor::wait_without_safepoint_check(long)"},
    {"signal_thread_entry(JavaThread*, JavaThread*)", "os::signal_wait()"},
    {"ServiceThread::service_thread_entry(JavaThread*, JavaThread*)", "Monitor::wait(long)"},
    {"NMethodSweeper::sweeper_loop()", "Monitor::wait_without_safepoint_check(long)"},
    {"NotificationThread::notification_thread_entry(JavaThread*, JavaThread*)",
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
        for (const struct idle_rule *rule = idle_find(NULL, example->outer); rule;
             rule = idle_find(rule + 1, example->outer)) {
            has_example[rule - rules] |= fits_inner(rule, example->inner);
            is_idle |= fits_inner(rule, example->inner);
        }
        ck_assert_msg(is_idle, "%s in %s is not idle", example->inner, example->outer);
    }
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_msg(has_example[i], "no example of %s", rules[i].outer);
}
END_TEST

START_TEST(other_functions_are_not_idle)
{
    static const char *const others[] = {"main", "poll", "read_request", "epoll_ctl", "my_worker",
        "Server::worker(int)", "tokio::runtime::task::harness::poll",
        "boost::asio::detail::epoll_reactor::run_handlers(int)", "worker_loop", "node::Start()",
        "std::condition_variable::wait(std::unique_lock<std::mutex>&)"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(idle_find(NULL, others[i]) == NULL, "%s", others[i]);
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
