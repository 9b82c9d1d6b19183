/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The listener and its certificate: one that is renewed is taken up while the scheduler runs. */
#include "scheduler/engine/engine_internal.h"

#include "lib/guarded_file.h"
#include "lib/hash.h"
#include "lib/memory.h"

static uint64_t stamp_of(const struct tls_files *tls)
{
    return guarded_file_stamp(tls->certificate) ^ hash_spread(guarded_file_stamp(tls->key));
}

bool engine_listen(struct engine *engine, struct error *error)
{
    const struct site *site = &engine->model->site;
    const struct web_settings settings = {.listen = site->listen,
                                          .certificate = site->tls.certificate,
                                          .key = site->tls.key,
                                          .admit = engine_admit,
                                          .handler = engine_web,
                                          .owner = engine};
    if (site->tls.certificate)
        engine->tls_stamp = engine->tls_seen = stamp_of(&site->tls);
    engine->web = web_open(engine->loop, &settings, error);
    return engine->web != NULL;
}

/* The certificate and its key are two files: they are read when they have rested from one look to the next. */
void engine_watch_certificate(struct engine *engine)
{
    const struct tls_files *tls = &engine->model->site.tls;
    struct error error = {""};
    if (!web_is_tls(engine->web) || !tls->certificate)
        return;
    uint64_t stamp = stamp_of(tls);
    bool rests = stamp == engine->tls_seen;
    engine->tls_seen = stamp;
    if (!rests || stamp == engine->tls_stamp)
        return;
    engine->tls_stamp = stamp;
    free(engine->tls_error);
    engine->tls_error = NULL;
    if (web_renew(engine->web, tls->certificate, tls->key, &error)) {
        log_say(engine->settings.log, LOG_LEVEL_INFO, "the changed certificate is in use: \"%s\"",
                tls->certificate);
    } else {
        struct text text = TEXT_INIT;
        text_format(&text, "%s; the certificate before stays in use", error.text);
        engine->tls_error = text_take(&text);
    }
}
