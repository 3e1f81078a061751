/*
 * internals.c - which frames say nothing to most readers.
 */
#include "view/internals.h"

#include <stddef.h>

#include "names/demangle.h"
#include "tree/tree.h"
#include "view/glob.h"

static const char c_library[] = "the C library", std_library[] = "the library of C++ or Rust",
                  tokio[] = "Tokio", smol[] = "smol or async-std", glib[] = "GLib",
                  python[] = "Python", java[] = "the Java machine", javascript[] = "V8",
                  perl[] = "Perl", ruby[] = "Ruby";

/* In place of a module: any, but the function is one of Rust. Others may have namespaces `core` and
 * `alloc`. */
static const char rust[] = "Rust";

/* What a Python that runs is called, and its own extension modules; others are anyone's. V8 is
 * mostly a part of Node. */
#define PYTHON "python python2* python3* libpython*"
#define PYTHON_OWN                                                                                 \
    "_asyncio.* _bz2.* _ctypes.* _lzma.* _multiprocessing.* _queue.* _socket.* _sqlite3.* _ssl.* " \
    "mmap.* select.* zlib.*"
#define PERL "perl perl5* libperl*"
#define RUBY "ruby ruby2* ruby3* libruby*"
#define V8   "node nodejs node-* libnode* libv8*"

/* The first row that fits counts. A function of C++ or Rust can be in any module, as it is compiled
 * into the program. */
