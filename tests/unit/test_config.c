/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong in a configuration, and where: each row is a directory and all of its findings. */
#include "tests/unit/config_place.h"

#include "lib/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct row {
    const char *files;
    const char *expected;
};

#define USERS                                                                                                \
    "== users.yaml\n"                                                                                        \
    "users: {geoff: {contacts: {alert: [{command: [/bin/true]}]}}}\n"                                        \
    "groups: {admins: {rota: [{users: [geoff]}]}}\n"
#define TRACKERS        "trackers: {OPS: {type: file, path: issues.yaml}}\n"
#define REMEDY_UNJUDGED "issue: OPS-1, owner: geoff, tagged: 2026-11-01, ttl: 30d, command: [clean_spool]"
#define REMEDY          REMEDY_UNJUDGED ", diagnosed: false, cause: vendor"
#define STEPPED         "issue: OPS-1, owner: geoff, tagged: 2026-11-01, ttl: 30d, diagnosed: false, cause: vendor"

static const struct row site_rows[] = {
    {"", ""},
    {"== watchbill.yaml\n", ""},
    {"== watchbill.yaml\n# only a comment\n", ""},
    {"== watchbill.yaml\nstat: /x\n", "watchbill.yaml:1:1: unknown key \"stat\"; did you mean \"state\"\n"},
    {"== watchbill.yaml\nzzzzzz: 1\n", "watchbill.yaml:1:1: unknown key \"zzzzzz\"\n"},
    {"== watchbill.yaml\n- a\n", "watchbill.yaml:1:1: must be a map of keys\n"},
    {"== watchbill.yaml\nstate:\nurl: ftp://x\nlisten: 8642\ntimezone: Europe/Berlni\n",
     "watchbill.yaml:1:7: \"state\" is empty\n"
     "watchbill.yaml:2:6: \"url\" must begin with http:// or https://: \"ftp://x\"\n"
     "watchbill.yaml:3:9: \"listen\": \"8642\" is not ADDRESS:PORT\n"
     "watchbill.yaml:4:11: \"timezone\": @\n"},
    {"== watchbill.yaml\nlisten: \"::1:80\"\n", "watchbill.yaml:1:9: \"listen\": \"::1:80\" does not begin "
                                                "with an address such as 127.0.0.1 or [::1]\n"},
    {"== watchbill.yaml\nlisten: localhost:80\n",
     "watchbill.yaml:1:9: \"listen\": \"localhost:80\" does not begin with an address such as 127.0.0.1 or "
     "[::1]\n"},
    {"== watchbill.yaml\nlisten: \"[::1]:80\"\n", ""},
    {"== watchbill.yaml\nlisten: 127.0.0.1:65536\n",
     "watchbill.yaml:1:9: \"listen\": \"127.0.0.1:65536\" is not ADDRESS:PORT\n"},
    {"== watchbill.yaml\nlisten: 127.3.2.1:80\n", ""},
    {"== watchbill.yaml\nlisten: \"[::ffff:127.0.0.1]:80\"\n", ""},
    {"== watchbill.yaml\nlisten: 0.0.0.0:80\n",
     "warning: watchbill.yaml:1:9: \"listen\" is not on loopback, where every request needs a token: without "
     "\"tokens_file\" only signed links are answered\n"
     "watchbill.yaml:1:9: \"listen\" is not on loopback: add \"tls: {certificate: FILE, key: FILE}\": "
     "\"0.0.0.0:80\"\n"},
    {"== watchbill.yaml\nlisten: \"[::]:80\"\ntls: {certificate: c}\ntokens_file: t\n",
     "watchbill.yaml:2:6: \"key\" is missing\n"
     "warning: watchbill.yaml:3:14: no readable file @\n"},
    {"== watchbill.yaml\ntls: {certificate: [c], key: k, zzzzzz: 1}\n",
     "watchbill.yaml:1:20: \"certificate\" must be a text, not a list\n"
     "warning: watchbill.yaml:1:30: no readable file @\n"
     "watchbill.yaml:1:33: unknown key \"zzzzzz\"\n"},
    {"== watchbill.yaml\nplugins: /usr/lib\n",
     "watchbill.yaml:1:10: \"plugins\": write a list, such as [/usr/lib]\n"},
    {"== watchbill.yaml\nplugins: {a: b}\n", "watchbill.yaml:1:10: \"plugins\": write a list, not a map\n"},
    {"== watchbill.yaml\nplugins: [[a], {b: c}]\n",
     "watchbill.yaml:1:11: \"plugins\": an item must be a text, not a list\n"
     "watchbill.yaml:1:16: \"plugins\": an item must be a text, not a map\n"},
    {"== watchbill.yaml\nstate: [a]\n", "watchbill.yaml:1:8: \"state\" must be a text, not a list\n"},
    {"== watchbill.yaml\nworkers: {runners: 0, warm: x, timeout: 10}\n",
     "watchbill.yaml:1:20: \"runners\" must be a whole number from 1 to 64: \"0\"\n"
     "watchbill.yaml:1:29: \"warm\" must be a whole number from 0 to 1024: \"x\"\n"
     "watchbill.yaml:1:41: \"timeout\": not a duration such as 15s, 10m, 2h or 30d: \"10\"\n"},
    {"== watchbill.yaml\nworkers: {timeout: 2h}\n",
     "watchbill.yaml:1:20: \"timeout\" must be at most 1h: \"2h\"\n"},
    {"== watchbill.yaml\nworkers: 3\n", "watchbill.yaml:1:10: must be a map of keys\n"},
    {"== watchbill.yaml\nmail: {}\n", "watchbill.yaml:1:7: \"from\" is missing\n"},
    {"== watchbill.yaml\nmail: {from: a@b}\n", "watchbill.yaml:1:7: \"server\" or \"spool\" is missing\n"},
    {"== watchbill.yaml\nmail: {from: \"a@b\\r\\nBcc: x@y\", spool: m}\n",
     "watchbill.yaml:1:14: \"from\" must hold no blanks and no control characters: \"a@b??Bcc: x@y\"\n"},
    {"== watchbill.yaml\nmail: {from: a@b@c, spool: m}\n",
     "watchbill.yaml:1:14: \"from\" must be one mail address: \"a@b@c\"\n"},
    {"== watchbill.yaml\nmail: {from: a@b, spool: m, server: \"smtp://h:25\"}\n",
     "watchbill.yaml:1:7: \"spool\" and \"server\" exclude each other\n"},
    {"== watchbill.yaml\nmail: {from: a@b, server: \"h:25\"}\n",
     "watchbill.yaml:1:27: \"server\" must be smtp://HOST:PORT: \"h:25\"\n"},
    {"== watchbill.yaml\nmail: {from: a@b, server: \"smtp://h:99999\"}\n",
     "watchbill.yaml:1:27: \"port\" must be a whole number from 1 to 65535: \"99999\"\n"},
    {"== watchbill.yaml\nmail: {from: a@b, server: \"smtp://h:25\", tls: none}\n",
     "watchbill.yaml:1:7: \"tls: none\" is for a server on loopback only: \"h:25\"\n"},
    {"== watchbill.yaml\nmail: {from: a@b, server: \"smtp://127.0.0.1:25\", tls: none}\n", ""},
    {"== watchbill.yaml\nmail: {from: a@b, server: \"smtp://h\", tls: requird}\n",
     "watchbill.yaml:1:44: \"tls\" must be required or none: \"requird\"; did you mean \"required\"\n"},
    {"== watchbill.yaml\nmail: {from: a@b, server: \"smtp://h\", user: u}\n",
     "watchbill.yaml:1:7: \"user\" needs \"password_file\"\n"},
    {"== watchbill.yaml\nrrd: {step: 7s, archives: [{every: 60s, keep: 2d}]}\n",
     "watchbill.yaml:1:6: archive 1: \"every\" is no multiple of the step\n"},
    {"== watchbill.yaml\nrrd: {archives: [{every: 1h, keep: 60s}, {keep: 1d}], step: 500ms}\n",
     "watchbill.yaml:1:18: \"keep\" is shorter than \"every\"\n"
     "watchbill.yaml:1:42: \"every\" is missing\n"
     "watchbill.yaml:1:61: \"step\" must be at least 1s: \"500ms\"\n"},
    {"== watchbill.yaml\nrrd: {step: 1500ms, archives: [{every: 1500ms, keep: 1h}]}\n",
     "watchbill.yaml:1:6: \"step\" must be whole seconds\n"
     "watchbill.yaml:1:32: \"every\" must be whole seconds\n"},
    {"== watchbill.yaml\nrrd: {archives: []}\n", "watchbill.yaml:1:17: \"archives\" is empty\n"},
    {"== watchbill.yaml\nrrd: {retentions: [{match: \"(\", archives: [{every: 60s, keep: 1d}]}]}\n",
     "watchbill.yaml:1:28: not a regular expression: Unmatched ( or \\(: \"(\"\n"},
};

