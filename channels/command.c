/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command channel: one alert on standard input, one program of the user's that delivers it.
 *
 *   {"id", "user", "urgency", "kind", "host", "check", "state", "problem", "at", "subject", "text", "output",
 *    "command": [WORDS], "timeout_ms"}
 *
 * The program is run with these words and no shell. It reads the same JSON object, and has in an environment
 * that is otherwise clean the names that notification commands of Nagios know: NAGIOS_NOTIFICATIONTYPE,
 * NAGIOS_HOSTNAME, NAGIOS_SERVICEDESC, NAGIOS_SERVICESTATE, NAGIOS_SERVICEOUTPUT (the first line of "output",
 * or else the subject), NAGIOS_CONTACTNAME, NAGIOS_TIMET, NAGIOS_SERVICEPROBLEMID; and what the first of "members" and
 * the alert say more: NAGIOS_HOSTADDRESS, NAGIOS_LONGSERVICEOUTPUT, NAGIOS_SERVICESTATETYPE, NAGIOS_SERVICEATTEMPT,
 * NAGIOS_MAXSERVICEATTEMPTS, NAGIOS_NOTIFICATIONAUTHOR, NAGIOS_NOTIFICATIONCOMMENT.
 *
 * Exit 0 when it ends with 0, 2 (never) when it ends with 2, 1 (try again later) for everything else: another
 * code, a signal, a program that is missing, the end of its time (TERM to its group, then KILL). */
#include "lib/alert_channel.h"
#include "lib/clean.h"
#include "lib/process.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    WORDS_MOST = 256,
    VALUE_MOST = 8192, /* bytes of one variable: Linux takes 128 KiB, the programs behind often less */
    OUTPUT_MOST = 4096,
    EXIT_NEVER = 2,
};

enum variable {
    NOTIFICATIONTYPE,
    HOSTNAME,
    SERVICEDESC,
    SERVICESTATE,
    SERVICEOUTPUT,
    CONTACTNAME,
    TIMET,
    SERVICEPROBLEMID,
    HOSTADDRESS,
    LONGSERVICEOUTPUT,
    SERVICESTATETYPE,
    SERVICEATTEMPT,
    MAXSERVICEATTEMPTS,
    NOTIFICATIONAUTHOR,
    NOTIFICATIONCOMMENT,
    VARIABLES
};

static const char *const names[VARIABLES] = {
    [NOTIFICATIONTYPE] = "NAGIOS_NOTIFICATIONTYPE",
    [HOSTNAME] = "NAGIOS_HOSTNAME",
    [SERVICEDESC] = "NAGIOS_SERVICEDESC",
    [SERVICESTATE] = "NAGIOS_SERVICESTATE",
    [SERVICEOUTPUT] = "NAGIOS_SERVICEOUTPUT",
    [CONTACTNAME] = "NAGIOS_CONTACTNAME",
    [TIMET] = "NAGIOS_TIMET",
    [SERVICEPROBLEMID] = "NAGIOS_SERVICEPROBLEMID",
    [HOSTADDRESS] = "NAGIOS_HOSTADDRESS",
    [LONGSERVICEOUTPUT] = "NAGIOS_LONGSERVICEOUTPUT",
    [SERVICESTATETYPE] = "NAGIOS_SERVICESTATETYPE",
    [SERVICEATTEMPT] = "NAGIOS_SERVICEATTEMPT",
    [MAXSERVICEATTEMPTS] = "NAGIOS_MAXSERVICEATTEMPTS",
    [NOTIFICATIONAUTHOR] = "NAGIOS_NOTIFICATIONAUTHOR",
    [NOTIFICATIONCOMMENT] = "NAGIOS_NOTIFICATIONCOMMENT",
};

struct environment {
    struct text values[VARIABLES];
    const char *rows[VARIABLES + 3];
};

static void set_value(struct environment *environment, enum variable which, const char *value)
{
    struct text cleaned = TEXT_INIT, *row = &environment->values[which];
    clean_text(&cleaned, value);
    clean_cut(&cleaned, VALUE_MOST);
    text_format(row, "%s=%s", names[which], cleaned.bytes);
    environment->rows[which] = row->bytes;
    text_release(&cleaned);
}

static void set_number(struct environment *environment, enum variable which, int64_t value)
{
    char digits[32];
    (void)snprintf(digits, sizeof digits, "%lld", (long long)value);
    set_value(environment, which, digits);
}

static void set_output(struct environment *environment, const char *output, const char *subject)
{
    struct text line = TEXT_INIT;
    text_add_bytes(&line, output ? output : subject, strcspn(output ? output : subject, "\r\n"));
    set_value(environment, SERVICEOUTPUT, line.bytes);
    text_release(&line);
}

static void set_text(struct environment *environment, enum variable which, const json_t *object,
                     const char *key)
{
    const char *text = alert_channel_text(object, key);
    set_value(environment, which, text ? text : "");
}

