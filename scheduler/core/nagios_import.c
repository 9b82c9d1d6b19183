/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_import_parts.h"

#include "lib/mail.h"
#include "lib/number.h"
#include "lib/utf8.h"

#include <ctype.h>

enum { NAME_BYTES = 58 /* room for "_2" of 64 */ };

const char *nagios_import_name(struct arena *arena, const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    char *name = arena_text_of(arena, text, strnlen(text, NAME_BYTES));
    for (char *at = name; *at; at++)
        if (!strchr(allowed, *at))
            *at = '_';
    if (name[0] == '.' || name[0] == '\0')
        return arena_format(arena, "_%s", name);
    return name;
}

void nagios_import_quote(struct text *text, const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-";
    struct text clean = TEXT_INIT;
    utf8_add(&clean, value, strlen(value));
    if (clean.length && isalpha((unsigned char)clean.bytes[0]) &&
        strspn(clean.bytes, plain) == clean.length) {
        text_add(text, clean.bytes);
    } else {
        text_add_char(text, '"');
        for (const char *at = clean.bytes; *at; at++) {
            if (*at == '"' || *at == '\\')
                text_add_char(text, '\\');
            if (*at == '\n' || *at == '\t')
                text_add(text, *at == '\n' ? "\\n" : "\\t");
            else
                text_add_char(text, *at);
        }
        text_add_char(text, '"');
    }
    text_release(&clean);
}

/* ---- names ---- */

static void name_hosts(struct nagios_import *import)
{
    const struct nagios_index *hosts = &import->objects->hosts;
    struct names *names = names_create(import->arena);
    import->host_names = arena_get(import->arena, hosts->count + 1, sizeof *import->host_names);
    import->has_alive = arena_get(import->arena, hosts->count + 1, sizeof *import->has_alive);
    import->alive = arena_get(import->arena, hosts->count + 1, sizeof *import->alive);
    for (size_t i = 0; i < hosts->count; i++) {
        import->host_names[i] = names_take(names, nagios_import_name(import->arena, hosts->items[i].name));
        import->has_alive[i] =
            nagios_get(import->objects, hosts->items[i].definition, "check_command", NULL) != NULL;
        import->alive[i] = import->has_alive[i] ? nagios_alive : NULL;
        if (strcmp(import->host_names[i], hosts->items[i].name) != 0)
            nagios_find(import->findings, hosts->items[i].definition->place,
                        "host \"%s\" is called \"%s\" here", hosts->items[i].name, import->host_names[i]);
    }
}

/* Whether a service asks what its host's own check asks, as often, for the same people: then it is that check. */
static bool is_alive(const struct nagios_import *import, const struct nagios_check *check)
{
    static const char *const alike[] = {"check_command",      "check_interval", "retry_interval",
                                        "max_check_attempts", "contacts",       "contact_groups"};
    struct nagios_definition *host = import->objects->hosts.items[check->host].definition;
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
        const char *one = nagios_get(import->objects, host, alike[i], NULL);
        const char *other = nagios_get(import->objects, check->definition, alike[i], NULL);
        if ((one || other) && (!one || !other || strcmp(one, other) != 0))
            return false;
    }
    return nagios_get(import->objects, host, "check_command", NULL) != NULL;
}

static void find_alive(struct nagios_import *import)
{
    const struct nagios_objects *objects = import->objects;
    for (size_t i = 0; i < objects->check_count; i++) {
        size_t host = objects->checks[i].host;
        if (!import->has_alive[host] || !is_alive(import, &objects->checks[i]))
            continue;
        import->has_alive[host] = false;
        import->alive[host] = import->check_names[i];
    }
}

static void name_checks(struct nagios_import *import)
{
    const struct nagios_objects *objects = import->objects;
    struct names *names = NULL;
    import->check_names = arena_get(import->arena, objects->check_count + 1, sizeof *import->check_names);
    for (size_t i = 0; i < objects->check_count; i++) {
        if (i == 0 || objects->checks[i].host != objects->checks[i - 1].host) {
            names = names_create(import->arena);
            if (import->has_alive[objects->checks[i].host])
                (void)names_take(names, nagios_alive);
        }
        import->check_names[i] =
            names_take(names, nagios_import_name(import->arena, objects->checks[i].description));
    }
}

/* ---- hosts ---- */

struct vars {
    struct nagios_import *import;
    struct text text, tags;
    bool has_alias;
};

static void take_var(void *owner, const struct nagios_line *line)
{
    struct vars *vars = owner;
    if (line->name[0] != '_' || !line->name[1] || nagios_import_tag(line, &vars->tags))
        return;
    vars->has_alias = vars->has_alias || strcmp(line->name, "_ALIAS") == 0;
    text_add(&vars->text, vars->text.length ? ", " : "");
    nagios_import_quote(&vars->text, line->name + 1);
    text_add(&vars->text, ": ");
    nagios_import_quote(&vars->text, line->value);
}

