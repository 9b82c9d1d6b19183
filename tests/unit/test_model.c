/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model that good configurations give, and the questions that are asked of it. */
#include "lib/lookup.h"
#include "tests/unit/config_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct model *load_good(const char *directory)
{
    struct findings findings = {0};
    struct model *model = config_load(directory, &findings);
    if (!model)
        fail_msg("%s", findings.items[0].text);
    findings_release(&findings);
    return model;
}

static struct model *load_files(const char *files)
{
    struct config_place place;
    config_place_open(&place, files);
    struct model *model = load_good(place.path);
    config_place_close(&place);
    return model;
}

static const char fixture[] = "tests/fixtures/config/interface";

static void test_interface_site(void **state)
{
    (void)state;
    struct model *model = load_good(fixture);
    const struct site *site = &model->site;
    char *top = realpath("tests/fixtures/config", NULL);
    struct text expected = TEXT_INIT;
    text_format(&expected, "%s/var", top);
    assert_string_equal(site->state, expected.bytes);
    text_clear(&expected);
    text_format(&expected, "%s/build/checks", top);
    assert_string_equal(site->plugins.items[0], expected.bytes);
    assert_string_equal(site->plugins.items[1], "/usr/lib/nagios/plugins");
    assert_null(site->plugins.items[2]);
    assert_string_equal(site->listen, "127.0.0.1:8642");
    assert_string_equal(site->user, "watchbill");
    assert_int_equal(site->runners, 2);
    assert_int_equal(site->warm, 8);
    assert_int_equal(site->worker_timeout, 10000);
    assert_string_equal(site->mail.server, "mail.example.org:587");
    assert_true(site->mail.tls_required);
    assert_null(site->mail.spool);
    assert_int_equal(site->rrd_step, 60000);
    assert_int_equal(site->archives.count, 3);
    assert_int_equal(site->archives.items[2].keep / 86400000, 730);
    assert_int_equal(site->retentions[0].archives.items[1].keep / 86400000, 3650);
    assert_string_equal(site->rrdcached, "unix:/run/rrdcached.sock");
    text_release(&expected);
    free(top);
    model_free(model);
}

static void test_interface_people(void **state)
{
    (void)state;
    struct model *model = load_good(fixture);
    const struct user *user = model_user(model, "ghowland");
    assert_string_equal(user->full_name, "Geoff Howland");
    assert_int_equal(user->contact_count[URGENCY_ALERT], 3);
    const struct contact *contacts = user->contacts[URGENCY_ALERT];
    assert_int_equal(contacts[0].channel, CHANNEL_MAIL);
    assert_null(contacts[0].window);
    assert_int_equal(contacts[1].channel, CHANNEL_WEBHOOK);
    assert_int_equal(contacts[2].channel, CHANNEL_COMMAND);
    assert_string_equal(contacts[2].address, "/usr/local/bin/sms");
    assert_string_equal(contacts[2].command.items[1], "+1555");
    assert_string_equal(window_name(user->contacts[URGENCY_NOTIFY][0].window), "weekday_days");
    const struct group *group = model_group(model, "admins");
    assert_int_equal(group->shift_count, 3);
    assert_int_equal(group->escalate_after, 900000);
    assert_string_equal(group->shifts[1].users[0]->name, "mchesnut");
    assert_string_equal(window_name(group->shifts[2].window), "weekends");
    const struct remediation *remediation = model_remediation(model, "drain-and-restart");
    assert_string_equal(remediation->tracker->name, "OPS");
    assert_int_equal(remediation->tagged, 20758);
    assert_int_equal(remediation->max.count, 3);
    assert_int_equal(remediation->max.span, 3600000);
    assert_int_equal(remediation->on_states, 1U << VERDICT_CRITICAL);
    assert_true(remediation->on_hard);
    assert_true(remediation->share > 24.9 && remediation->share < 25.1);
    assert_int_equal(remediation->mode, MODE_ACT);
    assert_string_equal(remediation->may_run.items[0], "admins");
    model_free(model);
}

