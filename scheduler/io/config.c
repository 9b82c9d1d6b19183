/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config.h"

#include "lib/memory.h"
#include "scheduler/io/config_merge.h"
#include "scheduler/io/config_parts.h"

#include <errno.h>
#include <sys/stat.h>

static const struct node *load(struct config_loader *loader, const char *name)
{
    const char *path = arena_format(loader->scratch, "%s/%s", loader->model->site.directory, name);
    return config_document_load(path, name, loader->scratch, loader->arena, loader->draft);
}

/* A document that could not be read still gives its defaults, so that other files can be checked. */
static const struct node *or_nothing(struct config_loader *loader, const struct node *root, const char *name)
{
    if (root && !config_document_empty(root))
        return root;
    struct node *node = arena_get(loader->scratch, 1, sizeof *node);
    *node = (struct node){.kind = NODE_MAP, .place = {.file = name, .line = 1, .column = 1}};
    return node;
}

static const char *service_name(struct arena *arena, const char *file)
{
    const char *name = strrchr(file, '/') + 1;
    return arena_text_of(arena, name, strlen(name) - strlen(".yaml"));
}

static void read_services(struct config_loader *loader, struct config_documents *documents,
                          struct service_list *list)
{
    struct config_file *files;
    size_t count = config_files_services(loader->model->site.directory, loader->arena, loader->draft, &files);
    documents->services = arena_get(loader->scratch, count, sizeof(struct node *));
    documents->service_names = arena_get(loader->scratch, count, sizeof *documents->service_names);
    for (size_t i = 0; i < count; i++) {
        const struct node *root =
            config_document_load(files[i].path, files[i].name, loader->scratch, loader->arena, loader->draft);
        if (!root)
            continue;
        root = config_merge_document(or_nothing(loader, root, files[i].name), loader->scratch, loader->draft);
        size_t before = list->service_count;
        config_services_read(loader, root, service_name(loader->arena, files[i].name), list);
        if (list->service_count > before) {
            documents->service_names[documents->service_count] = list->services[before]->name;
            documents->services[documents->service_count++] = root;
        }
    }
}

/* ---- binding ---- */

static void report_twice(const struct config_loader *loader, const struct host *one, const struct host *other)
{
    bool swap = strcmp(one->place.file, other->place.file) > 0 ||
                (one->place.file == other->place.file && one->place.line > other->place.line);
    const struct host *first = swap ? other : one;
    const struct host *second = swap ? one : other;
    findings_error(loader->draft, second->place, "host \"%s\" stands in %s:%u:%u already", second->name,
                   first->place.file, first->place.line, first->place.column);
}

static void take_lists(const struct config_loader *loader, const struct service_list *list)
{
    struct model *model = loader->model;
    model->services = arena_get(loader->arena, list->service_count, sizeof(struct service *));
    model->hosts = arena_get(loader->arena, list->host_count, sizeof(struct host *));
    model->service_count = list->service_count;
    model->host_count = list->host_count;
    if (list->service_count) {
        memcpy(model->services, list->services, list->service_count * sizeof(struct service *));
        config_rows_sort(model->services, model->service_count);
    }
    if (list->host_count) {
        memcpy(model->hosts, list->hosts, list->host_count * sizeof(struct host *));
        config_rows_sort(model->hosts, model->host_count);
    }
    for (size_t i = 1; i < model->host_count; i++)
        if (strcmp(model->hosts[i - 1]->name, model->hosts[i]->name) == 0)
            report_twice(loader, model->hosts[i - 1], model->hosts[i]);
}

static bool is_to_be_verified(const struct host *host)
{
    return host->service->verify && host->status == STATUS_CONFIGURED;
}

/* The checks of a service are sorted; the one that it has besides takes its place among them. */
static void add_verify(struct model *model, const struct host *host)
{
    size_t place = model->binding_count++;
    while (place > 0 && model->bindings[place - 1].host == host &&
           strcmp(model->bindings[place - 1].plan->name, host->service->verify->name) > 0) {
        model->bindings[place] = model->bindings[place - 1];
        place--;
    }
    model->bindings[place] = (struct binding){.host = host, .plan = host->service->verify};
}

