/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP: does the page answer as it should, how fast, and how long is its certificate good? */
#include "collectors/choice.h"
#include "collectors/file.h"
#include "collectors/http.h"
#include "collectors/http_status.h"
#include "collectors/jsonpath.h"
#include "lib/check.h"
#include "lib/number.h"

#include <math.h>
#include <regex.h>
#include <strings.h>

struct args {
    const char *url, *uri, *connect_to, *socket, *status;
    const char *string, *regex, *method, *data, *user, *password, *password_file, *ca_file;
    struct option_list json, headers, send;
    int64_t follow, cap;
    bool tls, insecure;
};

static const struct args defaults = {.uri = "/", .cap = HTTP_BODY_CAP};

static const struct option_row options[] = {
    {"url", 'u', TEXT(struct args, url), .value = "URL", .help = "The page: http or https."},
    {"uri", 0, TEXT(struct args, uri), .value = "PATH", .help = "With -H: the page on that host."},
    {"tls", 'S', FLAG(struct args, tls), .help = "With -H: use https.", .alias = "ssl"},
    {"connect-to", 'I', TEXT(struct args, connect_to), .value = "ADDRESS[:PORT]",
     .help = "Connect to this address; the name of the URL is still asked for and verified."},
    {"socket", 0, TEXT(struct args, socket), .value = "PATH", .help = "Connect to this UNIX socket."},
    {"status", 'e', TEXT(struct args, status), .value = "LIST", .alias = "expect",
     .help = "The statuses that are right, such as \"200,301-302\". Unless given: 200 to 399."},
    {"follow", 'f', WHOLE(struct args, follow), .value = "COUNT", .high = 50,
     .help = "Follow so many redirects at most, to http and https alone."},
    {"string", 's', TEXT(struct args, string), .value = "TEXT",
     .help = "CRITICAL unless the body holds this."},
    {"regex", 'r', TEXT(struct args, regex), .value = "REGEX",
     .help = "CRITICAL unless the body matches this extended expression."},
    {"json", 0, LIST(struct args, json), .value = "PATH[=VALUE]",
     .help = "CRITICAL unless the body is JSON with this member (\"nodes.0.name=a\")."},
    {"header", 'd', LIST(struct args, headers), .value = "NAME[:TEXT]",
     .help = "CRITICAL unless the answer has this header, holding the text."},
    {"send-header", 'k', LIST(struct args, send), .value = "LINE",
     .help = "Send this header (\"Name: value\")."},
    {"method", 'j', TEXT(struct args, method), .value = "METHOD",
     .help = "Instead of GET, or POST with --data."},
    {"data", 0, TEXT(struct args, data), .value = "TEXT", .help = "Send this as the body."},
    {"user", 'U', TEXT(struct args, user), .value = "NAME", .alias = "username",
     .help = "Basic authentication."},
    {"password", 'P', SECRET(struct args, password), .value = "TEXT",
     .help = "Its password; it is wiped from the command line at once."},
    {"password-file", 0, TEXT(struct args, password_file), .value = "PATH",
     .help = "The password is the first line of this file."},
    {"ca", 0, TEXT(struct args, ca_file), .value = "PATH",
     .help = "Trust the certificates of this file alone."},
    {"insecure", 0, FLAG(struct args, insecure), .help = "Verify neither the certificate nor its name."},
    {"body-cap", 0, WHOLE(struct args, cap), .value = "BYTES", .low = 1, .high = 1 << 30,
     .help = "A body that is larger is not read to its end and makes the answer UNKNOWN."},
    {0},
};

enum metric { TIME, DNS, CONNECT, TLS_TIME, FIRST_BYTE, SIZE, CERTIFICATE };