static void test_interface_service(void **state)
{
    (void)state;
    struct model *model = load_good(fixture);
    assert_int_equal(model->host_count, 3);
    const struct host *host = model_host(model, "www_middle_00");
    assert_string_equal(host->address, "10.0.0.10");
    assert_string_equal(host->parents.items[0], "switch1");
    assert_string_equal(host->vars.items[0].name, "STATS_PORT");
    assert_string_equal(host->vars.items[0].value, "8000");
    host = model_host(model, "www_middle_01");
    assert_string_equal(host->address, "www_middle_01");
    assert_int_equal(host->status, STATUS_ACTIVE);
    assert_int_equal(host->instance, 1);
    int64_t index = model_binding_named(model, "www_middle_01/haproxy");
    const struct check_plan *plan = model->bindings[index].plan;
    assert_ptr_equal(model->bindings[index].host, host);
    assert_int_equal(plan->every, 30000);
    assert_int_equal(plan->retry, 10000);
    assert_int_equal(plan->when, 1U << STATUS_CONFIGURED | 1U << STATUS_VERIFIED | 1U << STATUS_ACTIVE);
    assert_string_equal(plan->depends_all.items[0], "www_middle_00/ping");
    assert_int_equal(plan->outcomes.codes[0].code, 7);
    assert_int_equal(plan->outcomes.codes[0].verdict, VERDICT_WARNING);
    assert_int_equal(plan->outcomes.signal, VERDICT_CRITICAL);
    assert_int_equal(plan->alert->urgency[VERDICT_WARNING], URGENCY_NOTIFY);
    assert_int_equal(plan->alert->urgency[VERDICT_UNKNOWN], URGENCY_ALERT);
    assert_null(plan->alert->window);
    assert_true(plan->flapping);
    assert_string_equal(plan->remediate[0]->issue, "OPS-1423");
    plan = model->bindings[index + 1].plan;
    assert_string_equal(plan->name, "ping");
    assert_int_equal(plan->every, 60000);
    assert_int_equal(plan->retry, 60000);
    assert_int_equal(plan->timeout, 10000);
    assert_int_equal(plan->attempts, 3);
    assert_int_equal(plan->when, 1U << STATUS_ACTIVE);
    assert_true(plan->store);
    assert_null(plan->alert);
    assert_int_equal(model->collect_count, 2);
    assert_string_equal(model->collects[0].plan->keys[0].path.items[1], "req_tot");
    assert_string_equal(model->collects[0].plan->keys[0].type, "DERIVE");
    assert_string_equal(host->service->graphs[0].items[0].metric, "haproxy.sess_*");
    model_free(model);
}

static void test_empty(void **state)
{
    (void)state;
    struct model *model = load_files("");
    assert_null(model_host(model, "a"));
    assert_null(model_user(model, "a"));
    assert_int_equal(model_binding(model, "a", "b"), MODEL_NONE);
    assert_string_equal(model->site.state, "/var/lib/watchbill");
    assert_string_equal(model->site.timezone, "UTC");
    assert_string_equal(model->site.plugins.items[0], WATCHBILL_PREFIX "/lib/watchbill/checks");
    assert_string_equal(model->site.plugins.items[2], "/usr/lib/nagios/plugins");
    assert_int_equal(model->site.worker_timeout, 10000);
    assert_int_equal(model->site.archives.count, 3);
    model_free(model);
    model_free(NULL);
}

static void test_bindings(void **state)
{
    (void)state;
    struct model *model =
        load_files("== services/web.yaml\nhosts: {ab: {}, a: {}, a-b: {}, \"a.b\": {}, B: {}}\n"
                   "checks: {y: {}, x: {}, xy: {}}\n");
    assert_int_equal(model->binding_count, 15);
    for (size_t i = 0; i < model->binding_count; i++) {
        const struct binding *binding = &model->bindings[i];
        char subject[64];
        (void)snprintf(subject, sizeof subject, "%s/%s", binding->host->name, binding->plan->name);
        assert_int_equal(model_binding(model, binding->host->name, binding->plan->name), i);
        assert_int_equal(model_binding_named(model, subject), i);
    }
    static const char *const strange[] = {"", "/", "a", "a/", "/x", "abc/x", "a/z", "a/x/y", "ab", "a//x"};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++)
        assert_int_equal(model_binding_named(model, strange[i]), MODEL_NONE);
    model_free(model);
}

static void test_archives(void **state)
{
    (void)state;
    struct model *model = load_files(
        "== watchbill.yaml\nrrd:\n  step: 10s\n  archives: [{every: 10s, keep: 1h}]\n  retentions:\n"
        "  - {match: \"^web\", archives: [{every: 20s, keep: 1h}]}\n"
        "  - {match: \"/load$\", priority: 5, archives: [{every: 30s, keep: 1h}]}\n");
    assert_int_equal(model_archives(model, "db", "http")->items[0].every, 10000);
    assert_int_equal(model_archives(model, "web1", "http")->items[0].every, 20000);
    assert_int_equal(model_archives(model, "web1", "load")->items[0].every, 30000);
    assert_int_equal(model_archives(model, "db", "load")->items[0].every, 30000);
    model_free(model);
}