static void write_hostgroups(const struct nagios_import *import, size_t host, struct text *tags)
{
    struct text groups = TEXT_INIT;
    for (size_t i = 0; i < import->objects->hostgroup_count; i++)
        if (import->objects->hostgroups[i].members.has[host])
            text_format(&groups, "%s%s", groups.length ? " " : "", import->objects->hostgroups[i].name);
    if (groups.length) {
        text_add(tags, tags->length ? ", hostgroups: " : "hostgroups: ");
        nagios_import_quote(tags, groups.bytes);
    }
    text_release(&groups);
}

static void write_vars(struct nagios_import *import, size_t host, struct text *text)
{
    const struct nagios_named *named = &import->objects->hosts.items[host];
    struct vars vars = {.import = import, .text = TEXT_INIT, .tags = TEXT_INIT};
    const char *alias = nagios_get(import->objects, named->definition, "alias", NULL);
    nagios_lines(import->objects, named->definition, take_var, &vars);
    bool differs = alias && strcmp(alias, named->name) != 0;
    if (!vars.has_alias && (differs || import->uses_alias)) {
        text_add(&vars.text, vars.text.length ? ", ALIAS: " : "ALIAS: ");
        nagios_import_quote(&vars.text, alias ? alias : named->name);
    }
    if (vars.text.length)
        text_format(text, ", vars: {%s}", vars.text.bytes);
    write_hostgroups(import, host, &vars.tags);
    if (vars.tags.length)
        text_format(text, ", tags: {%s}", vars.tags.bytes);
    text_release(&vars.text);
    text_release(&vars.tags);
}

static void write_parents(struct nagios_import *import, size_t host, struct text *text)
{
    struct place place;
    struct words words;
    size_t count = 0;
    nagios_split(
        import->arena,
        nagios_get(import->objects, import->objects->hosts.items[host].definition, "parents", &place),
        &words);
    for (size_t i = 0; i < words.count; i++) {
        size_t at = nagios_index_at(&import->objects->hosts, words.items[i]);
        if (at == import->objects->hosts.count) {
            nagios_find(import->findings, place, "no host \"%s\"", words.items[i]);
            continue;
        }
        text_add(text, count++ ? ", " : ", parents: [");
        nagios_import_quote(text, import->host_names[at]);
    }
    text_add(text, count ? "]" : "");
}

static void write_host(struct nagios_import *import, size_t host, struct text *text)
{
    const struct nagios_named *named = &import->objects->hosts.items[host];
    const char *address = nagios_get(import->objects, named->definition, "address", NULL);
    text_add(text, "  ");
    nagios_import_quote(text, import->host_names[host]);
    text_add(text, ": {address: ");
    nagios_import_quote(text, address ? address : named->name);
    write_parents(import, host, text);
    write_vars(import, host, text);
    if (import->alive[host]) {
        text_add(text, ", alive: ");
        nagios_import_quote(text, import->alive[host]);
    }
    text_add(text, "}\n");
}

/* ---- services: hosts with the same checks ---- */

struct class
{
    size_t host;
    const char *checks; /* the text of its checks */
};

static int compare_classes(const void *one, const void *other)
{
    const struct class *a = one, *b = other;
    int order = strcmp(a->checks, b->checks);
    return order ? order : a->host < b->host ? -1 : 1;
}

static const char *class_name(struct nagios_import *import, const struct class *classes, size_t count)
{
    const struct nagios_objects *objects = import->objects;
    for (size_t g = 0; g < objects->hostgroup_count; g++) {
        const struct nagios_group *group = &objects->hostgroups[g];
        bool same = group->members.count == count;
        for (size_t i = 0; same && i < count; i++)
            same = group->members.has[classes[i].host] != 0;
        if (same)
            return nagios_import_name(import->arena, group->name);
    }
    return import->host_names[classes[0].host];
}

static void add_file(struct nagios_import *import, struct nagios_imported *imported, const char *name,
                     const struct text *text)
{
    imported->files[imported->count++] =
        (struct nagios_import_file){name, arena_text(import->arena, text->bytes)};
}

static void write_class(struct nagios_import *import, struct nagios_imported *imported, struct names *names,
                        const struct class *classes, size_t count)
{
    struct text text = TEXT_INIT;
    const char *name = names_take(names, class_name(import, classes, count));
    text_add(&text, "service: ");
    nagios_import_quote(&text, name);
    text_add(&text, "\nhosts:\n");
    for (size_t i = 0; i < count; i++)
        write_host(import, classes[i].host, &text);
    if (*classes->checks)
        text_format(&text, "checks:\n%s", classes->checks);
    add_file(import, imported, arena_format(import->arena, "services/%s.yaml", name), &text);
    text_release(&text);
}

