/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The effective configuration in the order of the tables: what is written with its place, what is not with its
 * default. What is shown can be read again. */
#include "scheduler/io/config_merge.h"
#include "scheduler/io/config_parts.h"

struct show {
    struct text *out;
    struct config_loader *loader;
    const struct config_documents *documents;
    const char *object;
    bool found;
};

/* Quotes where YAML would read something else, or nothing, out of the text. */
static void write_text(struct text *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+@-";
    if (text[0] && text[0] != '-' && text[0] != '@' && strspn(text, plain) == strlen(text)) {
        text_add(out, text);
        return;
    }
    text_add_char(out, '"');
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            text_format(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ' || *text == 0x7f)
            text_format(out, "\\x%02x", (unsigned)(unsigned char)*text);
        else
            text_add_char(out, *text);
    text_add_char(out, '"');
}

static void indent(const struct show *show, int depth)
{
    for (int i = 0; i < depth; i++)
        text_add(show->out, "  ");
}

static void write_origin(const struct show *show, struct place place)
{
    text_format(show->out, "  # %s:%u:%u\n", place.file, place.line, place.column);
}

static void write_children(const struct show *show, const struct node *node, int depth);

/* The value behind "KEY:" or "-", to the end of its last line. */
static void write_value(const struct show *show, const struct node *node, int depth)
{
    if (node->kind == NODE_TEXT) {
        text_add_char(show->out, ' ');
        write_text(show->out, node->text);
        write_origin(show, node->place);
    } else if (node->count == 0) {
        text_add(show->out, node->kind == NODE_LIST ? " []" : " {}");
        write_origin(show, node->place);
    } else {
        text_add_char(show->out, '\n');
        write_children(show, node, depth);
    }
}

static void write_key(const struct show *show, const char *key, int depth)
{
    indent(show, depth);
    write_text(show->out, key);
    text_add_char(show->out, ':');
}

static void write_children(const struct show *show, const struct node *node, int depth)
{
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAP) {
            write_key(show, node->entries[i].name, depth);
        } else {
            indent(show, depth);
            text_add_char(show->out, '-');
        }
        write_value(show, node->entries[i].value, depth + 1);
    }
}

static const struct node empty_map = {.kind = NODE_MAP};

static void show_rows(const struct show *show, const struct config_row *rows, const struct node *map,
                      int depth);

static void show_named(const struct show *show, const struct config_row *row, const struct node *node,
                       int depth)
{
    const struct node *map = node->kind == NODE_MAP
                                 ? config_merge_siblings(node, show->loader->scratch, show->loader->draft)
                                 : &empty_map;
    text_add(show->out, map->count ? "\n" : " {}\n");
    for (size_t i = 0; i < map->count; i++) {
        write_key(show, map->entries[i].name, depth);
        text_add_char(show->out, '\n');
        show_rows(show, row->rows, map->entries[i].value, depth + 1);
    }
}

static void show_listed(const struct show *show, const struct config_row *row, const struct node *node,
                        int depth)
{
    text_add(show->out, node->count ? "\n" : " []\n");
    for (size_t i = 0; i < node->count; i++) {
        const struct node *item = node->entries[i].value;
        indent(show, depth);
        text_add_char(show->out, '-');
        if (item->kind == NODE_MAP) {
            text_add_char(show->out, '\n');
            show_rows(show, row->rows, item, depth + 1);
        } else {
            write_value(show, item, depth + 1);
        }
    }
}

static void show_given(const struct show *show, const struct config_row *row, const struct node *node,
                       int depth)
{
    write_key(show, row->key, depth);
    if (row->rows && row->shape == CONFIG_NAMED) {
        show_named(show, row, node, depth + 1);
    } else if (row->rows && row->shape == CONFIG_LISTED) {
        show_listed(show, row, node, depth + 1);
    } else if (row->rows && node->kind == NODE_MAP) {
        text_add_char(show->out, '\n');
        show_rows(show, row->rows, node, depth + 1);
    } else {
        write_value(show, node, depth + 1);
    }
}

static bool has_standard(const struct config_row *rows)
{
    for (; rows->key; rows++)
        if (rows->standard)
            return true;
    return false;
}

/* "[a, b]" in the form in which a list that is written is shown. */
static void show_standard_list(const struct show *show, const struct config_row *row, int depth)
{
    write_key(show, row->key, depth);
    text_add_char(show->out, '\n');
    for (const char *at = row->standard + 1; *at && *at != ']'; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ",]");
        indent(show, depth + 1);
        text_format(show->out, "- %.*s  # default\n", (int)length, at);
        at += length;
    }
}

static void show_absent(const struct show *show, const struct config_row *row, int depth)
{
    if (row->standard && row->standard[0] == '[') {
        show_standard_list(show, row, depth);
    } else if (row->standard) {
        write_key(show, row->key, depth);
        text_add_char(show->out, ' ');
        write_text(show->out, row->standard);
        text_add(show->out, "  # default\n");
    } else if (row->without) {
        indent(show, depth);
        text_format(show->out, "# %s: %s\n", row->key, row->without);
    } else if (row->read == config_read_map && has_standard(row->rows)) {
        write_key(show, row->key, depth);
        text_add_char(show->out, '\n');
        show_rows(show, row->rows, &empty_map, depth + 1);
    }
}

