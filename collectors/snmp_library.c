/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/snmp_library.h"

#include "collectors/library.h"

#include <pthread.h>
#include <stddef.h>

#define FUNCTION(member)                                                                                     \
    {                                                                                                        \
#member, offsetof(struct snmp_library, member)                                                       \
    }

static const struct library_function functions[] = {
    FUNCTION(init_snmp),
    FUNCTION(netsnmp_ds_set_boolean),
    FUNCTION(snmp_disable_log),
    FUNCTION(snmp_sess_init),
    FUNCTION(snmp_sess_open),
    FUNCTION(snmp_sess_close),
    FUNCTION(snmp_sess_session),
    FUNCTION(snmp_sess_error),
    FUNCTION(snmp_sess_synch_response),
    FUNCTION(snmp_error),
    FUNCTION(snmp_pdu_create),
    FUNCTION(snmp_add_null_var),
    FUNCTION(snmp_free_pdu),
    FUNCTION(snmp_errstring),
    FUNCTION(generate_Ku),
    FUNCTION(usm_get_userList),
    FUNCTION(usm_remove_user),
    FUNCTION(usm_free_user),
    {NULL, 0},
};

/* The exception to "no mutable globals", as in collectors/http.c: the library is one for the process. */
static struct {
    pthread_once_t once, users_once;
    bool loaded;
    struct snmp_library table;
    struct error error;
} library = {.once = PTHREAD_ONCE_INIT, .users_once = PTHREAD_ONCE_INIT};

/* The library looks for its files where the environment says; so it says nowhere. */
static void hide_files(void)
{
    static const char *const names[] = {"SNMPCONFPATH", "SNMP_PERSISTENT_DIR", "SNMP_PERSISTENT_FILE",
                                        "MIBDIRS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)setenv(names[i], "/dev/null", 1);
    (void)setenv("MIBS", "", 1);
    (void)unsetenv("MIBFILES");
}

static void hide_from(const struct snmp_library *snmp)
{
    static const int off[] = {NETSNMP_DS_LIB_DONT_READ_CONFIGS, NETSNMP_DS_LIB_DONT_PERSIST_STATE,
                              NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE};
    hide_files();
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        (void)snmp->netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, off[i], 1);
    snmp->snmp_disable_log();
}

static void load(void)
{
    static const struct library_file file = {
        .file = "libnetsnmp.so.40", .title = "net-snmp", .functions = functions, .lazy = true};
    if (!library_load(&file, &library.table, &library.error))
        return;
    hide_from(&library.table);
    library.loaded = true;
}

static void initialise(void)
{
    library.table.init_snmp("watchbill");
}

const struct snmp_library *snmp_library_load(bool users, struct error *error)
{
    (void)pthread_once(&library.once, load);
    if (!library.loaded) {
        (void)error_set(error, "%s", library.error.text);
        return NULL;
    }
    if (users)
        (void)pthread_once(&library.users_once, initialise);
    return &library.table;
}