/* Missing members are empty ones: an alert about the site has none. */
static void set_more(struct environment *environment, const json_t *alert)
{
    const json_t *member = json_array_get(json_object_get(alert, "members"), 0);
    const char *output = alert_channel_text(alert, "output");
    size_t first = output ? strcspn(output, "\n") : 0;
    set_text(environment, HOSTADDRESS, member, "address");
    set_value(environment, LONGSERVICEOUTPUT, output && output[first] ? output + first + 1 : "");
    set_text(environment, SERVICESTATETYPE, member, "type");
    set_number(environment, SERVICEATTEMPT, json_integer_value(json_object_get(member, "attempt")));
    set_number(environment, MAXSERVICEATTEMPTS, json_integer_value(json_object_get(member, "attempts")));
    set_text(environment, NOTIFICATIONAUTHOR, alert, "author");
    set_text(environment, NOTIFICATIONCOMMENT, alert, "reason");
}

static void environment_init(struct environment *environment, const json_t *alert,
                             const struct alert_facts *facts)
{
    *environment = (struct environment){0};
    for (size_t i = 0; i < VARIABLES; i++)
        environment->values[i] = (struct text)TEXT_INIT;
    set_value(environment, NOTIFICATIONTYPE, facts->kind);
    set_value(environment, HOSTNAME, facts->host);
    set_value(environment, SERVICEDESC, facts->check);
    set_value(environment, SERVICESTATE, facts->state);
    set_output(environment, alert_channel_text(alert, "output"), facts->subject);
    set_value(environment, CONTACTNAME, facts->user);
    set_number(environment, TIMET, facts->at / 1000);
    set_number(environment, SERVICEPROBLEMID, facts->problem);
    set_more(environment, alert);
    environment->rows[VARIABLES] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    environment->rows[VARIABLES + 1] = "LC_ALL=C.UTF-8";
}

static void environment_release(struct environment *environment)
{
    for (size_t i = 0; i < VARIABLES; i++)
        text_release(&environment->values[i]);
}

static bool read_words(const json_t *alert, const char *words[static WORDS_MOST + 1], struct error *error)
{
    const json_t *command = json_object_get(alert, "command");
    size_t count = json_array_size(command);
    if (!json_is_array(command) || count == 0 || count > WORDS_MOST)
        return error_set(error, "\"command\" is not a list of 1 to %d words", WORDS_MOST);
    for (size_t i = 0; i < count; i++) {
        words[i] = json_string_value(json_array_get(command, i));
        if (!words[i] || (i == 0 && !*words[i]))
            return error_set(error, "word %zu of \"command\" is %s", i + 1,
                             words[i] ? "empty" : "not a text");
    }
    words[count] = NULL;
    return true;
}

/* A file in memory: the program may read it late, in part or never, and nobody waits for it. */
static int open_input(const json_t *alert, struct error *error)
{
    int fd = memfd_create("alert", MFD_CLOEXEC);
    if (fd < 0 || json_dumpfd(alert, fd, JSON_COMPACT) != 0 || write(fd, "\n", 1) != 1 ||
        lseek(fd, 0, SEEK_SET) != 0) {
        error_set(error, "no memory for the alert: %s", strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* Who ends this program ends the one it runs as well, and what that one left running. */
static int open_stop(void)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    int fd = signalfd(-1, &ends, SFD_CLOEXEC);
    return fd > 0 ? fd : 0;
}

static enum alert_end judge(const struct process *process, const struct process_outcome *ended,
                            struct error *said)
{
    if (process_succeeded(process, ended, said)) {
        error_set(said, "delivered by \"%s\"", process->argv[0]);
        return ALERT_DELIVERED;
    }
    bool never = (ended->end == PROCESS_EXITED && ended->code == EXIT_NEVER) ||
                 (ended->end == PROCESS_NOT_STARTED && ended->code == E2BIG);
    return never ? ALERT_NEVER : ALERT_AGAIN;
}

static enum alert_end run(const json_t *alert, const struct alert_facts *facts, const char *const *words,
                          struct error *said)
{
    struct environment environment;
    struct process_outcome ended;
    int input = open_input(alert, said), stop = open_stop();
    enum alert_end outcome = ALERT_AGAIN;
    if (input < 0)
        return outcome;
    environment_init(&environment, alert, facts);
    struct process process = {.argv = words,
                              .env = environment.rows,
                              .input = input,
                              .deadline = process_now() + alert_channel_timeout(alert),
                              .output_cap = OUTPUT_MOST,
                              .stop = stop};
    process_run(&process, &ended);
    outcome = judge(&process, &ended, said);
    process_outcome_release(&ended);
    environment_release(&environment);
    (void)close(input);
    return outcome;
}

static enum alert_end deliver(const json_t *alert, struct error *said)
{
    struct alert_facts facts;
    const char *words[WORDS_MOST + 1];
    if (!alert_channel_facts(alert, &facts, said) || !read_words(alert, words, said))
        return ALERT_NEVER;
    return run(alert, &facts, words, said);
}

int main(int argc, char **argv)
{
    return alert_channel_main(argc, argv, deliver);
}