static const struct row user_rows[] = {
    {USERS, ""},
    {"== users.yaml\nusers: {b: {contacts: {notify: [{mail: a@b}]}}, c: {contacts: {notify: [{mail: "
     "a@b}]}}}\n",
     "warning: users.yaml:1:9: user \"b\" is told by mail, but watchbill.yaml has no \"mail\"\n"},
    {"== users.yaml\nusers: {a b: {}}\n",
     "users.yaml:1:9: a name is 1 to 64 letters, digits or any of \"_.:-\": \"a b\"\n"},
    {"== users.yaml\nusers: {x: {contacts: {alert: [{}, {mail: a@b, webhook: \"http://c\"}]}}}\n",
     "users.yaml:1:32: a contact has one of \"mail\", \"webhook\" and \"command\"\n"
     "users.yaml:1:36: a contact has one of \"mail\", \"webhook\" and \"command\"\n"},
    {"== users.yaml\nusers: {x: {contacts: {alert: [{mail: geoff}]}}}\n",
     "users.yaml:1:39: \"mail\" must be one mail address: \"geoff\"\n"},
    {"== users.yaml\nusers: {x: {contacts: {alert: [{mail: \"-f@x\"}]}}}\n",
     "users.yaml:1:39: \"mail\" must be one mail address: \"-f@x\"\n"},
    {"== users.yaml\nusers: {x: {contacts: {alrt: []}}}\n",
     "users.yaml:1:24: unknown key \"alrt\"; did you mean \"alert\"\n"},
    {"== users.yaml\nusers: {x: {contacts: {alert: [{mail: a@b, token_file: t}]}}}\n",
     "warning: users.yaml:1:9: user \"x\" is told by mail, but watchbill.yaml has no \"mail\"\n"
     "users.yaml:1:32: \"token_file\" is for a webhook\n"},
    {"== users.yaml\nusers: {x: {contacts: {alert: [{command: sms}]}}}\n",
     "users.yaml:1:42: \"command\": write a list, such as [sms]\n"},
    {"== users.yaml\nwindows: {night: {days: mon-sun, start: \"22:00\", end: \"06:00\"}}\n"
     "users: {x: {contacts: {alert: [{mail: a@b, window: nihgt}]}}}\n",
     "users.yaml:2:52: unknown window \"nihgt\"; did you mean \"night\"\n"},
    {"== users.yaml\nwindows: {a: {all_except: [b, never]}}\n",
     "users.yaml:1:28: unknown window \"b\"; did you mean \"a\"\n"},
    {"== users.yaml\nwindows: {a: {}}\n", "users.yaml:1:11: window \"a\" says no times\n"},
    {"== users.yaml\nwindows: {always: {days: mon}}\n",
     "users.yaml:1:11: there is a window \"always\" already\n"},
    {"== users.yaml\nwindows: {a: {days: mon, strat: \"10:00\"}}\n",
     "users.yaml:1:26: @; did you mean \"start\"\n"},
    {"== users.yaml\nwindows: {a: {days: [mon, xyz]}}\n", "users.yaml:1:21: @\n"},
    {"== users.yaml\nwindows: {a: {days: mon, timezone: Mars/North}}\n",
     "users.yaml:1:36: \"timezone\": @\n"},
    {"== users.yaml\nwindows: {a: {all_except: [b]}, b: {all_except: [a]}}\n", "users.yaml:1:@\n"},
    {"== users.yaml\ngroups: {g: {rota: [{users: [geof]}]}}\nusers: {geoff: {}}\n",
     "users.yaml:1:30: unknown user \"geof\"; did you mean \"geoff\"\n"},
    {"== users.yaml\nwindows: {a: 5, b: {monday: [x]}, c: {days: {}}}\n",
     "users.yaml:1:11: window \"a\" must be a map of keys\n"
     "users.yaml:1:21: unknown key \"monday\"\n"
     "users.yaml:1:45: \"days\": write a list, not a map\n"},
    {"== users.yaml\ngroups: {g: {}}\n", "users.yaml:1:10: \"rota\" is missing\n"},
    {"== users.yaml\ngroups: {g: {rota: [{window: always}]}}\n", "users.yaml:1:21: \"users\" is missing\n"},
    {"== users.yaml\nusers: {a: {}, a: {}}\n",
     "users.yaml:1:16: key \"a\" stands here twice, first in line 1\n"},
    {USERS
     "== services/a.yaml\nchecks: {c: {alert: {groups: [admins], escalate: [{after: 30m, groups: [admins]}, "
     "{after: 1h, groups: [admins], urgency: notify}]}}}\n",
     "warning: services/a.yaml:1:1: service \"a\" has no hosts\n"},
    {USERS
     "== services/a.yaml\nchecks: {c: {alert: {groups: [admins], escalate: [{after: 1h, groups: [admin]}, "
     "{after: 30m, groups: [admins], urgency: none}, {groups: []}]}}}\n",
     "services/a.yaml:1:72: unknown group \"admin\"; did you mean \"admins\"\n"
     "services/a.yaml:1:81: a step of \"escalate\" comes later than the one before it\n"
     "services/a.yaml:1:121: \"urgency\" must be notify or alert: \"none\"\n"
     "services/a.yaml:1:128: \"after\" is missing\n"},
    {"== users.yaml\nusers: {x: {contacts: {alert: [{command: [a], recovery: nght}]}}}\n"
     "windows: {night: {start: \"22:00\"}}\n",
     "users.yaml:1:57: unknown window \"nght\"; did you mean \"night\"\n"},
    {"== users.yaml\nusers: {x: {}, y: {}}\ngroups:\n"
     "  a: {rota: [{users: [x]}], timezone: Europe/Berlin, groups: [b, c]}\n"
     "  b: {groups: [c]}\n"
     "  c: {rota: [{users: [y]}], overrides: [{from: 2026-12-24 18:00, until: 2026-12-26 08:00, users: "
     "[x]}]}\n",
     ""},
    {"== users.yaml\nusers: {x: {}}\ngroups:\n"
     "  a: {groups: [b]}\n"
     "  b: {groups: [c, z]}\n"
     "  c: {rota: [{users: [x]}], groups: [a], gaps: maybe, overrides: [\n"
     "    {from: 2026-12-24 18:00, until: 2026-12-24 18:00, users: [x]},\n"
     "    {from: 2026-12-24, until: 2026-13-24 18:00, users: [x]},\n"
     "    {from: 2026-12-24 18:00, until: 2026-12-25 18:00, user: x},\n"
     "    {from: 2026-12-24 18:00, until: 2026-12-25 18:00, user: x, instead_of: y},\n"
     "    {from: 2026-12-24 18:00, until: 2026-12-25 18:00, users: []}]}\n",
     "users.yaml:3:15: group \"a\" is one of its own groups\n"
     "users.yaml:4:15: group \"b\" is one of its own groups\n"
     "users.yaml:4:19: unknown group \"z\"; did you mean \"a\"\n"
     "users.yaml:5:37: group \"c\" is one of its own groups\n"
     "users.yaml:5:48: \"gaps\" must be forbidden or allowed: \"maybe\"\n"
     "users.yaml:6:5: an override ends after it begins\n"
     "users.yaml:7:12: \"from\": not a time such as @\n"
     "users.yaml:7:31: \"until\": not a time such as @\n"
     "users.yaml:8:5: an override has \"users\", or \"user\" and \"instead_of\"\n"
     "users.yaml:9:76: unknown user \"y\"; did you mean \"x\"\n"
     "users.yaml:10:5: an override calls somebody\n"},
    {"== watchbill.yaml\nalerting: {storm: 10}\n"
     "== users.yaml\nusers: {x: {contacts: {alert: [{command: [a], cap: 5 per 10m}, {command: [b], cap: 0 "
     "per 1h}]}}}\n",
     "users.yaml:1:84: \"cap\" @\n"
     "watchbill.yaml:1:19: \"storm\" must be such as \"3 per 1h\": \"10\"\n"},
    {"== users.yaml\nusers:\n  __base__: {timezone: Nowhere}\n  a: {}\n  b: {}\n",
     "users.yaml:2:24: \"timezone\": @\n"},
};

