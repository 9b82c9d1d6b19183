/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/listen_address.h"
#include "lib/number.h"
#include "scheduler/io/config_parts.h"

static const char *const tls_names[] = {"required", "none", NULL};

static bool is_loopback(const char *server)
{
    return strncmp(server, "127.", 4) == 0 || strncmp(server, "localhost:", 10) == 0 ||
           strncmp(server, "[::1]:", 6) == 0;
}

/* "smtp://HOST:PORT" to "HOST:PORT". */
static void read_server(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    static const char scheme[] = "smtp://";
    const char *url = NULL;
    config_read_word(loader, row, node, &url);
    if (!url)
        return;
    const char *server = url + sizeof scheme - 1;
    const char *colon = strrchr(url, ':');
    if (strncmp(url, scheme, sizeof scheme - 1) != 0 || server[0] == '\0' || strchr(server, '/')) {
        findings_error(loader->draft, node->place, "\"%s\" must be smtp://HOST:PORT: \"%s\"", row->key, url);
        return;
    }
    const struct config_row port = {.key = "port", .low = 1, .high = 65535};
    if (colon > server && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
        struct node text = {.kind = NODE_TEXT, .place = node->place, .text = colon + 1};
        int number = 0;
        config_read_count(loader, &port, &text, &number);
        *(const char **)target = server;
    } else {
        *(const char **)target = arena_format(loader->arena, "%s:25", server);
    }
}

static void read_tls(struct config_loader *loader, const struct config_row *row, const struct node *node,
                     void *target)
{
    unsigned choice = 0;
    config_read_choice(loader, row, node, &choice);
    *(bool *)target = choice == 0;
}

static const struct config_row mail_rows[] = {
    {"from", CONFIG_ADDRESS(struct mail_settings, from), .required = true, .help = "the sender's address"},
    {"spool", CONFIG_PATH(struct mail_settings, spool),
     .help = "a directory that takes one file a message, instead of a server"},
    {"server", CONFIG_MEMBER(read_server, "URL", const char *, struct mail_settings, server),
     .help = "smtp://HOST:PORT; the port is 25 when none is given"},
    {"tls", CONFIG_MEMBER(read_tls, "choice", bool, struct mail_settings, tls_required),
     .standard = "required", .choices = tls_names,
     .help = "STARTTLS with a verified certificate; none is for loopback only"},
    {"ca_file", CONFIG_PATH(struct mail_settings, ca_file),
     .help = "certificates that are trusted instead of the system's"},
    {"user", CONFIG_TEXT(struct mail_settings, user), .help = "who authenticates to the server"},
    {"password_file", CONFIG_PATH(struct mail_settings, password_file), .help = "holds that user's password"},
    {0},
};

static void read_mail(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    struct mail_settings *mail = target;
    config_rows_read(loader, row->rows, node, node->place, mail);
    if (mail->spool && mail->server)
        findings_error(loader->draft, node->place, "\"spool\" and \"server\" exclude each other");
    else if (mail->from && !mail->spool && !mail->server && node->kind == NODE_MAP &&
             !config_document_find(node, "server") && !config_document_find(node, "spool"))
        findings_error(loader->draft, node->place, "\"server\" or \"spool\" is missing");
    if (mail->server && !mail->tls_required && !is_loopback(mail->server))
        findings_error(loader->draft, node->place, "\"tls: none\" is for a server on loopback only: \"%s\"",
                       mail->server);
    if (mail->user && !mail->password_file)
        findings_error(loader->draft, node->place, "\"user\" needs \"password_file\"");
}

static const struct config_row worker_rows[] = {
    {"runners", CONFIG_WHOLE(struct site, runners), .standard = "2", .low = 1, .high = 64,
     .help = "processes that start checks"},
    {"warm", CONFIG_WHOLE(struct site, warm), .standard = "8", .low = 0, .high = 1024,
     .help = "at most so many processes that run our own checks without starting a program"},
    {"timeout", CONFIG_DURATION(struct site, worker_timeout), .standard = "10s", .low = 100, .high = 3600000,
     .help = "how long a check may take that says nothing itself"},
    {0},
};

