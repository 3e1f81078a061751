/*
 * idle.c - where programs wait for work, which is not waiting in work.
 */
#include "view/idle.h"

#include "view/glob.h"

static const struct idle_rule rules[] = {
    /* Event loops. Most of them also call the handlers of what has happened, which is work: so only
     * the leaf that the function itself calls is idle. */
    {"uv__io_poll*", ""}, {"uv__epoll_wait*", NULL}, {"epoll_dispatch", ""}, /* libevent */
    {"poll_dispatch", ""}, {"select_dispatch", ""}, {"epoll_poll", ""},      /* libev */
    {"poll_poll", ""}, {"select_poll", ""}, {"g_main_context_poll*", NULL},
    {"g_main_context_iterate*", "g_poll"}, {"g_main_loop_run", ""}, {"g_main_loop_run", "g_poll"},
    {"g_main_context_iteration", ""}, {"g_main_context_iteration", "g_poll"},
    {"QEventDispatcherUNIX::processEvents", "qt_safe_poll*"},
    {"QEventDispatcherUNIX::processEvents", ""}, {"boost::asio::detail::epoll_reactor::run", ""},
    {"asio::detail::epoll_reactor::run", ""},
    {"boost::asio::detail::scheduler::do_run_one", "boost::asio::detail::*event::wait*"},
    {"mio::poll::Poll::poll", NULL}, {"mio::sys::*::select", NULL},
    {"tokio::runtime::*::park*", NULL},
    {"tokio::runtime::blocking::pool::Inner::run", "*wait_timeout*"}, {"aeApiPoll*", ""},
    {"aeProcessEvents", ""},  /* redis */
    {"aeMain", "epoll_wait"}, /* where those have no names */
    {"ngx_epoll_process_events", ""},
    {"ngx_process_events_and_timers", "epoll_wait"}, /* where the former has no name */
    {"ngx_process_events_and_timers", "poll"}, {"ngx_master_process_cycle", ""},
    {"ngx_single_process_cycle", ""}, {"select_epoll_poll*", ""}, /* CPython */
    {"select_poll_poll*", ""}, {"select_select*", ""}, {"event_base_loop", ""}, {"ev_run", ""},

    /* PostgreSQL */
    {"pq_getbyte", NULL}, {"pq_startmsgread", NULL}, {"ServerLoop", ""},
    {"PostmasterMain", "select"}, {"PostmasterMain", "WaitEventSetWait*"},
    {"BackgroundWriterMain", "WaitLatch*"}, {"CheckpointerMain", "WaitLatch*"},
    {"WalWriterMain", "WaitLatch*"}, {"AutoVacLauncherMain", "WaitLatch*"},
    {"StartAutoVacLauncher", "WaitLatch*"}, /* where the former has no name */
    {"AutoVacWorkerMain", "WaitLatch*"}, {"ApplyLauncherMain", "WaitLatch*"},
    {"PgArchiverMain", "WaitLatch*"}, {"SysLoggerMain", "WaitEventSetWait*"},

    /* MariaDB and MySQL */
    {"handle_connections_sockets*", "poll"}, {"handle_connections_sockets*", ""},
    {"do_command", "my_net_read*"}, {"handle_manager", NULL}, {"signal_hand", NULL},
    {"tpool::thread_pool_generic::get_task*", NULL},
    {"tpool::thread_pool_generic::wait_for_tasks*", NULL},

    /* Pools of threads: workers that wait for a task. */
    {"g_async_queue_pop*", NULL}, {"g_thread_pool_wait_for_new_task*", NULL},
    {"QThreadPoolThread::run", "QWaitCondition::wait*"}, {"uv__threadpool_worker", "uv_cond_wait"},
    {"worker", "uv_cond_wait"}, /* libuv's, in Node */
    {"node::*PlatformWorkerThread", "uv_cond_wait"}, {"node::*::BlockingPop*", NULL},
    {"node::inspector::*StartIoThreadMain", NULL},
    {"GangWorker::*", "*::wait*"}, /* the Java machine's */
    {"G1ConcurrentMarkThread::run_service", "*::wait*"},
    {"G1ConcurrentRefineThread::run_service", "*::wait*"},
    {"G1ServiceThread::sleep_before_next_cycle", NULL}, {"JVM_WaitForReferencePendingList", NULL},
    {"signal_thread_entry", NULL}, {"ServiceThread::service_thread_entry", "*::wait*"},
    {"NMethodSweeper::sweeper_loop", "*::wait*"},
    {"NotificationThread::notification_thread_entry", "*::wait*"},
    {"WorkerThread::run", "*::wait*"}, {"CompileQueue::get", NULL},
    {"VMThread::wait_for_operation*", NULL}, {"WatcherThread::sleep*", NULL},
    {"ConcurrentGCThread::run", "*::wait*"}, {"G1ConcurrentMarkThread::wait_for_next_cycle*", NULL},
    {"MonitorDeflationThread::*", "*::wait*"}, {"bioProcessBackgroundJobs", ""}, /* redis */
    {"IOThreadMain", ""},

    {"readline", NULL}, /* a person */
};

const struct idle_rule *idle_find(const struct idle_rule *from, const char *function)
{
    const struct idle_rule *end = rules + sizeof rules / sizeof *rules;
    for (const struct idle_rule *rule = from ? from : rules; rule < end; rule++)
        if (glob_matches_name(rule->outer, function))
            return rule;
    return NULL;
}