static const struct internals_rule rules[] = {
    /* glibc and musl: the public function that was called is shown, what it calls is not. */
    {INTERNALS_INSIDE, c_library, "libc.so*", NULL, false},
    {INTERNALS_INSIDE, c_library, "libc-2*", NULL, false},
    {INTERNALS_INSIDE, c_library, "libpthread.so* libpthread-2*", NULL, false},
    {INTERNALS_INSIDE, c_library, "libresolv.so* libresolv-2*", NULL, false},
    {INTERNALS_INSIDE, c_library, "libnss_*", NULL, false},
    {INTERNALS_INSIDE, c_library, "ld-linux*", NULL, false},
    {INTERNALS_INSIDE, c_library, "ld-2*", NULL, false},
    {INTERNALS_INSIDE, c_library, "ld-musl*", NULL, false},

    /* The C++ library. Lock guards are the lock's. */
    {INTERNALS_ALWAYS, std_library, NULL, "std::lock_guard*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::unique_lock*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::scoped_lock*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::shared_lock*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "__gnu_cxx::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "__gthread*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "__gthrw*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "execute_native_thread_routine*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::thread::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::function<*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::_*", false},
    {INTERNALS_INSIDE_OR_AT_TOP, std_library, "libstdc++*", NULL, false},
    {INTERNALS_INSIDE_OR_AT_TOP, std_library, "libc++*", NULL, false},

    /* Rust's library. Of std, C++ and Rust share the name. */
    {INTERNALS_ALWAYS, std_library, rust, "core::ops::function::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "<alloc::boxed::Box*>::call*", false},
    {INTERNALS_ALWAYS, std_library, rust, "std::rt::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "std::panicking::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "std::panic::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "std::sys*", false},
    {INTERNALS_ALWAYS, std_library, rust, "<std::sys*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "__rust_*", false},
    {INTERNALS_ALWAYS, std_library, rust, "<core::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "<&dyn core::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "<fn(*) as core::*", false},
    {INTERNALS_INSIDE, std_library, rust, "<&std::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "core::*", false},
    {INTERNALS_INSIDE, std_library, NULL, "std::*", false},
    {INTERNALS_INSIDE, std_library, rust, "alloc::*", false},
    {INTERNALS_INSIDE, std_library, rust, "<std::*", false},
    {INTERNALS_INSIDE, std_library, rust, "<alloc::*", false},
    {INTERNALS_ALWAYS, std_library, rust, "tokio::runtime::context::*", true},
    {INTERNALS_ALWAYS, std_library, rust, "tokio::runtime::coop::*", true},
    {INTERNALS_ALWAYS, std_library, rust, "tokio::runtime::task::*", true},
    {INTERNALS_ALWAYS, std_library, rust, "tokio::runtime::scheduler::*", true},
    {INTERNALS_ALWAYS, std_library, rust, "tokio::loom::*", true},
    {INTERNALS_ALWAYS, std_library, rust, "<tokio::runtime::*", true},
    {INTERNALS_ALWAYS, std_library, rust, "tokio::runtime::blocking::*", true},
    {INTERNALS_ALWAYS, std_library, rust, "tokio::macros::*", true},
    {INTERNALS_INSIDE, tokio, rust, "tokio::*", true},
    {INTERNALS_INSIDE, tokio, rust, "<tokio::*", true},
    {INTERNALS_INSIDE, tokio, rust, "<&mut *as tokio::*", true},
    {INTERNALS_INSIDE, tokio, rust, "<&mio::*", true},
    {INTERNALS_INSIDE, tokio, rust, "<mio::*", true},
    {INTERNALS_INSIDE, tokio, rust, "mio::*", true},
    {INTERNALS_INSIDE, smol, rust, "async_std::*", true},
    {INTERNALS_INSIDE, smol, rust, "<async_std::*", true},
    {INTERNALS_INSIDE, smol, rust, "async_global_executor::*", true},
    {INTERNALS_INSIDE, smol, rust, "<async_global_executor::*", true},
    {INTERNALS_INSIDE, smol, rust, "async_io::*", true},
    {INTERNALS_INSIDE, smol, rust, "<async_io::*", true},
    {INTERNALS_INSIDE, smol, rust, "async_lock::*", true},
    {INTERNALS_INSIDE, smol, rust, "<async_lock::*", true},
    {INTERNALS_INSIDE, smol, rust, "async_channel::*", true},
    {INTERNALS_INSIDE, smol, rust, "<async_channel::*", true},
    {INTERNALS_INSIDE, smol, rust, "event_listener::*", true},
    {INTERNALS_INSIDE, smol, rust, "<event_listener::*", true},
    {INTERNALS_INSIDE, smol, rust, "futures_lite::*", true},
    {INTERNALS_INSIDE, smol, rust, "<futures_lite::*", true},
    {INTERNALS_INSIDE, smol, rust, "polling::*", true},
    {INTERNALS_INSIDE, smol, rust, "<polling::*", true},
    {INTERNALS_INSIDE, smol, rust, "parking::*", true},

    /* Loops and dispatchers. */
    {INTERNALS_ALWAYS, glib, "libgobject*", "g_closure_invoke*", true},
    {INTERNALS_ALWAYS, glib, "libgobject*", "g_signal_emit*", true},
    {INTERNALS_ALWAYS, glib, "libglib*", "g_main_context_dispatch*", true},
    {INTERNALS_AT_TOP, glib, "libglib*", "g_thread_proxy", false},

    /* Interpreters: what the script does is not seen here; the functions that it came to are. */
    {INTERNALS_ALWAYS, python, PYTHON, "_Py*", true},
    {INTERNALS_ALWAYS, python, PYTHON " " PYTHON_OWN, "*_impl", false},
    {INTERNALS_ALWAYS, python, PYTHON, "PyEval*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "PyObject_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "PyVectorcall_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "pymain_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "vectorcall_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "method_vectorcall*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "cfunction_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "cfunc_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "slot_tp_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "slot_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "wrap_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "wrapper_call*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "wrapperdescr_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "object_vacall*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "method_call*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "type_call*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "gen_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "partial_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "do_call_core*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "call_function*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "builtin___build_class__*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "builtin_exec*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "run_mod*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "run_eval_code_obj*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "pyrun_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "pythread_wrapper", false},
    {INTERNALS_ALWAYS, python, PYTHON, "thread_run", false},
    {INTERNALS_ALWAYS, python, PYTHON, "PyImport_*", true},
    {INTERNALS_ALWAYS, python, PYTHON, "import_*", true},
    {INTERNALS_ALWAYS, perl, PERL, "Perl_pp_*", true},
    {INTERNALS_ALWAYS, perl, PERL, "Perl_runops_*", true},
    {INTERNALS_ALWAYS, perl, PERL, "Perl_call_*", true},
    {INTERNALS_ALWAYS, ruby, RUBY, "vm_*", true},
    {INTERNALS_ALWAYS, ruby, RUBY, "rb_vm_*", true},
    {INTERNALS_ALWAYS, ruby, RUBY, "rb_ensure*", true},
    {INTERNALS_ALWAYS, java, "libjvm.so*", "JavaCalls::*", true},
    {INTERNALS_ALWAYS, java, "libjvm.so*", "os::os_exception_wrapper*", true},
    {INTERNALS_AT_TOP, java, "libjvm.so*", "thread_native_entry*", false},
    {INTERNALS_AT_TOP, java, "libjvm.so*", "Thread::call_run*", false},
    {INTERNALS_ALWAYS, javascript, V8, "v8::*", true},
    {INTERNALS_ALWAYS, javascript, V8, "Builtins_*", true},
};

/* Of an inlined function without a linkage name, only the shape of its name can tell. */
static bool is_of_rust(const struct tree_node *node)
{
    return node->linkage_name ? demangle_is_rust(node->linkage_name)
                              : node->function && node->function[0] == '<';
}

static bool fits_module(const struct internals_rule *rule, const struct tree_node *node)
{
    if (rule->module == rust)
        return is_of_rust(node);
    return rule->module == NULL || (node->module && glob_matches_one(rule->module, node->module));
}

const struct internals_rule *internals_find(const struct tree_node *node)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct internals_rule *rule = &rules[i];
        bool fits = rule->function == NULL ||
                    (node->function && glob_matches_name(rule->function, node->function));
        if (fits && fits_module(rule, node))
            return rule;
    }
    return NULL;
}

bool internals_begins_task(const struct tree_node *node)
{
    static const char *const begins[] = {"tokio::runtime::task::core::Core<*>::poll*",
        "tokio::runtime::task::harness::Harness<*>::poll*",
        "tokio::runtime::task::harness::poll_future*", "tokio::runtime::task::raw::poll*",
        "async_task::raw::RawTask<*>::run*", "futures_executor::*", "<futures_executor::*",
        "futures_lite::future::block_on*"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (glob_matches_name(begins[i], node->function))
            return is_of_rust(node);
    return false;
}

bool internals_hides_in_task(const struct tree_node *node, const struct internals_rule *rule,
    const struct internals_rule *caller)
{
    static const char *const between[] = {"tokio::sync::task::*", "<&core::task::wake::Waker as *",
        "<&std::task::Waker as *", "<tokio::future::poll_fn::*", "futures_core::task::*",
        "futures_util::task::*", "<futures_util::future::poll_fn::*", "<*PollFn<*> as *::poll",
        "<&mut F as *::poll", "async_executor::*", "<async_executor::*", "async_task::*",
        "<async_task::*", "<async_std::task::builder::*", "async_std::task::task_locals_wrapper::*",
        "futures_util::stream::stream::StreamExt::poll_next_unpin"};
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        if (glob_matches_name(between[i], node->function))
            return true;
    if (rule == NULL)
        return false;
    return rule->when == INTERNALS_ALWAYS || rule->family == std_library ||
           (caller && caller->family == rule->family);
}

bool internals_hides(
    const char *function, const char *linkage_name, const char *module, bool anywhere)
{
    const struct tree_node node = {
        .function = function, .linkage_name = linkage_name, .module = module};
    const struct internals_rule *rule = internals_find(&node);
    return rule && (anywhere || rule->when == INTERNALS_ALWAYS);
}
