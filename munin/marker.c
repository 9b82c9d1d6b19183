/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What munin-node-configure looks for in a plugin's file: linked into the programs that munin/links names. Each
 * marker must end its line. Compiled with WILDCARD for those that take an instance behind their name. */

#ifdef WILDCARD
#define SUGGEST " suggest"
#else
#define SUGGEST ""
#endif

__attribute__((used)) static const char marker[] =
    "\n#%# family=auto\n#%# capabilities=autoconf" SUGGEST "\n";