static const struct metric_row metrics[] = {
    [TIME] = {"time", "time of the whole request", "s", .has_min = true},
    [DNS] = {"dns", "looking up the name", "s", .has_min = true},
    [CONNECT] = {"connect", "connecting", "s", .has_min = true},
    [TLS_TIME] = {"tls", "negotiating TLS", "s", .has_min = true},
    [FIRST_BYTE] = {"first_byte", "from the question to the first byte of the answer", "s", .has_min = true},
    [SIZE] = {"size", "bytes of the body", "B", .has_min = true, .graph = "size"},
    [CERTIFICATE] = {"cert_days", "days until the certificate ends", "d", .graph = "certificate"},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (args->status && !http_status_list_check(args->status))
        return error_set(error, "--status: not a list such as 200,301-302: \"%s\"", args->status);
    if (!choice_expression("--regex", args->regex, error))
        return false;
    if (args->url && strncasecmp(args->url, "http://", 7) != 0 && strncasecmp(args->url, "https://", 8) != 0)
        return error_set(error, "--url: neither http:// nor https://: \"%s\"", args->url);
    if (args->password && args->password_file)
        return error_set(error, "give one of --password and --password-file");
    if (args->url && (run->host || run->port || args->tls))
        return error_set(error, "--url stands for itself: leave out --hostname, --port and --tls");
    return args->url || run->host || error_set(error, "give --url, or --hostname");
}

static const char *make_url(const struct args *args, const struct run *run)
{
    if (args->url)
        return args->url;
    bool bare = strchr(run->host, ':') && run->host[0] != '[';
    const char *port = run->port ? arena_format(run->arena, ":%lld", (long long)run->port) : "";
    return arena_format(run->arena, "%s://%s%s%s%s%s%s", args->tls ? "https" : "http", bare ? "[" : "",
                        run->host, bare ? "]" : "", port, *args->uri == '/' ? "" : "/", args->uri);
}

static void report_measures(struct report *report, const struct http_response *response)
{
    const struct http_times *times = &response->times;
    const double values[] = {[TIME] = times->total,
                             [DNS] = times->dns,
                             [CONNECT] = times->connect,
                             [TLS_TIME] = times->tls,
                             [FIRST_BYTE] = times->first_byte};
    struct timespec now;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!isnan(values[i]))
            report_value(report, i, NULL, number_round(values[i], 6));
    report_value(report, SIZE, NULL, (double)response->body.length);
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (response->certificate_end) {
        double days = (double)(response->certificate_end - now.tv_sec) / 86400;
        report_value(report, CERTIFICATE, NULL, floor(days * 100) / 100);
    }
}

/* 401, 403 and 404 say that the question is wrong, not the service; the established plugins warn of the rest. */
static enum verdict unexpected(const struct args *args, int status)
{
    if (status >= 500)
        return VERDICT_CRITICAL;
    if (status == 401 || status == 403 || status == 404)
        return VERDICT_UNKNOWN;
    return args->status ? VERDICT_CRITICAL : VERDICT_WARNING;
}

static void judge_body(const struct args *args, const struct text *body, struct report *report)
{
    regex_t regex;
    if (args->string && !memmem(body->bytes, body->length, args->string, strlen(args->string)))
        report_verdict(report, VERDICT_CRITICAL, "\"%s\" is not in the body", args->string);
    if (args->regex && regcomp(&regex, args->regex, REG_EXTENDED | REG_NEWLINE) == 0) {
        regmatch_t all = {.rm_so = 0, .rm_eo = (regoff_t)body->length};
        if (regexec(&regex, body->bytes, 1, &all, REG_STARTEND) != 0)
            report_verdict(report, VERDICT_CRITICAL, "the body does not match \"%s\"", args->regex);
        regfree(&regex);
    }
}

static bool is_equal(const char *found, const char *wanted)
{
    double a, b;
    return strcmp(found, wanted) == 0 ||
           (number_read(found, true, &a) && number_read(wanted, true, &b) && !(a < b) && !(a > b));
}

static void judge_json(const char *rule, const struct text *body, struct run *run, struct report *report)
{
    struct text value = TEXT_INIT;
    struct error error;
    const char *equals = strchr(rule, '=');
    const char *path = equals ? arena_text_of(run->arena, rule, (size_t)(equals - rule)) : rule;
    enum jsonpath_end end = jsonpath_find(body->bytes, body->length, path, &value, &error);
    if (end == JSONPATH_NO_JSON)
        report_verdict(report, VERDICT_UNKNOWN, "the body is %s", error.text);
    else if (end == JSONPATH_MISSING)
        report_verdict(report, VERDICT_CRITICAL, "the body has %s", error.text);
    else if (equals && !is_equal(value.bytes, equals + 1))
        report_verdict(report, VERDICT_CRITICAL, "\"%s\" is \"%.100s\", not \"%s\"", path, value.bytes,
                       equals + 1);
    text_release(&value);
}