static const struct row remediation_rows[] = {
    {USERS "== remediations.yaml\n" TRACKERS "remediations: {r: {" REMEDY "}}\n", ""},
    {USERS "== remediations.yaml\n" TRACKERS "remediations: {r: {" STEPPED
           ", steps: [{run: [haproxy_server, $HOSTNAME$], until: [check_http], within: 1m, undo: [x]}]}}\n",
     ""},
    {USERS "== remediations.yaml\n" TRACKERS "remediations:\n"
           "  r: {" STEPPED ", steps: []}\n"
           "  s: {" REMEDY ",\n    steps: [{run: [x]}]}\n"
           "  t: {" STEPPED ",\n    steps: [{until: [x], undo: []}, {run: [a, $NONE$], after: 1s}]}\n",
     "remediations.yaml:3:105: \"steps\" must be 1 to 32\n"
     "remediations.yaml:5:12: both \"command\" and \"steps\"\n"
     "remediations.yaml:7:13: \"run\" is missing\n"
     "remediations.yaml:7:32: \"undo\" is empty\n"
     "remediations.yaml:7:47: unknown macro @\n"
     "remediations.yaml:7:56: unknown key \"after\"\n"},
    {USERS "== remediations.yaml\n" TRACKERS "remediations:\n  r: {}\n",
     "remediations.yaml:3:3: \"cause\" is missing\n"
     "remediations.yaml:3:3: \"command\" is missing, or \"steps\"\n"
     "remediations.yaml:3:3: \"diagnosed\" is missing\n"
     "remediations.yaml:3:3: \"issue\" is missing\n"
     "remediations.yaml:3:3: \"owner\" is missing\n"
     "remediations.yaml:3:3: \"tagged\" is missing\n"
     "remediations.yaml:3:3: \"ttl\" is missing\n"},
    {USERS "== remediations.yaml\n" TRACKERS
           "remediations: {r: {issue: OSP-1, owner: geoff, tagged: 2026-11-01, ttl: 30d, command: [a],\n"
           "  diagnosed: true, cause: hardware}}\n",
     "remediations.yaml:2:27: unknown tracker \"OSP\"; did you mean \"OPS\"\n"},
    {USERS "== remediations.yaml\n" TRACKERS
           "remediations: {r: {issue: 17, owner: gef, tagged: 2026-02-30, ttl: 0, command: [],\n"
           "  diagnosed: true, cause: hardware}}\n",
     "remediations.yaml:2:27: \"issue\" must be TRACKER-NUMBER: \"17\"\n"
     "warning: remediations.yaml:2:38: owner \"gef\" is no user and no group, so that nobody is told before "
     "its end\n"
     "remediations.yaml:2:51: not a date such as 2026-11-01: \"2026-02-30\"\n"
     "remediations.yaml:2:68: \"ttl\" must be at least 1s: \"0\"\n"
     "remediations.yaml:2:80: \"command\" is empty\n"},
    {USERS "== remediations.yaml\n" TRACKERS "remediations:\n  r:\n    {" REMEDY_UNJUDGED ",\n"
           "     limits: {max: 3 in 1h, share: 101%, concurrency: 0},\n"
           "     on: {state: [OK, BAD], type: firm, after: soon},\n"
           "     mode: ack, cause: us, diagnosed: maybe, may: {run: [admin]}}\n",
     "remediations.yaml:5:20: \"max\" must be such as \"3 per 1h\": \"3 in 1h\"\n"
     "remediations.yaml:5:36: \"share\" must be a percentage from 0 to 100: \"101%\"\n"
     "remediations.yaml:5:55: \"concurrency\" must be a whole number from 1 to 10000: \"0\"\n"
     "remediations.yaml:6:19: there is nothing to remedy when OK\n"
     "remediations.yaml:6:23: not a verdict such as OK, WARNING, CRITICAL or UNKNOWN: \"BAD\"\n"
     "remediations.yaml:6:35: \"type\" must be hard or soft: \"firm\"\n"
     "remediations.yaml:6:48: \"after\": not a duration such as 15s, 10m, 2h or 30d: \"soon\"\n"
     "remediations.yaml:7:12: \"mode\" must be act, dry_run or ask: \"ack\"; did you mean \"act\"\n"
     "remediations.yaml:7:24: \"cause\" must be hardware, vendor or in_house: \"us\"\n"
     "remediations.yaml:7:39: \"diagnosed\" must be false, true, no, yes, off or on: \"maybe\"\n"
     "remediations.yaml:7:58: unknown group \"admin\"; did you mean \"admins\"\n"},
    {USERS "== remediations.yaml\n" TRACKERS "limits: {ttl: 20d, max: 5 per 1h, concurrency: 2}\n"
           "remediations:\n  r: {" REMEDY "}\n  s: {" REMEDY_UNJUDGED ", diagnosed: true, cause: hardware}\n",
     "remediations.yaml:4:3: \"ttl\" is 30d, and a workaround whose cause is vendor may live 20d at most\n"},
    {USERS "== remediations.yaml\n" TRACKERS "remediations:\n  r: {" REMEDY
           ", mode: ask, may: {approve: [admin]}}\n",
     "remediations.yaml:3:149: unknown group \"admin\"; did you mean \"admins\"\n"},
    {USERS "== remediations.yaml\n" TRACKERS "remediations:\n  r: {" REMEDY
           ", mode: ask, may: {run: [admins]}}\n",
     "remediations.yaml:3:3: the mode ask needs \"may: {approve: [GROUP]}\"\n"},
    {"== remediations.yaml\nlimits: {ttl: 1h, max: 0 per 1h, concurrency: 0}\n",
     "remediations.yaml:1:15: \"ttl\" must be at least 1d: \"1h\"\n"
     "remediations.yaml:1:24: \"max\" must be such as \"3 per 1h\": \"0 per 1h\"\n"
     "remediations.yaml:1:47: \"concurrency\" must be a whole number from 1 to 10000: \"0\"\n"},
    {"== remediations.yaml\ntrackers: {OPS: {type: file}, X: {type: redmin}, Y: {}}\n",
     "remediations.yaml:1:12: a tracker of type file needs \"path\"\n"
     "remediations.yaml:1:41: \"type\" must be file, redmine, github, gitlab, jira or command: \"redmin\"; "
     "did "
     "you mean \"redmine\"\n"
     "remediations.yaml:1:50: \"type\" is missing\n"},
    {"== routes.yaml\nroutes: [{to: {graphite: host}}]\n",
     "warning: routes.yaml:1:9: routes are checked, but events are not yet sent to them\n"
     "routes.yaml:1:26: \"graphite\" must be HOST:PORT: \"host\"\n"},
    {"== routes.yaml\nroutes: [{match: {type: metrc, subject: \"/(/\"}, to: {}}, {}]\n",
     "warning: routes.yaml:1:9: routes are checked, but events are not yet sent to them\n"
     "routes.yaml:1:25: \"type\" must be metric, status or archive: \"metrc\"; did you mean \"metric\"\n"
     "routes.yaml:1:41: not a regular expression: Unmatched ( or \\(: \"(\"\n"
     "routes.yaml:1:53: \"to\" has none of \"graphite\" and \"webhook\"\n"
     "routes.yaml:1:58: \"to\" is missing\n"},
};

