/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/haproxy_admin.h"

#include "collectors/file.h"
#include "collectors/haproxy.h"
#include "lib/number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { DIAGNOSE_MS = 3000, NAMES_MAX = 128, WORDS_MAX = 64, WEIGHT_MAX = 256 };

static size_t backend_length(const char *server)
{
    return strcspn(server, "/");
}

static bool is_named(const char *server, const char *backend, const char *name)
{
    size_t length = backend_length(server);
    return strlen(backend) == length && strncmp(backend, server, length) == 0 &&
           strcmp(name, server + length + 1) == 0;
}

bool haproxy_admin_check(const char *server, struct error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    size_t backend = strspn(server, allowed);
    if (backend == 0 || server[backend] != '/' || server[backend + 1] == '\0' || strlen(server) > NAMES_MAX ||
        strspn(server + backend + 1, allowed) != strlen(server + backend + 1))
        return error_set(error, "not a BACKEND/SERVER: \"%.200s\"", server);
    return true;
}

/* The whole answer to one command, which ends with "\n". */
static bool ask(const char *socket, const char *command, const struct act_run *run, struct text *answer,
                struct error *error)
{
    return file_ask(socket, command, answer, run->deadline, error) == SOURCE_READ;
}

bool haproxy_admin_tell(const char *socket, const char *command, const struct act_run *run,
                        struct error *error)
{
    struct text answer = TEXT_INIT;
    bool ok = ask(socket, command, run, &answer, error);
    size_t blank = strspn(answer.bytes, " \r\n");
    if (ok && answer.bytes[blank])
        ok = error_set(error, "\"%s\" says \"%.*s\"", socket, (int)strcspn(answer.bytes + blank, "\r\n"),
                       answer.bytes + blank);
    text_release(&answer);
    return ok;
}

/* ---- show servers state ---- */

enum column { BACKEND, SERVER, ADMIN, WEIGHT, WEIGHS, COLUMNS };

static size_t split(char *line, char *words[static WORDS_MAX])
{
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line, " ", &rest); word && count < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    return count;
}

/* "# be_id be_name srv_id srv_name ...": false when a column is missing. */
static bool read_header(char *line, size_t columns[static COLUMNS])
{
    static const char *const names[COLUMNS] = {"be_name", "srv_name", "srv_admin_state", "srv_iweight",
                                               "srv_uweight"};
    char *words[WORDS_MAX];
    size_t count = split(line, words), found = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        for (size_t word = 0; word < count; word++)
            if (strcmp(words[word], names[i]) == 0) {
                columns[i] = word;
                found++;
                break;
            }
    return found == COLUMNS;
}

static bool read_row(char *line, const size_t columns[static COLUMNS], const char *server,
                     struct haproxy_standing *standing)
{
    char *words[WORDS_MAX];
    size_t count = split(line, words);
    int64_t admin;
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i] >= count)
            return false;
    if (!is_named(server, words[columns[BACKEND]], words[columns[SERVER]]) ||
        !number_read_whole(words[columns[ADMIN]], 0, 0xffff, &admin) ||
        !number_read_whole(words[columns[WEIGHT]], 0, WEIGHT_MAX, &standing->weight) ||
        !number_read_whole(words[columns[WEIGHS]], 0, WEIGHT_MAX, &standing->weighs))
        return false;
    standing->admin = (unsigned)admin;
    return true;
}

bool haproxy_admin_parse(char *answer, const char *server, struct haproxy_standing *standing)
{
    size_t columns[COLUMNS];
    bool headed = false;
    char *rest = NULL;
    for (char *line = strtok_r(answer, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        if (line[0] == '#')
            headed = read_header(line + 1, columns);
        else if (headed && read_row(line, columns, server, standing))
            return true;
    }
    return false;
}

static bool not_there(const struct haproxy_server_name *name, struct error *error)
{
    return error_set(error, "no server \"%s\" at \"%s\"", name->server, name->socket);
}

static bool read_state(const struct haproxy_server_name *name, const struct act_run *run,
                       struct haproxy_standing *standing, struct error *error)
{
    struct text answer = TEXT_INIT;
    struct text command = TEXT_INIT;
    text_format(&command, "show servers state %.*s\n", (int)backend_length(name->server), name->server);
    bool ok = ask(name->socket, command.bytes, run, &answer, error);
    if (ok && !haproxy_admin_parse(answer.bytes, name->server, standing))
        ok = not_there(name, error);
    text_release(&command);
    text_release(&answer);
    return ok;
}

bool haproxy_admin_read(const struct haproxy_server_name *name, const struct act_run *run,
                        struct haproxy_standing *standing, struct error *error)
{
    const struct haproxy_source source = {.socket = name->socket, .deadline = run->deadline};
    struct haproxy_table table;
    double seconds;
    bool found = false;
    *standing = (struct haproxy_standing){.status = ""};
    if (!read_state(name, run, standing, error) ||
        haproxy_read(&source, run->arena, &table, &seconds, error) != SOURCE_READ)
        return false;
    for (size_t i = 0; i < table.count; i++) {
        const struct haproxy_row *row = &table.rows[i];
        size_t length = backend_length(name->server);
        if (row->type != HAPROXY_SERVER || strlen(row->proxy) != length ||
            strncmp(row->proxy, name->server, length) != 0)
            continue;
        if (!is_named(name->server, row->proxy, row->server)) {
            standing->others += haproxy_is_usable(row) && row->numbers[HAPROXY_WEIGHT] > 0;
            continue;
        }
        standing->status = row->status_text;
        standing->usable = haproxy_is_usable(row);
        found = true;
    }
    return found || not_there(name, error);
}

static bool write_whole(const char *path, const struct text *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && write(fd, bytes->bytes, bytes->length) == (ssize_t)bytes->length && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok;
}

bool haproxy_admin_save(const char *socket, const char *path, const struct act_run *run, struct error *error)
{
    struct text answer = TEXT_INIT;
    const char *fresh = arena_format(run->arena, "%s.new", path);
    bool ok = ask(socket, "show servers state\n", run, &answer, error);
    if (ok && !strstr(answer.bytes, "srv_admin_state"))
        ok = error_set(error, "\"%s\" does not tell how its servers stand", socket);
    else if (ok && (!write_whole(fresh, &answer) || rename(fresh, path) != 0))
        ok = error_set(error, "%s: the server-state-file \"%s\"", strerror(errno), path);
    if (!ok)
        (void)unlink(fresh);
    text_release(&answer);
    return ok;
}

bool haproxy_admin_diagnose(const char *socket, const struct act_run *run, struct bundle *bundle,
                            struct error *error)
{
    static const struct {
        const char *name, *command;
    } parts[] = {{"haproxy-info", "show info\n"},
                 {"haproxy-stat", "show stat\n"},
                 {"haproxy-servers", "show servers state\n"}};
    const struct act_run brief = act_brief(run, DIAGNOSE_MS);
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof parts / sizeof parts[0]; i++) {
        struct text answer = TEXT_INIT;
        ok = ask(socket, parts[i].command, &brief, &answer, error) &&
             bundle_add_text(bundle, parts[i].name, answer.bytes, answer.length);
        text_release(&answer);
    }
    return ok;
}