static void read_listen(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    const char *text = NULL;
    union listen_address address;
    struct error error = {""};
    config_read_word(loader, row, node, &text);
    if (text && !listen_address_read(text, &address, &error))
        findings_error(loader->draft, node->place, "\"%s\": %s", row->key, error.text);
    else if (text)
        *(const char **)target = text;
}

/* What leaves this machine is encrypted, and only whoever has a token is answered. */
static void check_listen(struct config_loader *loader, const struct node *root)
{
    const struct site *site = &loader->model->site;
    const struct entry *entry = root->kind == NODE_MAP ? config_document_find(root, "listen") : NULL;
    const struct place place = entry ? entry->value->place : root->place;
    union listen_address address;
    struct error error = {""};
    if (!entry || !site->listen || !listen_address_read(site->listen, &address, &error) ||
        listen_address_is_loopback(&address))
        return;
    if (!config_document_find(root, "tls"))
        findings_error(loader->draft, place,
                       "\"listen\" is not on loopback: add \"tls: {certificate: FILE, key: FILE}\": \"%s\"",
                       site->listen);
    if (!config_document_find(root, "tokens_file"))
        findings_warning(loader->draft, place,
                         "\"listen\" is not on loopback, where every request needs a token: without "
                         "\"tokens_file\" only signed links are answered");
}

static const struct config_row journal_rows[] = {
    {"keep", CONFIG_DURATION(struct site, journal_keep), .standard = "90d", .low = 3600000,
     .help = "how long events, decisions, sent alerts and the history for replays are kept"},
    {0},
};

static const struct config_row alerting_rows[] = {
    {"hold", CONFIG_DURATION(struct site, alerting.hold), .standard = "30s", .high = 3600000,
     .help = "what a check depends on, or is inhibited by, is checked at once before the check is told; how "
             "long to wait for "
             "that"},
    {"grace", CONFIG_DURATION(struct site, alerting.grace), .standard = "2m", .high = 86400000,
     .help = "after a start or a reload, how long to wait for a first result before a problem is told"},
    {"storm", CONFIG_MEMBER(config_read_max, "N per DURATION", struct max, struct site, alerting.storm),
     .without = "no limit", .help = "messages to one contact, beyond which one summary is sent: 10 per 10m"},
    {"downtime_max", CONFIG_DURATION(struct site, alerting.downtime_max), .standard = "1y", .low = 60000,
     .help = "the longest downtime that anybody may make"},
    {"silence_max", CONFIG_DURATION(struct site, alerting.silence_max), .standard = "30d", .low = 60000,
     .help = "the longest silence that anybody may make"},
    {0},
};

static void read_statsd_address(struct config_loader *loader, const struct config_row *row,
                                const struct node *node, void *target)
{
    const char *text = NULL;
    config_read_word(loader, row, node, &text);
    const char *colon = text ? strrchr(text, ':') : NULL;
    int64_t port;
    /* A name would have to be looked up, which can take long. */
    bool numeric = colon && strspn(text, "0123456789abcdefABCDEF.:[]") == strlen(text) &&
                   number_read_whole(colon + 1, 1, 65535, &port);
    if (text && !numeric)
        findings_error(loader->draft, node->place,
                       "\"%s\" must be ADDRESS:PORT, such as 127.0.0.1:8125: \"%s\"", row->key, text);
    else
        *(const char **)target = text;
}

static const struct config_row tls_rows[] = {
    {"certificate", CONFIG_PATH(struct tls_files, certificate), .required = true,
     .help = "PEM, with the certificates that lead to its authority behind it"},
    {"key", CONFIG_SECRET(struct tls_files, key), .required = true,
     .help = "its key, PEM, not encrypted; \"user\" must be able to read it, and not everyone"},
    {0},
};

static const struct config_row statsd_rows[] = {
    {"address", CONFIG_MEMBER(read_statsd_address, "ADDRESS:PORT", const char *, struct site, statsd_address),
     .required = true, .help = "where counters go by UDP"},
    {"prefix", CONFIG_NAME(struct site, statsd_prefix), .standard = "watchbill",
     .help = "the first part of their names"},
    {0},
};