static void show_rows(const struct show *show, const struct config_row *rows, const struct node *map,
                      int depth)
{
    if (map->kind != NODE_MAP)
        map = &empty_map;
    for (const struct config_row *row = rows; row->key; row++) {
        const struct entry *entry = config_document_find(map, row->key);
        if (entry)
            show_given(show, row, entry->value, depth);
        else
            show_absent(show, row, depth);
    }
    for (size_t i = 0; i < map->count; i++)
        if (!config_rows_find(rows, map->entries[i].name)) {
            write_key(show, map->entries[i].name, depth);
            write_value(show, map->entries[i].value, depth + 1);
        }
}

/* ---- one object ---- */

/* The entry ${name} of the map of names under ${key}. */
static bool show_entry(struct show *show, const struct config_row *rows, const struct node *root,
                       const char *key, const char *name)
{
    const struct config_row *row = config_rows_find(rows, key);
    const struct entry *names = root->kind == NODE_MAP ? config_document_find(root, key) : NULL;
    if (!row || !names || names->value->kind != NODE_MAP)
        return false;
    const struct node *map = config_merge_siblings(names->value, show->loader->scratch, show->loader->draft);
    const struct entry *entry = config_document_find(map, name);
    if (entry)
        show_rows(show, row->rows, entry->value, 0);
    return entry != NULL;
}

static const struct node *find_service(const struct show *show, const char *name)
{
    for (size_t i = 0; i < show->documents->service_count; i++)
        if (strcmp(show->documents->service_names[i], name) == 0)
            return show->documents->services[i];
    return NULL;
}

static bool show_host(struct show *show, const char *name)
{
    const struct host *host = model_host(show->loader->model, name);
    const struct node *root = host ? find_service(show, host->service->name) : NULL;
    if (!root)
        return false;
    text_format(show->out, "# of service %s", host->service->name);
    write_origin(show, host->place);
    if (!show_entry(show, config_services_rows, root, "hosts", name))
        show_rows(show, config_hosts_rows, &empty_map, 0);
    return true;
}

/* A check that a key of its service makes. */
static bool show_counted(const struct show *show, const struct node *root, const char *host,
                         const char *check)
{
    const struct model *model = show->loader->model;
    int64_t index = model_binding(model, host, check);
    const struct check_plan *plan = index == MODEL_NONE ? NULL : model->bindings[index].plan;
    const struct entry *entry =
        plan && model_is_counted(plan) ? config_document_find(root, plan->name) : NULL;
    const struct config_row *row = config_rows_find(config_services_rows, check);
    if (!entry || !row)
        return false;
    text_format(show->out, "# made by \"%s\" of service %s", row->key,
                model->bindings[index].host->service->name);
    write_origin(show, plan->place);
    show_rows(show, row->rows, entry->value, 0);
    return true;
}

static bool show_check(struct show *show, const char *host_name, const char *check)
{
    const struct host *host = model_host(show->loader->model, host_name);
    const struct node *root = host ? find_service(show, host->service->name) : NULL;
    return root && (show_entry(show, config_services_rows, root, "checks", check) ||
                    show_counted(show, root, host_name, check));
}

static bool show_service(struct show *show, const char *name)
{
    const struct node *root = find_service(show, name);
    if (root)
        show_rows(show, config_services_rows, root, 0);
    return root != NULL;
}

static bool show_object(struct show *show)
{
    const char *slash = strchr(show->object, '/');
    if (!slash)
        return show_service(show, show->object) || show_host(show, show->object);
    const char *section = arena_text_of(show->loader->scratch, show->object, (size_t)(slash - show->object));
    const char *name = slash + 1;
    const struct config_documents *documents = show->documents;
    return (strcmp(section, "services") == 0 && show_service(show, name)) ||
           (strcmp(section, "hosts") == 0 && show_host(show, name)) ||
           show_entry(show, config_users_rows, documents->users, section, name) ||
           show_entry(show, config_remediations_rows, documents->remediations, section, name) ||
           show_check(show, section, name);
}

static void show_all(struct show *show)
{
    const struct config_documents *documents = show->documents;
    show_rows(show, config_site_rows, documents->site, 0);
    show_rows(show, config_users_rows, documents->users, 0);
    show_rows(show, config_remediations_rows, documents->remediations, 0);
    show_rows(show, config_routes_rows, documents->routes, 0);
    text_add(show->out, documents->service_count ? "services:\n" : "services: {}\n");
    for (size_t i = 0; i < documents->service_count; i++) {
        write_key(show, documents->service_names[i], 1);
        text_add_char(show->out, '\n');
        show_rows(show, config_services_rows, documents->services[i], 2);
    }
}

static void visit(void *context, struct config_loader *loader, const struct config_documents *documents)
{
    struct show *show = context;
    show->loader = loader;
    show->documents = documents;
    if (!show->object)
        show_all(show);
    show->found = !show->object || show_object(show);
    if (!show->found)
        findings_error(
            loader->draft, (struct place){.file = show->object},
            "no such object; write services/NAME, hosts/NAME, HOST/CHECK, users/NAME, groups/NAME, "
            "windows/NAME, remediations/NAME or trackers/NAME");
}

bool config_show(const char *directory, const char *object, struct text *out, struct findings *findings)
{
    struct show show = {.out = out, .object = object};
    struct model *model = config_visit(directory, false, findings, visit, &show);
    model_free(model);
    return model && show.found;
}