static const struct row service_rows[] = {
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {command: [/bin/true]}}\n", ""},
    {"== services/web.yaml\nchecks: {ping: {command: [/bin/true], evry: 30s}}\n",
     "services/web.yaml:1:39: unknown key \"evry\"; did you mean \"every\"\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {command: check_ping -H x}}\n",
     "services/web.yaml:2:26: \"command\": write a list, such as [check_ping -H x]\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {freshness: 10m, stale: CRITICAL}}\n"
     "serving: {check: ping, at_least: 60%}\n",
     ""},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {schedule: \"5 3 * * *\", window: always}}\n",
     ""},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {schedule: \"5 25 * * *\"}}\n",
     "services/web.yaml:2:27: \"schedule\": the hour is from 0 to 23: \"25\"\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {schedule: \"@daily\", every: 5m, window: "
     "dya}}\n",
     "services/web.yaml:2:37: \"every\" and \"schedule\" exclude each other\n"
     "services/web.yaml:2:56: @\n"},
    {"== services/web.yaml\nhosts: {web01: {status: configured}}\nchecks: {ping: {when: [configured]}, zeta: "
     "{}}\n"
     "verify: {timeout: 10m}\n",
     ""},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {verify: {}}\nverify: {timeout: 10m}\n",
     "services/web.yaml:2:10: the check \"verify\" is the one that \"verify\" makes\n"
     "warning: services/web.yaml:3:9: no check runs on a host that is configured, so that none can be "
     "verified\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {freshness: 10ms, stale: OK}}\n",
     "services/web.yaml:2:28: \"freshness\" must be at least 1s: \"10ms\"\n"
     "services/web.yaml:2:41: silence is never OK: \"stale\" is UNKNOWN, WARNING or CRITICAL\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {}}\nserving: {check: pin, at_least: 0%}\n",
     "services/web.yaml:3:18: unknown check \"pin\"; did you mean \"ping\"\n"
     "services/web.yaml:3:33: \"at_least\" is a share above 0%: \"0%\"\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {}}\nserving: {check: ping, at_least: 160%}\n",
     "services/web.yaml:3:34: \"at_least\" must be a percentage from 0 to 100: \"160%\"\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {}}\nserving: {check: ping, at_least: 0}\n",
     "services/web.yaml:3:34: @\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {}}\nserving: {}\n",
     "services/web.yaml:3:10: \"at_least\" is missing\nservices/web.yaml:3:10: \"check\" is missing\n"},
    {"== services/web.yaml\nhosts: {\"service:web\": {}}\nchecks: {ping: {}}\n"
     "serving: {check: ping, at_least: 1}\n",
     "services/web.yaml:3:10: host \"service:web\" stands in services/web.yaml:1:9 already\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {command: []}}\n",
     "services/web.yaml:2:26: \"command\" is empty\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {command: [no_such_check]}}\n",
     "warning: services/web.yaml:2:27: no program \"no_such_check\" in any directory of \"plugins\"\n"},
    {"== services/web.yaml\nhosts: {web01: {}}\nchecks: {ping: {command: [/bin/true, $HOSTNAM$]}}\n",
     "services/web.yaml:2:38: @\n"},
    {"== services/web.yaml\nhosts: {web/01: {}, \"..\": {}}\n",
     "services/web.yaml:1:9: a name is 1 to 64 letters, digits or any of \"_.:-\": \"web/01\"\n"
     "services/web.yaml:1:21: a name is 1 to 64 letters, digits or any of \"_.:-\": \"..\"\n"},
    {"== services/web.yaml\nhosts: {a: {status: activ, parents: [b], alive: png, vars: {x-y: 1}}}\n"
     "checks: {ping: {}}\n",
     "services/web.yaml:1:21: \"status\" must be provisioned, configured, verified, active or retired: "
     "\"activ\"; did you mean \"active\"\n"
     "services/web.yaml:1:38: unknown host \"b\"; did you mean \"a\"\n"
     "services/web.yaml:1:49: unknown check \"png\"; did you mean \"ping\"\n"
     "services/web.yaml:1:60: the name of a variable is of letters, digits and \"_\": \"X-Y\"\n"},
    {"== services/a.yaml\nhosts: {web01: {}}\n== services/b.yaml\nhosts:\n  web01: {}\n",
     "services/b.yaml:2:3: host \"web01\" stands in services/a.yaml:1:9 already\n"},
    {"== services/a.yaml\nservice: x\nhosts: {a: {}}\n== services/b.yaml\nservice: x\nhosts: {b: {}}\n",
     "services/b.yaml:1:10: service \"x\" stands in services/a.yaml already\n"},
    {"== services/web.yaml\nhost_count: 2\nhosts: {web_1: {}, web_01: {}}\n",
     "services/web.yaml:2:9: unknown name among the counted hosts \"web_1\"; did you mean \"web_01\"\n"},
    {"== services/web.yaml\nhost_count: 2\nhost_name: \"%(nme)s\"\n",
     "services/web.yaml:2:12: \"host_name\": only %(name)s, %(instance)d, %(shard)d and widths such as "
     "%02(instance)d: \"%(nme)s\"\n"},
    {"== services/web.yaml\nhost_count: 2\nhost_name: \"web\"\n",
     "services/web.yaml:1:1: host \"web\" stands in services/web.yaml:1:1 already\n"},
    {"== services/web.yaml\nhosts: {a: {}}\nchecks:\n  x: {depends_on: [y]}\n  y: {depends_on: {any: [a/x, "
     "b/x, a/z]}}\n",
     "services/web.yaml:3:3: @\n"
     "services/web.yaml:4:31: unknown host \"b\"; did you mean \"a\"\n"
     "services/web.yaml:4:36: unknown check \"z\"; did you mean \"x\"\n"},
    {"== services/web.yaml\nhosts:\n  a: {parents: [b]}\n  b: {parents: [a]}\n",
     "services/web.yaml:2:3: \"a\" is a parent of itself\n"},
    {USERS
     "== services/web.yaml\nhosts: {a: {}}\nchecks:\n  x:\n    alert: {groups: [admns], warning: page}\n"
     "    flapping: {low: 50}\n    remediate: [fix]\n    attempts: 0\n    when: [activ]\n    store: 2\n",
     "services/web.yaml:4:22: unknown group \"admns\"; did you mean \"admins\"\n"
     "services/web.yaml:4:39: \"warning\" must be none, notify or alert: \"page\"\n"
     "services/web.yaml:5:15: \"low\" is above \"high\"\n"
     "services/web.yaml:6:17: unknown remediation \"fix\"\n"
     "services/web.yaml:7:15: \"attempts\" must be a whole number from 1 to 1000: \"0\"\n"
     "services/web.yaml:8:12: \"when\" must be provisioned, configured, verified, active or retired: "
     "\"activ\"; "
     "did you mean \"active\"\n"
     "services/web.yaml:9:12: \"store\" must be false, true, no, yes, off or on: \"2\"\n"},
    {"== services/web.yaml\nhosts: {a: {}}\nchecks: {x: {alert: {}, outcomes: {2: OK, 256: OK, signal: "
     "bad}}}\n",
     "services/web.yaml:2:21: \"groups\" is missing\n"
     "services/web.yaml:2:36: a key of \"outcomes\" is timeout, signal or an exit code from 4 to 255: \"2\"\n"
     "services/web.yaml:2:43: a key of \"outcomes\" is timeout, signal or an exit code from 4 to 255: "
     "\"256\"\n"
     "services/web.yaml:2:60: not a verdict such as OK, WARNING, CRITICAL or UNKNOWN: \"bad\"\n"},
    {"== services/web.yaml\nhosts: {a: {}}\nchecks: {x: {}}\ncollect: {x: {command: [/bin/true]}, y: {}}\n"
     "graphs: {g: {metrics: [z.a, x, {metric: y.b}], negative: [y.c]}, h: {}}\n",
     "services/web.yaml:3:11: \"keys\" is missing\n"
     "services/web.yaml:3:11: a check has this name already: \"x\"\n"
     "services/web.yaml:3:38: \"command\" is missing\n"
     "services/web.yaml:3:38: \"keys\" is missing\n"
     "services/web.yaml:4:24: unknown check \"z\"; did you mean \"x\"\n"
     "services/web.yaml:4:29: a metric is written CHECK.LABEL: \"x\"\n"
     "services/web.yaml:4:58: unknown metric of this graph \"y.c\"; did you mean \"y.b\"\n"
     "services/web.yaml:4:66: \"metrics\" is missing\n"},
    {"== services/web.yml\nhosts: {a: {}}\n",
     "warning: services/web.yml:1:1: not read: the names of service files end in .yaml\n"},
    {"== services/web.yaml\nchecks: {}\n", "warning: services/web.yaml:1:1: service \"web\" has no hosts\n"},
    {"== services/web.yaml\nhosts: {a: {vars: {x: 1, y: 2, X: 3}, tags: 5}}\n"
     "checks: {c: {outcomes: 3, tags: {a b: 1, c: [d]}}}\n",
     "services/web.yaml:1:19: the variable \"X\" stands here twice\n"
     "services/web.yaml:1:45: \"tags\" must be a map of names and texts\n"
     "services/web.yaml:2:24: \"outcomes\" must be a map of endings and verdicts\n"
     "services/web.yaml:2:34: a name is 1 to 64 letters, digits or any of \"_.:-\": \"a b\"\n"
     "services/web.yaml:2:45: \"c\" must be a text\n"},
    {"== services/web.yaml\nservice: a b\nhosts: 5\nchecks: [x]\n",
     "services/web.yaml:1:10: a name is 1 to 64 letters, digits or any of \"_.:-\": \"a b\"\n"
     "services/web.yaml:2:8: must be a map of keys\n"
     "services/web.yaml:3:9: must be a map of keys\n"},
    {"== services/a b.yaml\nhosts: {a: {}}\n",
     "services/a b.yaml:1:1: a name is 1 to 64 letters, digits or any of \"_.:-\": \"a b\"\n"},
    {"== services/web.yaml\nhosts: {a: {}}\ncollect: {c: {command: [/bin/true], store: {keys: {l: {key: "
     "[]}}}}}\n"
     "graphs: {g: {metrics: []}}\n",
     "services/web.yaml:2:52: \"key\" names no key\n"
     "services/web.yaml:3:23: \"metrics\" is empty\n"},
    {"== services/web.yaml\nhost_count: 3\nhost_name: \"100%%\"\n",
     "services/web.yaml:1:1: a name is 1 to 64 letters, digits or any of \"_.:-\": \"100%\"\n"},
    {"== services/web.yaml\nhost_count: 3\nhost_name: \"w%(instance\"\n",
     "services/web.yaml:2:12: \"host_name\": only %(name)s, %(instance)d, %(shard)d and widths such as "
     "%02(instance)d: \"w%(instance\"\n"},
    {USERS "== remediations.yaml\n" TRACKERS "remediations: {fix: {" REMEDY "}}\n"
           "== services/web.yaml\nhosts: {a: {}}\nchecks: {c: {remediate: [fxi]}, d: 7}\n",
     "services/web.yaml:2:26: unknown remediation \"fxi\"; did you mean \"fix\"\n"
     "services/web.yaml:2:36: must be a map of keys\n"},
    {"== services/\x9b\xc2\x9b.yaml\nhosts: {a: {}}\n",
     "services/\xef\xbf\xbd .yaml:1:1: a name is 1 to 64 letters, digits or any of \"_.:-\": \"\xef\xbf\xbd "
     "\"\n"},
    {"== services/.hidden.yaml\nx: 1\n", ""},
    /* a broken file does not hide what is wrong in another */
    {"== watchbill.yaml\nstate: [\n== users.yaml\nuser: {}\n== services/web.yaml\nhosts: {a: {}\n",
     "services/web.yaml:2:1: not YAML: while parsing a flow mapping: did not find expected ',' or '}'\n"
     "users.yaml:1:1: unknown key \"user\"; did you mean \"users\"\n"
     "watchbill.yaml:2:1: not YAML: while parsing a flow node: did not find expected node content\n"},
    /* what many inherit is told once */
    {"== services/web.yaml\nhosts: {a: {}}\nchecks:\n  __base__: {every: x}\n  p: {}\n  q: {}\n",
     "services/web.yaml:3:21: \"every\": not a duration such as 15s, 10m, 2h or 30d: \"x\"\n"},
};