static void write_services(struct nagios_import *import, struct nagios_imported *imported)
{
    size_t count = import->objects->hosts.count;
    struct class *classes = arena_get(import->arena, count + 1, sizeof *classes);
    struct names *names = names_create(import->arena);
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < count; i++) {
        text_clear(&text);
        nagios_import_checks(import, i, &text);
        classes[i] = (struct class){i, arena_text(import->arena, text.bytes)};
    }
    text_release(&text);
    if (count)
        qsort(classes, count, sizeof *classes, compare_classes);
    for (size_t from = 0, until; from < count; from = until) {
        for (until = from + 1; until < count && strcmp(classes[until].checks, classes[from].checks) == 0;)
            until++;
        write_class(import, imported, names, classes + from, until - from);
    }
}

/* ---- the site and its users ---- */

static void write_site(struct nagios_import *import, const char *timezone, struct nagios_imported *imported)
{
    const struct nagios_source *source = import->objects->source;
    const char *zone = nagios_setting(source, "use_timezone", timezone);
    const char *sender = nagios_setting(source, "admin_email", "");
    const char *limit = nagios_setting(source, "service_check_timeout", "60");
    struct text text = TEXT_INIT;
    int64_t seconds;
    if (zone) {
        text_add(&text, "timezone: ");
        nagios_import_quote(&text, zone);
        text_add(&text, "\n");
    } else {
        nagios_find(import->findings, (struct place){0}, "no time zone is known: times are read in UTC");
    }
    for (size_t i = 0; i < source->resource_count; i++) {
        if (strcmp(source->resources[i].name, "$USER1$") != 0 || source->resources[i].value[0] != '/')
            continue;
        text_add(&text, "plugins: [");
        nagios_import_quote(&text, source->resources[i].value);
        text_add(&text, "]\n");
        break;
    }
    if (number_read_whole(limit, 1, 3600, &seconds))
        text_format(&text, "workers: {timeout: %llds}\n", (long long)seconds);
    text_add(&text, "mail: {from: ");
    nagios_import_quote(&text, mail_address_check(sender, NULL) ? sender : "nagios@localhost");
    text_add(&text, ", server: \"smtp://localhost:25\", tls: none}\n");
    add_file(import, imported, "watchbill.yaml", &text);
    text_release(&text);
}

static void write_users(struct nagios_import *import, const struct text *windows,
                        struct nagios_imported *imported)
{
    struct text text = TEXT_INIT;
    text_add(&text, windows->bytes);
    text_add(&text, import->user_count ? "users:\n" : "");
    for (size_t i = 0; i < import->user_count; i++) {
        text_add(&text, "  ");
        nagios_import_quote(&text, import->users[i].name);
        text_format(&text, ":\n%s", import->users[i].text);
    }
    text_add(&text, import->user_count ? "groups:\n" : "");
    for (size_t i = 0; i < import->user_count; i++) {
        struct text name = TEXT_INIT;
        nagios_import_quote(&name, import->users[i].name);
        text_format(&text, "  %s: {gaps: allowed, rota: [{users: [%s]}]}\n", name.bytes, name.bytes);
        text_release(&name);
    }
    add_file(import, imported, "users.yaml", &text);
    text_release(&text);
}

static void write_remediations(struct nagios_import *import, struct nagios_imported *imported)
{
    const char *text = nagios_import_remediations(import);
    if (text)
        imported->files[imported->count++] = (struct nagios_import_file){"remediations.yaml", text};
}

void nagios_import(struct nagios_source *source, const char *timezone, struct nagios_imported *imported)
{
    struct nagios_import import = {
        .objects = nagios_objects_make(source), .arena = source->arena, .findings = source->findings};
    struct text windows = TEXT_INIT;
    double seconds;
    bool given = number_read(nagios_setting(source, "interval_length", "60"), false, &seconds);
    import.unit = given && seconds > 0 && seconds < 1e6 ? seconds * 1000 : 60000;
    import.has_main = source->setting_count > 0;
    import.flapping = strcmp(nagios_setting(source, "enable_flap_detection", "0"), "0") != 0;
    import.user_names = names_create(source->arena);
    *imported = (struct nagios_imported){
        .files = arena_get(source->arena, import.objects->hosts.count + 3, sizeof *imported->files)};
    name_hosts(&import);
    name_checks(&import);
    find_alive(&import);
    nagios_import_windows(&import, &windows);
    nagios_import_people(&import);
    nagios_import_links(&import);
    nagios_import_escalations(&import);
    write_site(&import, timezone, imported);
    write_services(&import, imported);
    write_users(&import, &windows, imported);
    write_remediations(&import, imported);
    nagios_import_escalations_end(&import);
    nagios_import_rest(&import);
    imported->hosts = import.objects->hosts.count;
    imported->checks = import.objects->check_count;
    imported->users = import.user_count;
    text_release(&windows);
}
