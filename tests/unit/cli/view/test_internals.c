/*
 * test_internals.c - each row of the table of internals matches names as programs have them.
 */
// needs: cli
#include "view/internals.c" // the table

#include <string.h>

#include "suite.h"

#define ROWS (sizeof rules / sizeof *rules)

static const char of_rust[] = "prog"; /* a module; the function is one of Rust */

static const struct example {
    const char *module, *function; /* NULL: it has no name */
    const char *family;
} examples[] = {
    {"libc.so.6", "_IO_new_file_underflow", c_library},
    {"libc-2.31.so", NULL, c_library},
    {"libpthread-2.31.so", "__pthread_mutex_lock", c_library},
    {"libresolv.so.2", "__res_context_query", c_library},
    {"libnss_files.so.2", "_nss_files_getpwuid_r", c_library},
    {"ld-linux-x86-64.so.2", "_dl_map_object", c_library},
    {"ld-2.31.so", "_dl_open", c_library},
    {"ld-musl-x86_64.so.1", "__libc_start_main", c_library},

    {"prog", "std::lock_guard<std::mutex>::lock_guard(std::mutex&)", std_library},
    {"prog", "std::unique_lock<std::mutex>::lock()", std_library},
    {"prog", "std::scoped_lock<std::mutex, std::mutex>::scoped_lock(std::mutex&, std::mutex&)",
        std_library},
    {"prog", "std::shared_lock<std::shared_mutex>::shared_lock(std::shared_mutex&)", std_library},
    {"prog",
        "void std::__invoke_impl<void, run()::{lambda()#1}>(std::__invoke_other, "
        "run()::{lambda()#1}&&)",
        std_library},
    {"prog", "__gnu_cxx::new_allocator<int>::allocate(unsigned long, void const*)", std_library},
    {"prog", "__gthread_mutex_lock(pthread_mutex_t*)", std_library},
    {"prog", "__gthrw_pthread_mutex_lock(pthread_mutex_t*)", std_library},
    {"libstdc++.so.6.0.30", "execute_native_thread_routine", std_library},
    {"prog", "std::thread::_State_impl<std::thread::_Invoker<std::tuple<void (*)()> > >::_M_run()",
        std_library},
    {"prog", "std::function<void (int)>::operator()(int) const", std_library},
    {"prog",
        "std::_Function_handler<void (), run()::{lambda()#1}>::_M_invoke(std::_Any_data "
        "const&)",
        std_library},
    {"prog", "std::condition_variable::wait(std::unique_lock<std::mutex>&)", std_library},
    {"libstdc++.so.6.0.30", "__cxa_throw", std_library},
    {"libc++.so.1", "operator new(unsigned long)", std_library},

    {"python3.11", "time_sleep_impl", python},

    {of_rust, "<std::sys::pal::unix::thread::Thread as core::ops::drop::Drop>::drop", std_library},
    {of_rust, "tokio::runtime::blocking::pool::Inner::run", std_library},
    {of_rust, "tokio::macros::scoped_tls::ScopedKey<T>::set", std_library},
    {of_rust, "tokio::net::tcp::stream::TcpStream::poll_read_priv", tokio},
    {of_rust, "<tokio::io::util::read::Read<R> as core::future::future::Future>::poll", tokio},
    {of_rust, "<&mut T as tokio::io::async_read::AsyncRead>::poll_read", tokio},
    {of_rust, "<&mio::net::tcp::stream::TcpStream as std::io::Read>::read", tokio},
    {of_rust, "<mio::net::tcp::stream::TcpStream as std::io::Read>::read", tokio},
    {of_rust, "mio::io_source::IoSource<T>::do_io", tokio},
    {of_rust, "async_std::task::sleep::sleep::{{closure}}", smol},
    {of_rust, "<async_std::task::join_handle::JoinHandle<T> as core::future::future::Future>::poll",
        smol},
    {of_rust, "async_global_executor::threading::thread_main_loop", smol},
    {of_rust, "<async_global_executor::task::Task<T> as core::future::future::Future>::poll", smol},
    {of_rust, "async_io::reactor::Reactor::insert_timer", smol},
    {of_rust, "<async_io::Timer as core::future::future::Future>::poll", smol},
    {of_rust, "async_lock::mutex::Mutex<T>::acquire_slow", smol},
    {of_rust, "<async_lock::semaphore::AcquireArc as core::future::future::Future>::poll", smol},
    {of_rust, "async_channel::Recv<T>::run_with_strategy", smol},
    {of_rust, "<async_channel::Recv<T> as core::future::future::Future>::poll", smol},
    {of_rust, "event_listener::Inner::lock", smol},
    {of_rust, "<event_listener::EventListener as core::future::future::Future>::poll", smol},
    {of_rust, "futures_lite::future::block_on", smol},
    {of_rust, "<futures_lite::stream::NextFuture<S> as core::future::future::Future>::poll", smol},
    {of_rust, "polling::Poller::wait", smol},
    {of_rust, "<polling::os::Poller as core::ops::drop::Drop>::drop", smol},
    {of_rust, "parking::Inner::park", smol},
    {of_rust, "core::ops::function::FnOnce::call_once{{vtable.shim}}", std_library},
    {of_rust, "<alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>::call_once",
        std_library},
    {of_rust, "std::rt::lang_start::{{closure}}", std_library},
    {of_rust, "std::panicking::try", std_library},
    {of_rust, "std::panic::catch_unwind", std_library},
    {of_rust, "std::sys::pal::unix::thread::Thread::new::thread_start", std_library},
    {of_rust, "std::sys_common::backtrace::__rust_begin_short_backtrace", std_library},
    {of_rust, "__rust_begin_short_backtrace", std_library},
    {of_rust,
        "<core::panic::unwind_safe::AssertUnwindSafe<F> as "
        "core::ops::function::FnOnce<()>>::call_once",
        std_library},
    {of_rust, "core::result::Result<T,E>::map", std_library},
    {of_rust, "<&std::fs::File as std::io::Read>::read_buf", std_library},
    {of_rust, "<fn() as core::ops::function::FnOnce<()>>::call_once", std_library},
    {of_rust,
        "<&dyn core::ops::function::Fn<(), Output = i32> as "
        "core::ops::function::FnOnce<()>>::call_once",
        std_library},
    {of_rust, "alloc::vec::Vec<T,A>::extend", std_library},
    {of_rust, "<std::io::buffered::bufreader::BufReader<R> as std::io::Read>::read", std_library},
    {of_rust, "<alloc::vec::Vec<T> as alloc::vec::spec_from_iter::SpecFromIter<T,I>>::from_iter",
        std_library},
    {of_rust, "tokio::runtime::context::runtime::enter_runtime", std_library},
    {of_rust, "tokio::runtime::coop::budget", std_library},
    {of_rust, "tokio::runtime::task::harness::Harness<T,S>::poll", std_library},
    {of_rust, "tokio::runtime::scheduler::multi_thread::worker::Context::run_task", std_library},
    {of_rust, "tokio::loom::std::unsafe_cell::UnsafeCell<T>::with_mut", std_library},
    {of_rust,
        "<tokio::runtime::blocking::task::BlockingTask<T> as "
        "core::future::future::Future>::poll",
        std_library},

    {"libgobject-2.0.so.0", "g_closure_invoke", glib},
    {"libgobject-2.0.so.0", "g_signal_emit_valist", glib},
    {"libglib-2.0.so.0", "g_main_context_dispatch", glib},
    {"libglib-2.0.so.0", "g_thread_proxy", glib},

    {"python3.11", "_PyEval_EvalFrameDefault", python},
    {"_asyncio.cpython-311-x86_64-linux-gnu.so", "task_step_impl", python},
    {"libpython3.11.so.1.0", "PyEval_EvalCode", python},
    {"python3.11", "PyObject_Vectorcall", python},
    {"python3.11", "PyVectorcall_Call", python},
    {"python3.11", "pymain_run_python.constprop.0", python},
    {"python3.11", "vectorcall_method", python},
    {"python3.11", "method_vectorcall_FASTCALL_KEYWORDS", python},
    {"python3.11", "cfunction_vectorcall_NOARGS", python},
    {"python3.9", "cfunc_call_wrapper", python},
    {"python3.11", "slot_tp_init", python},
    {"python3.11", "slot_sq_item", python},
    {"python3.11", "wrap_init", python},
    {"python3.11", "wrapper_call", python},
    {"python3.11", "wrapperdescr_raw_call", python},
    {"python3.11", "object_vacall", python},
    {"python3.11", "method_call", python},
    {"python3.11", "type_call", python},
    {"python3.11", "gen_send_ex2", python},
    {"python3.11", "partial_vectorcall", python},
    {"python3.11", "do_call_core", python},
    {"python3.9", "call_function", python},
    {"python3.11", "builtin___build_class__", python},
    {"python3.11", "builtin_exec", python},
    {"python3.11", "run_mod", python},
    {"python3.11", "run_eval_code_obj", python},
    {"python3.11", "pyrun_file", python},
    {"python3.11", "pythread_wrapper", python},
    {"python3.11", "thread_run", python},
    {"python3.11", "PyImport_ImportModuleLevelObject", python},
    {"python3.11", "import_find_and_load", python},
    {"perl", "Perl_pp_entersub", perl},
    {"libperl.so.5.36", "Perl_runops_standard", perl},
    {"perl", "Perl_call_sv", perl},
    {"ruby3.1", "vm_exec_core", ruby},
    {"libruby-3.1.so.3.1", "rb_vm_exec", ruby},
    {"libruby-3.1.so.3.1", "rb_ensure", ruby},
    {"libjvm.so",
        "JavaCalls::call_helper(JavaValue*, methodHandle const&, JavaCallArguments*, "
        "JavaThread*)",
        java},
    {"libjvm.so", "os::os_exception_wrapper(void (*)(JavaValue*), JavaValue*)", java},
    {"libjvm.so", "thread_native_entry(Thread*)", java},
    {"libjvm.so", "Thread::call_run()", java},
    {"node", "v8::internal::Execution::Call(v8::internal::Isolate*)", javascript},
    {"node", "v8::Function::Call(v8::Local<v8::Context>)", javascript},
    {"node", "Builtins_InterpreterEntryTrampoline", javascript},
    {"libnode.so.108", "Builtins_JSEntry", javascript},
};