static void bind(struct model *model)
{
    size_t bindings = 0;
    size_t collects = 0;
    for (size_t i = 0; i < model->host_count; i++) {
        bindings += model->hosts[i]->service->check_count + is_to_be_verified(model->hosts[i]);
        collects += model->hosts[i]->service->collect_count;
    }
    model->bindings = arena_get(model->arena, bindings, sizeof *model->bindings);
    model->collects = arena_get(model->arena, collects, sizeof *model->collects);
    for (size_t i = 0; i < model->host_count; i++) {
        const struct host *host = model->hosts[i];
        for (size_t c = 0; c < host->service->check_count; c++)
            model->bindings[model->binding_count++] =
                (struct binding){.host = host, .plan = &host->service->checks[c]};
        if (is_to_be_verified(host))
            add_verify(model, host);
        for (size_t c = 0; c < host->service->collect_count; c++)
            model->collects[model->collect_count++] =
                (struct collect_binding){.host = host, .plan = &host->service->collects[c]};
    }
}

/* ---- the whole ---- */

static bool has_mail(const struct user *user)
{
    for (unsigned urgency = 0; urgency <= URGENCY_ALERT; urgency++)
        for (size_t i = 0; i < user->contact_count[urgency]; i++)
            if (user->contacts[urgency][i].channel == CHANNEL_MAIL)
                return true;
    return false;
}

/* Told once: the way out is one key in another file. */
static void check_mail(const struct config_loader *loader)
{
    const struct model *model = loader->model;
    for (size_t i = 0; i < model->user_count && !model->site.mail.from; i++)
        if (has_mail(model->users[i])) {
            findings_warning(loader->draft, model->users[i]->place,
                             "user \"%s\" is told by mail, but watchbill.yaml has no \"mail\"",
                             model->users[i]->name);
            return;
        }
}

static void read_files(struct config_loader *loader, bool users_only, struct config_documents *documents)
{
    struct service_list list = {0};
    documents->site = or_nothing(loader, load(loader, "watchbill.yaml"), "watchbill.yaml");
    config_site_read(loader, documents->site);
    documents->users = or_nothing(loader, load(loader, "users.yaml"), "users.yaml");
    config_users_read(loader, documents->users);
    if (users_only)
        return;
    check_mail(loader);
    documents->remediations = or_nothing(loader, load(loader, "remediations.yaml"), "remediations.yaml");
    config_remediations_read(loader, documents->remediations);
    read_services(loader, documents, &list);
    documents->routes = or_nothing(loader, load(loader, "routes.yaml"), "routes.yaml");
    config_routes_read(loader, documents->routes);
    take_lists(loader, &list);
    bind(loader->model);
    config_links_resolve(loader);
    config_calm_check(loader);
}

static struct model *create_model(const char *directory)
{
    struct arena *arena = arena_create();
    struct model *model = arena_get(arena, 1, sizeof *model);
    model->arena = arena;
    model->windows = window_set_create(arena);
    model->site.directory = arena_text(arena, directory);
    return model;
}

/* realpath, so that a relative path means the same whatever the working directory becomes. */
static char *find_directory(const char *directory, struct findings_draft *draft)
{
    struct stat about;
    struct place place = {.file = directory};
    char *path = realpath(directory, NULL);
    if (!path) {
        findings_error(draft, place, "cannot be opened: %s", strerror(errno));
    } else if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        findings_error(draft, place, "not a directory");
        free(path);
        path = NULL;
    }
    return path;
}

struct model *config_visit(const char *directory, bool users_only, struct findings *findings,
                           config_visitor *visit, void *context)
{
    struct findings_draft draft = {0};
    char *path = find_directory(directory, &draft);
    struct model *model = NULL;
    struct arena *scratch = arena_create();
    if (path) {
        model = create_model(path);
        struct config_loader loader = {
            .model = model, .arena = model->arena, .scratch = scratch, .draft = &draft};
        struct config_documents documents = {0};
        read_files(&loader, users_only, &documents);
        if (visit && draft.errors == 0)
            visit(context, &loader, &documents);
    }
    bool failed = draft.errors > 0;
    findings_finish(&draft, findings);
    if (failed) {
        model_free(model);
        model = NULL;
    }
    arena_free(scratch);
    free(path);
    return model;
}

struct model *config_load(const char *directory, struct findings *findings)
{
    return config_visit(directory, false, findings, NULL, NULL);
}

struct model *config_load_users(const char *directory, struct findings *findings)
{
    return config_visit(directory, true, findings, NULL, NULL);
}