static void judge_header(const char *rule, const struct http_response *response, struct run *run,
                         struct report *report)
{
    struct text value = TEXT_INIT;
    const char *colon = strchr(rule, ':');
    const char *name = colon ? arena_text_of(run->arena, rule, (size_t)(colon - rule)) : rule;
    const char *wanted = colon ? colon + 1 + strspn(colon + 1, " ") : "";
    if (!http_header(response, name, &value))
        report_verdict(report, VERDICT_CRITICAL, "there is no header \"%s\"", name);
    else if (!strstr(value.bytes, wanted))
        report_verdict(report, VERDICT_CRITICAL, "header \"%s\" is \"%.100s\", without \"%s\"", name,
                       value.bytes, wanted);
    text_release(&value);
}

static void report_answer(const struct http_response *response, struct report *report)
{
    report_text(report, "%d %s, %zu bytes in %.3f s", response->status, http_status_name(response->status),
                response->body.length, response->times.total);
    report_detail(report, "\"%s\" by HTTP/%d.%d after %lld redirects", response->url, response->version / 10,
                  response->version % 10, (long long)response->redirects);
}

static bool is_expected(const struct args *args, int status)
{
    return args->status ? http_status_listed(args->status, status) : status >= 200 && status < 400;
}

static void judge_answer(const struct args *args, const struct http_response *response, struct run *run,
                         struct report *report)
{
    if (!is_expected(args, response->status)) {
        report_verdict(report, unexpected(args, response->status), "status %d %s from \"%s\"",
                       response->status, http_status_name(response->status), response->url);
        return;
    }
    report_answer(response, report);
    judge_body(args, &response->body, report);
    for (size_t i = 0; i < args->json.count; i++)
        judge_json(args->json.items[i], &response->body, run, report);
    for (size_t i = 0; i < args->headers.count; i++)
        judge_header(args->headers.items[i], response, run, report);
}

/* "ADDRESS:" keeps the port of the URL; an IPv6 address stands in brackets. */
static const char *with_port(const char *address, const struct run *run)
{
    const char *colon = strrchr(address, ':');
    if (colon && !strchr(colon, ']'))
        return address;
    return arena_format(run->arena, "%s:", address);
}

static void fill_request(struct http_request *request, const struct args *args, const struct run *run)
{
    *request = (struct http_request){.url = make_url(args, run),
                                     .method = args->method,
                                     .body = args->data,
                                     .headers = args->send.items,
                                     .header_count = args->send.count,
                                     .user = args->user,
                                     .password = args->password,
                                     .socket = args->socket,
                                     .ca_file = args->ca_file,
                                     .insecure = args->insecure,
                                     .family = run->family,
                                     .follow = args->follow,
                                     .deadline = run->deadline,
                                     .body_cap = (size_t)args->cap};
    if (args->connect_to)
        request->connect_to = with_port(args->connect_to, run);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct text secret = TEXT_INIT, shown = TEXT_INIT;
    struct http_request request;
    struct http_response response;
    struct error error;
    int64_t limit = run_remaining(run);
    fill_request(&request, args, run);
    if (args->password_file && !file_first_line(args->password_file, &secret, &error)) {
        text_release(&secret);
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    }
    if (args->password_file)
        request.password = secret.bytes;
    http_shown_url(request.url, &shown);
    run_stage(run, "fetching \"%s\"", shown.bytes);
    enum source_end end = http_fetch(&request, &response, &error);
    if (end == SOURCE_READ) {
        report_measures(report, &response);
        judge_answer(args, &response, run, report);
    } else {
        (void)source_failed(report, end, &error, limit);
    }
    http_release(&response);
    text_release(&shown);
    text_release(&secret);
    return end == SOURCE_READ;
}

const struct check check_http = {
    .name = "http",
    .title = "HTTP",
    .summary = "status, time by phase, body, headers and certificate of a page",
    .notes =
        "A refused connection, a name that does not exist, a certificate that does not verify and a status "
        "of 500 and above are CRITICAL. 401, 403 and 404 are UNKNOWN: the question cannot be answered. Any "
        "other unexpected status is WARNING, or CRITICAL where --status names what is right.\n"
        "Redirects are answers of their own unless --follow is given. Proxy variables of the environment "
        "are ignored.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};