/* "@" in ${expected} stands for any text on the line: the sentence is another part's. */
static bool matches(const char *found, const char *expected)
{
    for (; *expected; expected++) {
        if (*expected != '@') {
            if (*found++ != *expected)
                return false;
            continue;
        }
        const char *rest = expected + 1;
        size_t length = strcspn(rest, "\n");
        const char *end = found + strcspn(found, "\n");
        if ((size_t)(end - found) <= length || strncmp(end - length, rest, length) != 0)
            return false;
        found = end - length;
    }
    return *found == '\0';
}

static int check_row(const struct row *row)
{
    struct config_place place;
    struct findings findings = {0};
    struct text text = TEXT_INIT;
    config_place_open(&place, row->files);
    struct model *model = config_load(place.path, &findings);
    config_place_findings(&text, &findings);
    bool fits = matches(text.bytes, row->expected) && (model != NULL) == (findings.errors == 0);
    if (!fits)
        print_error("%s\n-- found\n%s-- expected\n%s\n", row->files, text.bytes, row->expected);
    model_free(model);
    findings_release(&findings);
    text_release(&text);
    config_place_close(&place);
    return !fits;
}

static void check_rows(const struct row *rows, size_t count)
{
    int failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += check_row(&rows[i]);
    assert_int_equal(failures, 0);
}

