/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchbilld: the scheduler, in the foreground. Arguments, the lock, privileges, signals. */
#include "lib/core_dump.h"
#include "lib/describe.h"
#include "lib/option.h"
#include "lib/system_user.h"
#include "scheduler/engine/engine.h"
#include "scheduler/io/config.h"
#include "scheduler/io/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct arguments {
    const char *conf;
    int log_format;
    bool help, version, describe;
};

static const char summary[] = "runs checks, stores their metrics, tells whoever is on watch";

static const char *const log_formats[] = {"text", "json", NULL};

static const struct option_row options[] = {
    {"conf", 'f', TEXT(struct arguments, conf), .value = "DIR",
     .help = "The configuration directory; else $WATCHBILL_CONF, else /etc/watchbill."},
    {"log-format", 0, CHOICE(struct arguments, log_format), .value = "FORMAT", .choices = log_formats,
     .help = "How the log on standard error is written: sentences, or one JSON object a line."},
    {"help", 'h', FLAG(struct arguments, help), .help = "Print this help and exit."},
    {"version", 'V', FLAG(struct arguments, version), .help = "Print the version and exit."},
    {"describe", 0, FLAG(struct arguments, describe), .help = "Print the option table as JSON and exit."},
    {0},
};

enum { EXIT_MISUSE = 3 };

struct daemon {
    struct arguments arguments;
    struct arena *arena;
    struct log log;
    struct layout layout;
    struct loop *loop;
    struct model *model;
    uint64_t stamp;
    int lock; /* descriptor of STATE/lock */
    struct helper *helper;
    bool dropped; /* the rights that a helper needs */
};

static bool print_findings(const struct daemon *daemon, const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        log_say(&daemon->log, findings->items[i].warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "%s",
                findings->items[i].text);
    return findings->errors == 0;
}

static bool read_config(struct daemon *daemon, struct error *error)
{
    struct findings findings = {0};
    daemon->stamp = config_stamp(daemon->arguments.conf);
    daemon->model = config_load(daemon->arguments.conf, &findings);
    if (daemon->model) {
        config_gaps(daemon->model, loop_wall() / 1000, true, &findings);
        config_days(daemon->model, loop_wall() / 1000, &findings);
    }
    (void)print_findings(daemon, &findings);
    if (!daemon->model)
        error_set(error, "the configuration has errors (%zu): \"%s\"", findings.errors,
                  daemon->arguments.conf);
    findings_release(&findings);
    return daemon->model != NULL;
}

/* mkdir -p, mode 0750 for what it makes. */
static bool make_folders(const char *path, struct error *error)
{
    char *part = strdupa(path);
    for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return error_set(error, "%s: \"%s\"", strerror(errno), part);
        *slash = '/';
    }
    if (mkdir(path, 0750) != 0 && errno != EEXIST)
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    return true;
}

/* One scheduler per state directory: two would page twice. The lock goes with the process, also by kill -9.
 */
static bool take_lock(struct daemon *daemon, struct error *error)
{
    const char *state = daemon->model->site.state;
    const char *path = arena_format(daemon->arena, "%s/lock", state);
    if (!make_folders(state, error))
        return false;
    daemon->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (daemon->lock < 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    if (flock(daemon->lock, LOCK_EX | LOCK_NB) != 0)
        return error_set(error, "another scheduler already runs on the state directory \"%s\"", state);
    return true;
}

static bool give_state_to(const struct daemon *daemon, uid_t user, gid_t group, struct error *error)
{
    if (chown(daemon->model->site.state, user, group) != 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), daemon->model->site.state);
    return fchown(daemon->lock, user, group) == 0 || error_set(error, "%s: the lock", strerror(errno));
}

/* The helper keeps root; the scheduler needs none of it. */
static bool drop_privileges(struct daemon *daemon, struct error *error)
{
    const char *name = daemon->model->site.user;
    if (geteuid() != 0)
        return true;
    if (!name) {
        log_say(&daemon->log, LOG_LEVEL_WARNING,
                "running as root, because watchbill.yaml names no \"user\" to become");
        return true;
    }
    uid_t user = (uid_t)-1;
    gid_t group = (gid_t)-1;
    daemon->dropped = true;
    return system_user_find(name, &user, &group, error) && give_state_to(daemon, user, group, error) &&
           system_user_become(name, error);
}

/* First of all, while we still have the rights to give. */
static bool start_helper(struct daemon *daemon, struct error *error)
{
    const char *program = arena_format(daemon->arena, "%s/watchbill-helper", daemon->layout.libexec);
    daemon->helper = helper_start(daemon->loop, program, daemon->arguments.conf, error);
    return daemon->helper != NULL;
}