static void test_counted_hosts(void **state)
{
    (void)state;
    struct model *model = load_files("== services/q.yaml\nservice: queue\nhost_count: 5\nhost_start: 8\n"
                                     "shard_count: 3\nhost_name: \"%(name)s-%(shard)d-%03(instance)d\"\n"
                                     "hosts: {queue-1-010: {address: ten}}\n"
                                     "== services/r.yaml\nhost_count: 1\nhost_name: \"r%(instance)02d\"\n");
    static const char *const names[] = {"queue-0-009", "queue-0-012", "queue-1-010",
                                        "queue-2-008", "queue-2-011", "r00"};
    assert_int_equal(model->host_count, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < model->host_count; i++)
        assert_string_equal(model->hosts[i]->name, names[i]);
    const struct host *host = model_host(model, "queue-1-010");
    assert_string_equal(host->address, "ten");
    assert_int_equal(host->instance, 10);
    assert_int_equal(host->shard, 1);
    assert_int_equal(model->hosts[3]->shard, 2);
    model_free(model);
}

static void test_inheritance(void **state)
{
    (void)state;
    struct model *model = load_files("== services/web.yaml\n"
                                     "inherit: [__base__]\n"
                                     "__base__:\n"
                                     "  tags: {env: prod, tier: any}\n"
                                     "  checks:\n"
                                     "    ping: {command: [/bin/true], every: 20s}\n"
                                     "tags: {tier: front}\n"
                                     "hosts:\n"
                                     "  __base__: {status: configured, tags: {rack: r1}}\n"
                                     "  a:\n"
                                     "  b: {status: active, tags: {rack: r2}}\n"
                                     "checks:\n"
                                     "  slow: {command: [/bin/sleep, 1], post_command: [--], every: 1h}\n"
                                     "  slower: {inherit: [slow], command: [2], attempts: 1}\n");
    assert_int_equal(model->binding_count, 6);
    assert_int_equal(model_host(model, "a")->status, STATUS_CONFIGURED);
    assert_int_equal(model_host(model, "b")->status, STATUS_ACTIVE);
    assert_string_equal(model_host(model, "a")->tags.items[0].value, "r1");
    assert_string_equal(model_host(model, "b")->tags.items[0].value, "r2");
    assert_int_equal(model->service_count, 1);
    const struct service *service = model->services[0];
    assert_string_equal(service->name, "web");
    assert_string_equal(service->tags.items[0].value, "prod");
    assert_string_equal(service->tags.items[1].value, "front");
    const struct check_plan *plan = model->bindings[model_binding(model, "b", "slower")].plan;
    assert_int_equal(plan->command.count, 4);
    assert_string_equal(plan->command.items[1], "1");
    assert_string_equal(plan->command.items[2], "2");
    assert_string_equal(plan->command.items[3], "--");
    assert_int_equal(plan->every, 3600000);
    assert_int_equal(plan->attempts, 1);
    assert_int_equal(model->bindings[model_binding(model, "a", "ping")].plan->every, 20000);
    model_free(model);
}

static void test_texts(void **state)
{
    (void)state;
    /* Words that other readers of YAML take for something else are what is written. */
    struct model *model =
        load_files("== services/web.yaml\n"
                   "hosts: {no: {address: on, vars: {time: 10:22, n: null, v: 1.10}}}\n"
                   "checks: {on: {store: no, outcomes: {9: green, 10: red}, every: 1m30s}}\n");
    const struct host *host = model_host(model, "no");
    assert_string_equal(host->address, "on");
    assert_string_equal(host->vars.items[0].value, "null");
    assert_string_equal(host->vars.items[1].value, "10:22");
    assert_string_equal(host->vars.items[2].value, "1.10");
    const struct check_plan *plan = model->bindings[model_binding(model, "no", "on")].plan;
    assert_false(plan->store);
    assert_int_equal(plan->command.count, 0);
    assert_int_equal(plan->every, 90000);
    assert_int_equal(plan->outcomes.codes[0].verdict, VERDICT_OK);
    assert_int_equal(plan->outcomes.codes[1].verdict, VERDICT_CRITICAL);
    model_free(model);
}

static void test_plugins(void **state)
{
    (void)state;
    struct config_place place;
    config_place_open(&place,
                      "== watchbill.yaml\nplugins: [one, services, /bin]\n"
                      "== services/web.yaml\nhosts: {a: {}}\n"
                      "checks: {x: {command: [true]}, y: {command: [./local]}, z: {command: [$ARG1$]}}\n");
    struct model *model = load_good(place.path);
    assert_string_equal(model->bindings[0].plan->command.items[0], "/bin/true");
    assert_string_equal(model->bindings[1].plan->command.items[0], "./local");
    assert_string_equal(model->bindings[2].plan->command.items[0], "$ARG1$");
    model_free(model);
    config_place_close(&place);
}

