/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net-snmp's functions, loaded on first use: the door of collectors/snmp.h, for its own files alone. */
#ifndef WATCHBILL_COLLECTORS_SNMP_LIBRARY_H
#define WATCHBILL_COLLECTORS_SNMP_LIBRARY_H

#include "lib/error.h"

/* clang-format off: the first declares what the second uses */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
/* clang-format on */

/* With the types of net-snmp's headers. */
struct snmp_library {
    __typeof__(init_snmp) *init_snmp;
    __typeof__(netsnmp_ds_set_boolean) *netsnmp_ds_set_boolean;
    __typeof__(snmp_disable_log) *snmp_disable_log;
    __typeof__(snmp_sess_init) *snmp_sess_init;
    __typeof__(snmp_sess_open) *snmp_sess_open;
    __typeof__(snmp_sess_close) *snmp_sess_close;
    __typeof__(snmp_sess_session) *snmp_sess_session;
    __typeof__(snmp_sess_error) *snmp_sess_error;
    __typeof__(snmp_sess_synch_response) *snmp_sess_synch_response;
    __typeof__(snmp_error) *snmp_error;
    __typeof__(snmp_pdu_create) *snmp_pdu_create;
    __typeof__(snmp_add_null_var) *snmp_add_null_var;
    __typeof__(snmp_free_pdu) *snmp_free_pdu;
    __typeof__(snmp_errstring) *snmp_errstring;
    __typeof__(generate_Ku) *generate_Ku;
    __typeof__(usm_get_userList) *usm_get_userList;
    __typeof__(usm_remove_user) *usm_remove_user;
    __typeof__(usm_free_user) *usm_free_user;
};

/* snmp_library_load(users, error): the functions; ${users}: ready for users of v3, which needs all of the library, TLS
 * included, and takes a millisecond; communities need none of it. NULL: it cannot be loaded. */
const struct snmp_library *snmp_library_load(bool users, struct error *error);

#endif
