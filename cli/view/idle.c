/*
 * idle.c - where programs wait for work, which is not waiting in work.
 */
#include "view/idle.h"

#include <stddef.h>
#include <string.h>

#include "tree/tree.h"
#include "view/glob.h"

/* Where a function has a name that others could have given to theirs, its file is known. */
#define POSTGRESQL "*postgres*"
#define MARIADB    "*mariadb* mysqld*"
#define NODE       "node nodejs node-* libnode*"
#define JAVA       "libjvm.so*"
#define PYTHON     "*python*"
#define REDIS      "*redis* *valkey*"
#define READLINE   "libreadline* libedit* bash"

static const struct idle_rule rules[] = {
    /* Event loops. Most of them also call the handlers of what has happened, which is work: so only
     * the leaf that the function itself calls is idle. */
    {NULL, "uv__io_poll*", ""}, {NULL, "uv__epoll_wait*", NULL},
    {"libevent*", "epoll_dispatch", ""}, {"libevent*", "poll_dispatch", ""},
    {"libevent*", "select_dispatch", ""}, {"libev.so*", "epoll_poll", ""},
    {"libev.so*", "poll_poll", ""}, {"libev.so*", "select_poll", ""}, {NULL, "event_base_loop", ""},
    {NULL, "ev_run", ""}, {NULL, "g_main_context_poll*", NULL},
    {NULL, "g_main_context_iterate*", "g_poll"}, {NULL, "g_main_loop_run", ""},
    {NULL, "g_main_loop_run", "g_poll"}, {NULL, "g_main_context_iteration", ""},
    {NULL, "g_main_context_iteration", "g_poll"},
    {NULL, "QEventDispatcherUNIX::processEvents", "qt_safe_poll*"},
    {NULL, "QEventDispatcherUNIX::processEvents", ""},
    {NULL, "boost::asio::detail::epoll_reactor::run", ""},
    {NULL, "asio::detail::epoll_reactor::run", ""},
    {NULL, "boost::asio::detail::scheduler::do_run_one", "boost::asio::detail::*event::wait*"},
    {NULL, "mio::poll::Poll::poll", NULL}, {NULL, "mio::sys::*::select", NULL},
    {NULL, "tokio::runtime::*::park*", NULL},
    {NULL, "tokio::runtime::blocking::pool::Inner::run", "*wait_timeout*"},
    {NULL, "tokio::net::*Listener::accept", NULL}, {NULL, "tokio::signal::*", NULL},
    {NULL, "aeApiPoll*", ""}, /* redis, and programs that have its loop */
    {NULL, "aeProcessEvents", ""}, {NULL, "aeMain", "epoll_wait"}, /* where those have no names */
    {NULL, "ngx_epoll_process_events", ""},
    {NULL, "ngx_process_events_and_timers", "epoll_wait"}, /* where the former has no name */
    {NULL, "ngx_process_events_and_timers", "poll"}, {NULL, "ngx_master_process_cycle", ""},
    {NULL, "ngx_single_process_cycle", ""}, {PYTHON, "select_epoll_poll*", ""},
    {PYTHON, "select_poll_poll*", ""}, {PYTHON, "select_select*", ""},

    {POSTGRESQL, "pq_getbyte", NULL}, {POSTGRESQL, "pq_startmsgread", NULL},
    {POSTGRESQL, "ServerLoop", ""}, {POSTGRESQL, "PostmasterMain", "select"},
    {POSTGRESQL, "PostmasterMain", "WaitEventSetWait*"},
    {POSTGRESQL, "BackgroundWriterMain", "WaitLatch*"},
    {POSTGRESQL, "CheckpointerMain", "WaitLatch*"}, {POSTGRESQL, "WalWriterMain", "WaitLatch*"},
    {POSTGRESQL, "AutoVacLauncherMain", "WaitLatch*"},
    {POSTGRESQL, "StartAutoVacLauncher", "WaitLatch*"}, /* where the former has no name */
    {POSTGRESQL, "AutoVacWorkerMain", "WaitLatch*"},
    {POSTGRESQL, "ApplyLauncherMain", "WaitLatch*"}, {POSTGRESQL, "PgArchiverMain", "WaitLatch*"},
    {POSTGRESQL, "SysLoggerMain", "WaitEventSetWait*"},

    {MARIADB, "handle_connections_sockets*", "poll"}, {MARIADB, "handle_connections_sockets*", ""},
    {MARIADB, "do_command", "my_net_read*"}, {MARIADB, "handle_manager", NULL},
    {MARIADB, "signal_hand", NULL}, {MARIADB, "tpool::thread_pool_generic::get_task*", NULL},
    {MARIADB, "tpool::thread_pool_generic::wait_for_tasks*", NULL},

    /* Pools of threads: workers that wait for a task. */
    {NULL, "g_async_queue_pop*", NULL}, {NULL, "g_thread_pool_wait_for_new_task*", NULL},
    {NULL, "QThreadPoolThread::run", "QWaitCondition::wait*"},
    {NULL, "uv__threadpool_worker", "uv_cond_wait"}, {"libuv* " NODE, "worker", "uv_cond_wait"},
    {NODE, "node::*PlatformWorkerThread", "uv_cond_wait"}, {NODE, "node::*::BlockingPop*", NULL},
    {NODE, "node::inspector::*StartIoThreadMain", NULL}, {JAVA, "GangWorker::*", "*::wait*"},
    {JAVA, "WorkerThread::run", "*::wait*"},
    {JAVA, "G1ConcurrentMarkThread::run_service", "*::wait*"},
    {JAVA, "G1ConcurrentMarkThread::wait_for_next_cycle*", NULL},
    {JAVA, "G1ConcurrentRefineThread::run_service", "*::wait*"},
    {JAVA, "G1ServiceThread::sleep_before_next_cycle", NULL},
    {JAVA, "ConcurrentGCThread::run", "*::wait*"}, {JAVA, "JVM_WaitForReferencePendingList", NULL},
    {JAVA, "signal_thread_entry", NULL}, {JAVA, "ServiceThread::service_thread_entry", "*::wait*"},
    {JAVA, "NMethodSweeper::sweeper_loop", "*::wait*"},
    {JAVA, "NotificationThread::notification_thread_entry", "*::wait*"},
    {JAVA, "MonitorDeflationThread::*", "*::wait*"}, {JAVA, "CompileQueue::get", NULL},
    {JAVA, "VMThread::wait_for_operation*", NULL}, {JAVA, "WatcherThread::sleep*", NULL},
    {REDIS, "bioProcessBackgroundJobs", "pthread_cond_wait"}, {REDIS, "IOThreadMain", ""},

    {READLINE, "readline", NULL}, /* a person */
};

/* Threads of libraries whose functions often have no names, and the leaves in which they wait for
 * work. */
static const struct {
    const char *thread, *leaf;
} idle_threads[] = {
    {"jemalloc_bg_thd", "pthread_cond_*"}, /* jemalloc's background_thread.c */
};

bool idle_is_thread(const char *thread, const char *leaf)
{
    for (size_t i = 0; i < sizeof idle_threads / sizeof *idle_threads; i++)
        if (strcmp(idle_threads[i].thread, thread) == 0 &&
            glob_matches_name(idle_threads[i].leaf, leaf))
            return true;
    return false;
}

static bool idle_fits_module(const struct idle_rule *rule, const struct tree_node *node)
{
    return rule->module == NULL || (node->module && glob_matches_one(rule->module, node->module));
}

const struct idle_rule *idle_find(const struct idle_rule *from, const struct tree_node *node)
{
    const struct idle_rule *end = rules + sizeof rules / sizeof *rules;
    for (const struct idle_rule *rule = from ? from : rules; rule < end; rule++)
        if (glob_matches_name(rule->outer, node->function) && idle_fits_module(rule, node))
            return rule;
    return NULL;
}
