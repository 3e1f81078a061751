/*
 * internals.c - which frames say nothing to most readers.
 */
#include "view/internals.h"

#include <stddef.h>

#include "view/glob.h"

static const char c_library[] = "the C library", std_library[] = "the library of C++ or Rust",
                  tokio[] = "Tokio", glib[] = "GLib", python[] = "Python",
                  java[] = "the Java machine", javascript[] = "V8", perl[] = "Perl",
                  ruby[] = "Ruby";

/* The first row that fits counts. A function of C++ or Rust can be in any module, as it is compiled
 * into the program. */
static const struct internals_rule rules[] = {
    /* glibc and musl: the public function that was called is shown, what it calls is not. */
    {INTERNALS_INSIDE, c_library, "libc.so*", NULL, false},
    {INTERNALS_INSIDE, c_library, "libc-2*", NULL, false},
    {INTERNALS_INSIDE, c_library, "libpthread*", NULL, false},
    {INTERNALS_INSIDE, c_library, "libresolv*", NULL, false},
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
    {INTERNALS_ALWAYS, std_library, NULL, "core::ops::function::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "<alloc::boxed::Box*>::call*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::rt::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::panicking::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::panic::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "std::sys*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "<std::sys*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "__rust_*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "<core::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "core::*", false},
    {INTERNALS_INSIDE, std_library, NULL, "std::*", false},
    {INTERNALS_INSIDE, std_library, NULL, "alloc::*", false},
    {INTERNALS_INSIDE, std_library, NULL, "<std::*", false},
    {INTERNALS_INSIDE, std_library, NULL, "<alloc::*", false},
    {INTERNALS_ALWAYS, std_library, NULL, "tokio::runtime::context::*", true},
    {INTERNALS_ALWAYS, std_library, NULL, "tokio::runtime::coop::*", true},
    {INTERNALS_ALWAYS, std_library, NULL, "tokio::runtime::task::*", true},
    {INTERNALS_ALWAYS, std_library, NULL, "tokio::runtime::scheduler::*", true},
    {INTERNALS_ALWAYS, std_library, NULL, "tokio::loom::*", true},
    {INTERNALS_ALWAYS, std_library, NULL, "<tokio::runtime::*", true},
    {INTERNALS_ALWAYS, std_library, NULL, "tokio::runtime::blocking::*", true},
    {INTERNALS_ALWAYS, std_library, NULL, "tokio::macros::*", true},
    {INTERNALS_INSIDE, tokio, NULL, "tokio::*", true},
    {INTERNALS_INSIDE, tokio, NULL, "<tokio::*", true},
    {INTERNALS_INSIDE, tokio, NULL, "<&mut *as tokio::*", true},
    {INTERNALS_INSIDE, tokio, NULL, "<&mio::*", true},
    {INTERNALS_INSIDE, tokio, NULL, "<mio::*", true},
    {INTERNALS_INSIDE, tokio, NULL, "mio::*", true},

    /* Loops and dispatchers. */
    {INTERNALS_ALWAYS, glib, "libgobject*", "g_closure_invoke*", true},
    {INTERNALS_ALWAYS, glib, "libgobject*", "g_signal_emit*", true},
    {INTERNALS_ALWAYS, glib, "libglib*", "g_main_context_dispatch*", true},
    {INTERNALS_AT_TOP, glib, "libglib*", "g_thread_proxy", false},

    /* Interpreters: what the script does is not seen here; the functions that it came to are. */
    {INTERNALS_ALWAYS, python, "*python*", "_Py*", true},
    {INTERNALS_ALWAYS, python, "*python*", "*_impl", false},
    {INTERNALS_ALWAYS, python, "*python*", "PyEval*", true},
    {INTERNALS_ALWAYS, python, "*python*", "PyObject_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "PyVectorcall_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "pymain_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "vectorcall_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "method_vectorcall*", true},
    {INTERNALS_ALWAYS, python, "*python*", "cfunction_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "cfunc_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "slot_tp_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "slot_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "wrap_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "wrapper_call*", true},
    {INTERNALS_ALWAYS, python, "*python*", "wrapperdescr_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "object_vacall*", true},
    {INTERNALS_ALWAYS, python, "*python*", "method_call*", true},
    {INTERNALS_ALWAYS, python, "*python*", "type_call*", true},
    {INTERNALS_ALWAYS, python, "*python*", "gen_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "partial_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "do_call_core*", true},
    {INTERNALS_ALWAYS, python, "*python*", "call_function*", true},
    {INTERNALS_ALWAYS, python, "*python*", "builtin___build_class__*", true},
    {INTERNALS_ALWAYS, python, "*python*", "builtin_exec*", true},
    {INTERNALS_ALWAYS, python, "*python*", "run_mod*", true},
    {INTERNALS_ALWAYS, python, "*python*", "run_eval_code_obj*", true},
    {INTERNALS_ALWAYS, python, "*python*", "pyrun_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "pythread_wrapper", false},
    {INTERNALS_ALWAYS, python, "*python*", "thread_run", false},
    {INTERNALS_ALWAYS, python, "*python*", "PyImport_*", true},
    {INTERNALS_ALWAYS, python, "*python*", "import_*", true},
    {INTERNALS_ALWAYS, perl, "*perl*", "Perl_pp_*", true},
    {INTERNALS_ALWAYS, perl, "*perl*", "Perl_runops_*", true},
    {INTERNALS_ALWAYS, perl, "*perl*", "Perl_call_*", true},
    {INTERNALS_ALWAYS, ruby, "*ruby*", "vm_*", true},
    {INTERNALS_ALWAYS, ruby, "*ruby*", "rb_vm_*", true},
    {INTERNALS_ALWAYS, ruby, "*ruby*", "rb_ensure*", true},
    {INTERNALS_ALWAYS, java, "libjvm.so*", "JavaCalls::*", true},
    {INTERNALS_ALWAYS, java, "libjvm.so*", "os::os_exception_wrapper*", true},
    {INTERNALS_AT_TOP, java, "libjvm.so*", "thread_native_entry*", false},
    {INTERNALS_AT_TOP, java, "libjvm.so*", "Thread::call_run*", false},
    {INTERNALS_ALWAYS, javascript, NULL, "v8::internal::*", true},
    {INTERNALS_ALWAYS, javascript, NULL, "v8::*", true},
    {INTERNALS_ALWAYS, javascript, NULL, "Builtins_*", true},
};

const struct internals_rule *internals_find(const char *module, const char *function)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct internals_rule *rule = &rules[i];
        bool fits_module = rule->module == NULL || (module && glob_matches(rule->module, module));
        bool fits = rule->function == NULL ||
                    (function && glob_matches_name(rule->function, function));
        if (fits_module && fits)
            return rule;
    }
    return NULL;
}