static void test_site(void **state)
{
    (void)state;
    check_rows(site_rows, sizeof site_rows / sizeof site_rows[0]);
}

static void test_users(void **state)
{
    (void)state;
    check_rows(user_rows, sizeof user_rows / sizeof user_rows[0]);
}

static void test_remediations(void **state)
{
    (void)state;
    check_rows(remediation_rows, sizeof remediation_rows / sizeof remediation_rows[0]);
}

static void test_services(void **state)
{
    (void)state;
    check_rows(service_rows, sizeof service_rows / sizeof service_rows[0]);
}

static void expect_directory(const char *directory, const char *expected)
{
    struct findings findings = {0};
    assert_null(config_load(directory, &findings));
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].text, expected);
    findings_release(&findings);
}

static void test_directory(void **state)
{
    (void)state;
    expect_directory("/nonexistent/conf", "/nonexistent/conf: cannot be opened: No such file or directory");
    expect_directory("/dev/null", "/dev/null: not a directory");
    expect_directory("", ": cannot be opened: No such file or directory");
}

static void test_many_findings(void **state)
{
    (void)state;
    struct text files = TEXT_INIT;
    struct config_place place;
    struct findings findings = {0};
    text_add(&files, "== watchbill.yaml\n");
    for (int i = 0; i < 12000; i++)
        text_format(&files, "x%d: 1\n", i);
    config_place_open(&place, files.bytes);
    assert_null(config_load(place.path, &findings));
    assert_int_equal(findings.count, 10001);
    assert_string_equal(findings.items[9999].text, "watchbill.yaml:10000:1: unknown key \"x9999\"");
    assert_string_equal(findings.items[10000].text, "2000 more findings are not shown");
    findings_release(&findings);
    config_place_close(&place);
    text_release(&files);
}