static const struct internals_rule *find(const struct example *example)
{
    const struct tree_node node = {.module = example->module,
        .function = example->function,
        .linkage_name = example->module == of_rust ? "_RNvC4core3run" : "_ZN4core3runEv"};
    return internals_find(&node);
}

START_TEST(each_example_is_internal_and_each_row_has_one)
{
    bool has_example[ROWS] = {false};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *example = &examples[i];
        const struct internals_rule *rule = find(example);
        ck_assert_msg(
            rule && rule->family == example->family, "%s: %s", example->module, example->function);
        has_example[rule - rules] = true;
    }
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_msg(
            has_example[i], "no example of row %zu: %s %s", i, rules[i].module, rules[i].function);
}
END_TEST

START_TEST(other_functions_are_no_internals)
{
    static const struct example others[] = {{"prog", "main", NULL}, {"prog", NULL, NULL},
        {NULL, NULL, NULL}, {"prog", "stdio_read", NULL}, {"prog", "corefile::read", NULL},
        {"prog", "method_call", NULL}, {"libssl.so.3", "SSL_read", NULL},
        {"prog", "my::std::vector::push(int)", NULL}, {"prog", "allocate", NULL},
        {"libcrypto.so.3", NULL, NULL}, {"prog", "import_table", NULL},
        {"prog", "run(std::vector<int>&)", NULL},
        {"prog", "std::string make(std::string const&)", NULL}, {"prog", "core::run(int)", NULL},
        {"prog", "alloc::Pool::take()", NULL}, {"prog", "tokio::run()", NULL},
        {"prog", "mio::poll()", NULL}, {"prog", "v8::Engine::start()", NULL},
        {"prog", "Builtins_init", NULL},
        {"fast.cpython-311-x86_64-linux-gnu.so", "import_table", NULL},
        {"fast.cpython-311-x86_64-linux-gnu.so", "gen_rows", NULL},
        {"fast.cpython-311-x86_64-linux-gnu.so", "solve_impl", NULL},
        {"my-ruby-cache.so", "vm_get", NULL}, {"libpthreadpool.so", "thread_main", NULL},
        {"libresolver.so.1", "ask", NULL}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(find(&others[i]) == NULL, "%s: %s", others[i].module, others[i].function);
}
END_TEST

START_TEST(the_mangling_says_what_is_rust)
{
    struct tree_node node = {.module = "prog", .function = "core::run"};
    static const char *const rust_names[] = {"_RNvC4core3run", "_ZN4core3run17h0123456789abcdefE",
        "_ZN4core3run17h0123456789abcdefE.llvm.123"};
    static const char *const others[] = {"_ZN4core3runEv", "_ZN4core3run17hello_world_hello_E",
        "_ZN4core3run17h0123456789abcdeE", "core::run", ""};
    for (size_t i = 0; i < 3; i++) {
        node.linkage_name = rust_names[i];
        ck_assert_ptr_nonnull(internals_find(&node));
    }
    for (size_t i = 0; i < 5; i++) {
        node.linkage_name = others[i];
        ck_assert_ptr_null(internals_find(&node));
    }
    node.linkage_name = NULL;
    ck_assert_ptr_null(internals_find(&node));
    node.function = "<core::Once as core::Run>::run";
    ck_assert_ptr_nonnull(internals_find(&node));
}
END_TEST

START_TEST(a_function_can_be_asked_for_without_its_path)
{
    const char *guard = "std::lock_guard<std::mutex>::~lock_guard()";
    ck_assert(internals_hides(guard, NULL, "prog", false));
    ck_assert(internals_hides(guard, NULL, "prog", true));
    ck_assert(!internals_hides("std::mutex::unlock()", NULL, "prog", false));
    ck_assert(internals_hides("std::mutex::unlock()", NULL, "prog", true));
    ck_assert(!internals_hides("Cache::update(int)", NULL, "prog", true));
}
END_TEST

static bool hides_in_task(const char *function, const char *caller)
{
    const struct tree_node node = {.function = function, .linkage_name = "_RNvC1x1y"};
    const struct tree_node above = {.function = caller, .linkage_name = "_RNvC1x1y"};
    return internals_hides_in_task(&node, internals_find(&node), internals_find(&above));
}

START_TEST(of_a_task_its_own_functions_and_the_runtimes_first_one_are_shown)
{
    const char *own = "app::handle::{{closure}}", *lock = "tokio::sync::mutex::Mutex<T>::lock";
    ck_assert(!hides_in_task(own, "core::future::poll_fn"));
    ck_assert(!hides_in_task(lock, own));
    ck_assert(hides_in_task("tokio::sync::batch_semaphore::Acquire::poll", lock));
    ck_assert(hides_in_task("tokio::sync::task::atomic_waker::AtomicWaker::do_register", own));
    ck_assert(hides_in_task("alloc::boxed::run", own));
}
END_TEST

START_TEST(a_task_begins_below_its_runtime)
{
    struct tree_node node = {.linkage_name = "_RNvC1x1y"};
    static const char *const begins[] = {"tokio::runtime::task::core::Core<T,S>::poll::{{closure}}",
        "tokio::runtime::task::raw::poll", "async_task::raw::RawTask<F,T,S>::run"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        node.function = begins[i];
        ck_assert(internals_begins_task(&node));
    }
    node.function = "tokio::runtime::task::harness::can_read_output"; /* a task waits for another */
    ck_assert(!internals_begins_task(&node));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_internals");
    TCase *tests = tcase_create("view_internals");
    tcase_add_test(tests, each_example_is_internal_and_each_row_has_one);
    tcase_add_test(tests, other_functions_are_no_internals);
    tcase_add_test(tests, the_mangling_says_what_is_rust);
    tcase_add_test(tests, a_function_can_be_asked_for_without_its_path);
    tcase_add_test(tests, of_a_task_its_own_functions_and_the_runtimes_first_one_are_shown);
    tcase_add_test(tests, a_task_begins_below_its_runtime);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