static void test_graphs(void **state)
{
    (void)state;
    struct model *model =
        load_files("== services/web.yaml\nhosts: {a: {}}\nchecks: {net.eth0: {}}\ngraphs:\n"
                   "  g: {metrics: [net.eth0.in, {metric: net.eth0.out, label: out}], stack: yes, "
                   "negative: [net.eth0.out]}\n"
                   "  h: {metrics: [{metric: net.eth0.in, negative: yes}]}\n");
    const struct graph_plan *graph = &model->services[0]->graphs[0];
    assert_true(graph->items[0].stack && graph->items[1].stack);
    assert_false(graph->items[0].negative);
    assert_true(graph->items[1].negative);
    assert_string_equal(graph->items[1].label, "out");
    assert_true(model->services[0]->graphs[1].items[0].negative);
    model_free(model);
}

static void test_users_only(void **state)
{
    (void)state;
    struct config_place place;
    struct findings findings = {0};
    config_place_open(&place, "== watchbill.yaml\ntimezone: Europe/Berlin\n"
                              "== users.yaml\nwindows: {w: {days: mon}}\n== remediations.yaml\nbad: [\n");
    struct model *model = config_load_users(place.path, &findings);
    assert_non_null(model);
    assert_string_equal(model->site.timezone, "Europe/Berlin");
    assert_non_null(window_find(model->windows, "w"));
    model_free(model);
    findings_release(&findings);
    config_place_close(&place);
}

static void test_many_files(void **state)
{
    (void)state;
    struct text files = TEXT_INIT;
    for (int i = 0; i < 100; i++)
        text_format(&files, "== services/s%d.yaml\nhosts: {h%d: {}}\n", i, i);
    struct model *model = load_files(files.bytes);
    assert_int_equal(model->service_count, 100);
    assert_int_equal(model->host_count, 100);
    for (size_t i = 1; i < model->service_count; i++)
        assert_true(strcmp(model->services[i - 1]->name, model->services[i]->name) < 0);
    assert_string_equal(model_host(model, "h57")->service->name, "s57");
    model_free(model);
    text_release(&files);
}

/* 100,000 checks cost what 5,000 hosts and 20 checks cost. */
static void test_many(void **state)
{
    (void)state;
    struct text files = TEXT_INIT;
    text_add(&files, "== services/many.yaml\nhosts:\n  __base__: {status: active}\n");
    for (int i = 0; i < 5000; i++)
        text_format(&files, "  h%d: {address: 127.0.0.1}\n", i);
    text_add(&files, "checks:\n");
    for (int i = 0; i < 20; i++)
        text_format(&files, "  s%d: {command: [/bin/true, $HOSTNAME$.s%d], every: 10s}\n", i, i);
    clock_t begun = clock();
    struct model *model = load_files(files.bytes);
    assert_int_equal(model->binding_count, 100000);
    assert_true(clock() - begun < CLOCKS_PER_SEC);
    const struct binding *binding = &model->bindings[model_binding_named(model, "h4999/s19")];
    assert_string_equal(binding->host->name, "h4999");
    assert_string_equal(binding->plan->name, "s19");
    assert_ptr_equal(binding->plan, model->bindings[model_binding(model, "h0", "s19")].plan);
    model_free(model);
    text_release(&files);
}

static void test_names(void **state)
{
    (void)state;
    enum channel channel;
    assert_true(channel_read("webhook", &channel));
    assert_int_equal(channel, CHANNEL_WEBHOOK);
    assert_false(channel_read("Webhook", &channel));
    assert_int_equal(lookup_name(status_names, "verified"), STATUS_VERIFIED);
    assert_int_equal(lookup_name(status_names, "Verified"), LOOKUP_NONE);
    assert_string_equal(status_name(STATUS_RETIRED), "retired");
    assert_string_equal(urgency_name(URGENCY_ALERT), "alert");
    assert_string_equal(channel_name(CHANNEL_WEBHOOK), "webhook");
    assert_int_equal(lookup_name(mode_names, "ask"), MODE_ASK);
    assert_null(mode_names[MODE_ASK + 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interface_site),
        cmocka_unit_test(test_interface_people),
        cmocka_unit_test(test_interface_service),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_bindings),
        cmocka_unit_test(test_archives),
        cmocka_unit_test(test_counted_hosts),
        cmocka_unit_test(test_inheritance),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_plugins),
        cmocka_unit_test(test_graphs),
        cmocka_unit_test(test_users_only),
        cmocka_unit_test(test_many_files),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
