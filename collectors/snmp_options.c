/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/snmp_options.h"

#include "collectors/file.h"

const char *const snmp_options_protocols[] = {
    [SNMP_PROTOCOL_1] = "1", [SNMP_PROTOCOL_2C] = "2c", [SNMP_PROTOCOL_3] = "3", NULL};
const char *const snmp_options_auths[] = {[SNMP_AUTH_MD5] = "MD5",
                                          [SNMP_AUTH_SHA] = "SHA",
                                          [SNMP_AUTH_SHA224] = "SHA-224",
                                          [SNMP_AUTH_SHA256] = "SHA-256",
                                          [SNMP_AUTH_SHA384] = "SHA-384",
                                          [SNMP_AUTH_SHA512] = "SHA-512",
                                          NULL};
const char *const snmp_options_privs[] = {[SNMP_PRIV_DES] = "DES",
                                          [SNMP_PRIV_AES] = "AES",
                                          [SNMP_PRIV_AES192] = "AES192",
                                          [SNMP_PRIV_AES256] = "AES256",
                                          NULL};

static bool one_of(const char *name, const char *text, const char *file, struct error *error)
{
    return !text || !file || error_set(error, "give one of --%s and --%s-file", name, name);
}

static bool check_user(const struct snmp_options *options, struct error *error)
{
    bool auth = options->auth_password || options->auth_password_file;
    bool priv = options->priv_password || options->priv_password_file;
    if (!options->user)
        return error_set(error, "v3 needs --user");
    if (priv && !auth)
        return error_set(error, "privacy needs a password of authentication as well");
    return true;
}

bool snmp_options_check(const struct snmp_options *options, const struct run *run, struct error *error)
{
    if (!run->host)
        return error_set(error, "--hostname is missing");
    if (!one_of("community", options->community, options->community_file, error) ||
        !one_of("auth-password", options->auth_password, options->auth_password_file, error) ||
        !one_of("priv-password", options->priv_password, options->priv_password_file, error))
        return false;
    if (options->protocol == SNMP_PROTOCOL_3)
        return check_user(options, error);
    if (options->user)
        return error_set(error, "--user is for -P 3");
    return true;
}

/* A secret from its option or its file: kept in ${kept} when it is read. */
static bool find_secret(const char **secret, const char *file, struct text *kept, struct error *error)
{
    if (!file)
        return true;
    if (!file_first_line(file, kept, error))
        return false;
    *secret = kept->bytes;
    return true;
}

static bool check_length(const char *what, const char *secret, struct error *error)
{
    if (secret && strlen(secret) < SNMP_SECRET_LEAST)
        return error_set(error, "the password of %s has fewer than %d characters", what, SNMP_SECRET_LEAST);
    return true;
}

enum { SECRETS = 3 };

enum source_end snmp_options_open(const struct snmp_options *options, struct run *run,
                                  struct snmp_link **link, struct error *error)
{
    struct text kept[SECRETS] = {TEXT_INIT, TEXT_INIT, TEXT_INIT};
    struct snmp_login login = {.host = run->host,
                               .port = run->port,
                               .protocol = (enum snmp_protocol)options->protocol,
                               .community = options->community ? options->community : "public",
                               .user = options->user,
                               .auth_password = options->auth_password,
                               .priv_password = options->priv_password,
                               .auth = (enum snmp_auth)options->auth,
                               .priv = (enum snmp_priv)options->priv,
                               .context = options->context};
    enum source_end end = SOURCE_UNREADABLE;
    *link = NULL;
    if (find_secret(&login.community, options->community_file, &kept[0], error) &&
        find_secret(&login.auth_password, options->auth_password_file, &kept[1], error) &&
        find_secret(&login.priv_password, options->priv_password_file, &kept[2], error) &&
        check_length("authentication", login.auth_password, error) &&
        check_length("privacy", login.priv_password, error))
        end = snmp_link_open(&login, run, link, error);
    for (size_t i = 0; i < SECRETS; i++) {
        if (kept[i].room > 0)
            explicit_bzero(kept[i].bytes, kept[i].room);
        text_release(&kept[i]);
    }
    return end;
}