/* A template that names an unknown host is one finding, and costs one look at the hosts. */
static void test_many_unknown(void **state)
{
    (void)state;
    struct text files = TEXT_INIT;
    struct config_place place;
    struct findings findings = {0};
    text_add(&files, "== services/web.yaml\nhosts:\n  __base__: {parents: [switch]}\n");
    for (int i = 0; i < 5000; i++)
        text_format(&files, "  host-number-%d: {}\n", i);
    config_place_open(&place, files.bytes);
    clock_t begun = clock();
    assert_null(config_load(place.path, &findings));
    assert_true(clock() - begun < 2 * CLOCKS_PER_SEC);
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.items[0].text, "services/web.yaml:2:24: unknown host \"switch\"");
    findings_release(&findings);
    config_place_close(&place);
    text_release(&files);
}

static void test_stamp(void **state)
{
    (void)state;
    struct config_place place;
    config_place_open(&place, "== watchbill.yaml\nstate: a\n");
    uint64_t first = config_stamp(place.path);
    assert_int_equal(config_stamp(place.path), first);
    config_place_fill(&place, "== services/new.yaml\nhosts: {}\n");
    uint64_t second = config_stamp(place.path);
    assert_int_not_equal(second, first);
    config_place_fill(&place, "== watchbill.yaml\nstate: bb\n");
    uint64_t third = config_stamp(place.path);
    assert_int_not_equal(third, second);
    config_place_fill(&place, "== services/new.yml\nnot read\n");
    assert_int_equal(config_stamp(place.path), third);
    config_place_close(&place);
    assert_int_not_equal(config_stamp(place.path), third);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_site),         cmocka_unit_test(test_users),
        cmocka_unit_test(test_remediations), cmocka_unit_test(test_services),
        cmocka_unit_test(test_directory),    cmocka_unit_test(test_many_findings),
        cmocka_unit_test(test_many_unknown), cmocka_unit_test(test_stamp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
