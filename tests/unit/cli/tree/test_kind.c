/*
 * test_kind.c - which processes do the same, by titles that real programs write.
 */
// needs: cli/tree/kind.c cli/tree/process.c cli/trace/words.c
#include "tree/kind.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "tree/tree.h"

static void assert_kind_of(const char *command, const char *title, const char *expected)
{
    struct tree_process process = {.program = "/usr/sbin/prog", .command = command, .title = title};
    char *kind = tree_process_kind(&process);
    ck_assert_str_eq(kind, expected);
    free(kind);
}

static void assert_kind(const char *title, const char *expected)
{
    assert_kind_of("/usr/sbin/prog -c file", title, expected);
}

START_TEST(without_a_title_it_is_the_program)
{
    assert_kind_of("/usr/bin/make -j2", "", "make");
    assert_kind_of("", "", "prog");
}
END_TEST

START_TEST(the_title_of_a_role_is_the_kind)
{
    assert_kind("nginx: worker process", "nginx: worker process");
    assert_kind("nginx: cache manager process", "nginx: cache manager process");
    assert_kind("postgres: checkpointer", "postgres: checkpointer");
    assert_kind("php-fpm: pool www", "php-fpm: pool www");
    assert_kind("vsftpd: LISTENER", "vsftpd: LISTENER");
    assert_kind("/usr/sbin/dovecot: auth worker", "dovecot: auth worker");
}
END_TEST

START_TEST(what_changes_is_left_out)
{
    assert_kind("postgres: user b [local] UPDATE", "postgres: user b [local]");
    assert_kind("postgres: user b [local] idle in transaction", "postgres: user b [local]");
    assert_kind("postgres: user b 127.0.0.1(53422) idle", "postgres: user b");
    assert_kind("postgres: user b client(53422) idle", "postgres: user b client");
    assert_kind("postgres: user b ::1(53422) idle", "postgres: user b");
    assert_kind("postgres: parallel worker for PID 5935", "postgres: parallel worker");
    assert_kind("postgres: walreceiver streaming 0/3000148", "postgres: walreceiver streaming");
    assert_kind("php-fpm: master process (/etc/php/fpm.conf)", "php-fpm: master process");
    assert_kind("puma: cluster worker 0: 4711 [app]", "puma: cluster worker");
    assert_kind("sshd: user [priv]", "sshd: user [priv]");
    assert_kind("sshd: user@pts/0", "sshd: user");
    assert_kind("sendmail: server host.example.com [10.0.0.1] cmd read", "sendmail: server");
    assert_kind("cron: [4711] job", "prog");
}
END_TEST

START_TEST(numbers_in_names_are_one)
{
    assert_kind("celeryd: celery@host:ForkPoolWorker-3", "celeryd: celery");
    assert_kind("pool: worker-12", "pool: worker-#");
    assert_kind("pool: worker7of9", "pool: worker#of#");
}
END_TEST

START_TEST(the_name_of_an_instance_is_left_out)
{
    assert_kind("postgres: 15/main: checkpointer", "postgres: checkpointer");
    assert_kind("postgres: main: user b [local] idle", "postgres: user b [local]");
}
END_TEST

START_TEST(the_command_in_a_title_is_left_out)
{
    assert_kind("prog: master process /usr/sbin/prog -c file", "prog: master process");
    assert_kind_of("nginx -c file", "nginx: master process nginx -c file", "nginx: master process");
    assert_kind_of("nginx -c file", "nginx: master process nginx -c fi", "nginx: master process");
    assert_kind_of("postgres -D d", "postgres: post", "postgres: post");
    assert_kind_of("", "nginx: worker process", "nginx: worker process");
    assert_kind_of(
        "postgres -D d", "postgres: user postgres [local] idle", "postgres: user postgres [local]");
}
END_TEST

START_TEST(another_program_in_the_title_is_a_role)
{
    assert_kind("redis-rdb-bgsave *:6379", "redis-rdb-bgsave");
    assert_kind("unicorn worker[0] -c file", "unicorn worker");
}
END_TEST

/* Programs overwrite passwords in their arguments, too. */
START_TEST(changed_arguments_are_no_role)
{
    assert_kind_of("/usr/bin/redis-server --port 0", "redis-server *:6379", "redis-server");
    assert_kind_of("mysql import secret", "mysql import xxxxxx", "mysql");
    assert_kind_of("mysql import secret", "/usr/bin/mysql import xxxxxx", "mysql");
    assert_kind("[kworker]", "prog");
    assert_kind("12 jobs", "prog");
    assert_kind(": jobs", "prog");
    assert_kind("   ", "prog");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree_kind");
    TCase *tests = tcase_create("tree_kind");
    tcase_add_test(tests, without_a_title_it_is_the_program);
    tcase_add_test(tests, the_title_of_a_role_is_the_kind);
    tcase_add_test(tests, what_changes_is_left_out);
    tcase_add_test(tests, numbers_in_names_are_one);
    tcase_add_test(tests, the_name_of_an_instance_is_left_out);
    tcase_add_test(tests, the_command_in_a_title_is_left_out);
    tcase_add_test(tests, another_program_in_the_title_is_a_role);
    tcase_add_test(tests, changed_arguments_are_no_role);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
