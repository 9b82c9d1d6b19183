/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's side of the helper, with a stand-in on the other side of the socket. */
#include "scheduler/io/helper.h"

#include "lib/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* Answers by the name of the remediation, and adds the length of the request. */
static const char stand_in[] =
    "#!/usr/bin/python3\n"
    "import json, socket\n"
    "daemon = socket.socket(fileno=3)\n"
    "while message := daemon.recv(65536):\n"
    "    asked = json.loads(message)\n"
    "    end = asked['remediation']\n"
    "    if end == 'die':\n"
    "        break\n"
    "    daemon.send(b'rubbish\\0')\n"
    "    daemon.send(json.dumps({'run': 'unknown', 'end': 'exited', 'code': 0, 'text': ''}).encode())\n"
    "    daemon.send(json.dumps({'run': asked['run'], 'end': end, 'code': 3, 'text': "
    "str(len(message))}).encode())\n";

struct scene {
    char directory[64];
    char program[96];
    struct loop *loop;
    struct helper *helper;
    size_t wanted, got;
    enum helper_end ends[256];
    int codes[256];
    long lengths[256];
};

static int make_place(void **state)
{
    struct scene *place = memory_get(1, sizeof *place);
    struct error error = {""};
    (void)snprintf(place->directory, sizeof place->directory, "/tmp/test_helper.XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    (void)snprintf(place->program, sizeof place->program, "%s/helper", place->directory);
    FILE *file = fopen(place->program, "we");
    assert_non_null(file);
    fputs(stand_in, file);
    (void)fclose(file);
    assert_int_equal(chmod(place->program, 0700), 0);
    place->loop = loop_create();
    place->helper = helper_start(place->loop, place->program, place->directory, &error);
    assert_non_null(place->helper);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct scene *place = *state;
    helper_free(place->helper);
    loop_free(place->loop);
    (void)unlink(place->program);
    (void)rmdir(place->directory);
    free(place);
    return 0;
}

static void take(void *owner, const struct helper_outcome *outcome)
{
    struct scene *place = owner;
    place->ends[place->got] = outcome->end;
    place->codes[place->got] = outcome->code;
    place->lengths[place->got] = strtol(outcome->text, NULL, 10);
    if (++place->got == place->wanted)
        loop_stop(place->loop);
}

static void ask(struct scene *place, const char *remediation, const char *run,
                const struct pairs *environment)
{
    struct helper_request request = {.remediation = remediation, .subject = "a/b", .run = run};
    if (environment)
        request.environment = *environment;
    helper_request(place->helper, &request, take, place);
}

static void wait_for(struct scene *place, size_t count)
{
    place->wanted = count;
    if (place->got < count)
        loop_run(place->loop);
    assert_int_equal(place->got, count);
}

static void tells_each_end_once(void **state)
{
    struct scene *place = *state;
    static const char *const names[] = {"exited", "signalled", "timeout", "refused", "nonsense"};
    static const enum helper_end ends[] = {HELPER_EXITED, HELPER_SIGNALLED, HELPER_TIMEOUT, HELPER_REFUSED,
                                           HELPER_LOST};
    for (size_t i = 0; i < 5; i++) {
        char run[32];
        (void)snprintf(run, sizeof run, "r%zu", i);
        ask(place, names[i], run, NULL);
    }
    assert_int_equal(helper_running(place->helper), 5);
    wait_for(place, 5);
    assert_int_equal(helper_running(place->helper), 0);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(place->ends[i], ends[i]);
        assert_int_equal(place->codes[i], 3);
    }
}

static void takes_more_than_the_socket_holds(void **state)
{
    enum { MANY = 200 };
    struct scene *place = *state;
    char *text = memory_get(1, 30000);
    memset(text, 'x', 29999);
    struct pair pair = {"WATCHBILL_OUTPUT", text};
    const struct pairs pairs = {&pair, 1};
    for (int i = 0; i < MANY; i++) {
        char run[32];
        (void)snprintf(run, sizeof run, "r%d", i);
        ask(place, "exited", run, &pairs);
    }
    wait_for(place, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(place->ends[i], HELPER_EXITED);
    free(text);
}

static void cuts_texts_until_they_fit(void **state)
{
    struct scene *place = *state;
    char *text = memory_get(1, 60000);
    memset(text, '\\', 59999); /* twice as long in JSON */
    struct pair pairs[12];
    for (size_t i = 0; i < 12; i++)
        pairs[i] = (struct pair){i % 2 ? "NAGIOS_SERVICEOUTPUT" : "WATCHBILL_OUTPUT", text};
    pairs[3].value = NULL;
    pairs[4] = (struct pair){"A", text};
    pairs[5] = (struct pair){"B", text};
    const struct pairs environment = {pairs, 12};
    ask(place, "exited", "r1", &environment);
    wait_for(place, 1);
    assert_in_range(place->lengths[0], 8000, HELPER_MESSAGE_BYTES);
    free(text);
}

static void tells_that_the_helper_has_gone(void **state)
{
    struct scene *place = *state;
    ask(place, "die", "r1", NULL);
    ask(place, "exited", "r2", NULL);
    wait_for(place, 2);
    assert_int_equal(place->ends[0], HELPER_LOST);
    assert_int_equal(place->ends[1], HELPER_LOST);
    ask(place, "exited", "r3", NULL);
    assert_int_equal(place->got, 2); /* later, never from inside of the request */
    wait_for(place, 3);
    assert_int_equal(place->ends[2], HELPER_REFUSED);
}

static void is_freed_with_requests_open(void **state)
{
    struct scene *place = *state;
    ask(place, "exited", "r1", NULL);
    helper_free(place->helper);
    place->helper = NULL;
    assert_int_equal(place->got, 0);
}

static void says_what_cannot_start(void **state)
{
    struct loop *loop = loop_create();
    struct error error = {""};
    (void)state;
    assert_null(helper_start(loop, "/nonexistent/helper", "/", &error));
    assert_string_equal(error.text, "No such file or directory: \"/nonexistent/helper\"");
    loop_free(loop);
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_PLACE(tells_each_end_once),         IN_PLACE(takes_more_than_the_socket_holds),
        IN_PLACE(cuts_texts_until_they_fit),   IN_PLACE(tells_that_the_helper_has_gone),
        IN_PLACE(is_freed_with_requests_open), cmocka_unit_test(says_what_cannot_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