/* sd_notify(3) without its library: one datagram to the socket that $NOTIFY_SOCKET names. */
static void tell_service_manager(const char *message)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    (void)sendto(descriptor, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&address, length);
    (void)close(descriptor);
}

static void stop(void *owner)
{
    loop_stop(owner);
}

static void run(struct daemon *daemon, struct engine *engine)
{
    const struct model *model = daemon->model;
    loop_on_signal(daemon->loop, SIGTERM, stop, daemon->loop);
    loop_on_signal(daemon->loop, SIGINT, stop, daemon->loop);
    log_say(&daemon->log, LOG_LEVEL_INFO, "watching %zu hosts with %zu checks; the page is at %s://%.*s:%u/",
            model_machines(model), model->binding_count, engine_is_tls(engine) ? "https" : "http",
            (int)(strrchr(model->site.listen, ':') - model->site.listen), model->site.listen,
            engine_port(engine));
    tell_service_manager("READY=1");
    loop_run(daemon->loop);
    tell_service_manager("STOPPING=1");
    log_say(&daemon->log, LOG_LEVEL_INFO, "ending");
}

static bool prepare(struct daemon *daemon, struct error *error)
{
    return read_config(daemon, error) && take_lock(daemon, error) && start_helper(daemon, error) &&
           drop_privileges(daemon, error);
}

static bool serve(struct daemon *daemon, struct error *error)
{
    struct engine *engine = NULL;
    daemon->loop = loop_create();
    if (prepare(daemon, error)) {
        struct engine_settings settings = {.conf = daemon->arguments.conf,
                                           .layout = &daemon->layout,
                                           .log = &daemon->log,
                                           .model = daemon->model,
                                           .stamp = daemon->stamp,
                                           .helper = daemon->helper,
                                           .may_start_helper = !daemon->dropped};
        engine = engine_create(daemon->loop, &settings, error);
    } else {
        helper_free(daemon->helper);
        model_free(daemon->model);
    }
    bool served = engine != NULL;
    if (served)
        run(daemon, engine);
    engine_free(engine);
    loop_free(daemon->loop);
    return served;
}

static bool parse(struct daemon *daemon, int argc, char **argv, struct error *error)
{
    struct option_set set = {options, &daemon->arguments};
    const char *conf = getenv("WATCHBILL_CONF");
    daemon->arguments.conf = conf && *conf ? conf : "/etc/watchbill";
    return option_parse(&set, 1, argc, argv, daemon->arena, NULL, error);
}

/* --help, --version and --describe: true when one of them was asked for and answered. */
static bool answer(const struct daemon *daemon)
{
    struct arguments defaults = {.conf = "/etc/watchbill"};
    struct option_set set = {options, &defaults};
    struct text text = TEXT_INIT;
    if (daemon->arguments.version) {
        text_add(&text, "watchbilld " WATCHBILL_VERSION "\n");
    } else if (daemon->arguments.help) {
        text_format(&text, "watchbilld: %s\n\nUsage: watchbilld [--conf DIR]\n\n", summary);
        option_help(&text, &set, 1);
    } else if (daemon->arguments.describe) {
        json_t *description = describe_program("watchbilld", "daemon", "watchbilld", summary, NULL);
        json_object_set_new(description, "options", describe_options(&set, 1, 1));
        char *dump = json_dumps(description, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
        text_add(&text, dump);
        free(dump);
        json_decref(description);
    }
    bool answered = text.length > 0;
    (void)fputs(text.bytes, stdout);
    text_release(&text);
    return answered;
}

int main(int argc, char **argv)
{
    struct daemon daemon = {.arena = arena_create(), .lock = -1};
    struct error error = {""};
    int code = EXIT_SUCCESS;
    core_dump_forbid();
    (void)signal(SIGPIPE, SIG_IGN);
    (void)umask(027);
    if (!parse(&daemon, argc, argv, &error)) {
        (void)fprintf(stderr, "watchbilld: %s\n", error.text);
        code = EXIT_MISUSE;
    } else if (!answer(&daemon)) {
        daemon.log.json = daemon.arguments.log_format == 1;
        if (!layout_find(&daemon.layout, daemon.arena, &error) || !serve(&daemon, &error)) {
            log_say(&daemon.log, LOG_LEVEL_ERROR, "%s", error.text);
            code = EXIT_MISUSE;
        }
    }
    arena_free(daemon.arena);
    return code;
}