static const struct config_row deadman_rows[] = {
    {"url", CONFIG_URL(struct deadman, url), .required = true, .help = "what is asked for with each ping"},
    {"every", CONFIG_DURATION(struct deadman, every), .standard = "60s", .low = 1000, .high = 86400000,
     .help = "how often"},
    {"token_file", CONFIG_PATH(struct deadman, token_file), .help = "holds a bearer token"},
    {0},
};

/* A map that is nothing when it is absent. */
static void read_part(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    config_rows_read(loader, row->rows, node, node->place, target);
}

/* Where `make install` puts them. */
#define OURS WATCHBILL_PREFIX "/lib/watchbill"

const struct config_row config_site_rows[] = {
    {"state", CONFIG_PATH(struct site, state), .standard = "/var/lib/watchbill",
     .help = "the directory of all that the scheduler keeps"},
    {"listen", CONFIG_MEMBER(read_listen, "ADDRESS:PORT", const char *, struct site, listen),
     .standard = "127.0.0.1:8642",
     .help =
         "where the page and the API are served; port 0 is any free one. When it is not on loopback, \"tls\" "
         "is "
         "required, and every request needs a token of \"tokens_file\", as \"Authorization: Bearer\" or, to "
         "look only, as the password of HTTP Basic with any user name; signed links and the webhooks of "
         "trackers need none"},
    {"tls", CONFIG_MEMBER(read_part, "map", struct tls_files, struct site, tls), .rows = tls_rows,
     .without = "plain HTTP",
     .help = "the page and the API are served with TLS 1.2 or 1.3; changed files are noticed and taken up "
             "without a "
             "restart"},
    {"url", CONFIG_URL(struct site, url), .help = "the public base of links in alerts"},
    {"tokens_file", CONFIG_SECRET(struct site, tokens_file), .without = "nothing can be changed over HTTP",
     .help = "a name and a bearer token on each line, for programs that POST, and for all who ask when "
             "\"listen\" is "
             "not on loopback; not readable by others"},
    {"statsd", CONFIG_BY(read_part, "map"), .rows = statsd_rows,
     .help = "counts alerts as PREFIX.alerts.HOST.CHECK.STATE.CONTACT"},
    {"deadman", CONFIG_MEMBER(read_part, "map", struct deadman, struct site, deadman), .rows = deadman_rows,
     .help = "a signal that is sent while the scheduler works, so that its silence is noticed elsewhere"},
    {"user", CONFIG_WORD(struct site, user), .help = "whom a scheduler that is started as root becomes"},
    {"timezone", CONFIG_ZONE(struct site, timezone), .standard = "UTC",
     .help = "the zone of windows that have no other"},
    {"plugins", CONFIG_PATHS(struct site, plugins),
     .standard = "[" OURS "/checks, " OURS "/collectors, /usr/lib/nagios/plugins]",
     .help = "directories in which the programs of commands are sought, in order"},
    {"workers", CONFIG_MAP(worker_rows), .help = "the processes that run checks"},
    {"mail", CONFIG_MEMBER(read_mail, "map", struct mail_settings, struct site, mail), .rows = mail_rows,
     .help = "how mail is sent"},
    {"alerting", CONFIG_MAP(alerting_rows), .help = "what holds for all alerts"},
    {"inhibit", CONFIG_BY(config_calm_inhibit, "list of maps"), .rows = config_calm_inhibit_rows,
     .shape = CONFIG_LISTED, .help = "problems that explain others, of which nobody is told then"},
    {"downtimes", CONFIG_BY(config_calm_downtimes, "list of maps"), .rows = config_calm_downtime_rows,
     .shape = CONFIG_LISTED, .help = "downtimes that come again"},
    {"journal", CONFIG_MAP(journal_rows), .help = "what is kept of the past"},
    {"rrd", CONFIG_BY(config_rrd_read, "map"), .rows = config_rrd_rows, .help = "what is kept of metrics"},
    {0},
};

void config_site_read(struct config_loader *loader, const struct node *root)
{
    struct site *site = &loader->model->site;
    config_rows_read(loader, config_site_rows, root, root->place, site);
    check_listen(loader, root);
    config_rrd_finish(loader);
}
