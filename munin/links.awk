# SPDX-License-Identifier: GPL-3.0-or-later
# munin/links as the table of lib/munin.h. A row that cannot be read, a name that stands twice, or a program
# with both kinds of links ends the build.

function fail(sentence)
{
    printf "munin/links:%d: %s\n", FNR, sentence > "/dev/stderr"
    failed = 1
    exit 1
}

function options(    text, i)
{
    for (i = 5; i <= NF; i++)
        text = text (i > 5 ? " " : "") $i
    return text
}

BEGIN {
    print "#include \"lib/munin.h\"\nconst struct munin_link munin_links[] = {"
}

/^#/ || NF == 0 { next }

{
    kind = $1 ~ /_$/ ? "wildcard" : "plain"
    if (NF < 4 || $0 !~ /^[A-Za-z0-9_.:,*=%>\/ -]+$/)
        fail("not LINK PROGRAM GRAPHS CATEGORY [OPTIONS]")
    if ($1 in seen)
        fail("\"" $1 "\" stands twice")
    if ($2 in kinds && kinds[$2] != kind)
        fail("\"" $2 "\" has wildcards and plain links")
    seen[$1] = 1
    kinds[$2] = kind
    program = $2
    sub(/.*\//, "", program)
    printf "    {\"%s\", \"%s\", \"%s\", \"%s\", \"%s\"},\n", $1, program, $3, $4, options()
}

END {
    if (!failed)
        print "    {0},\n};"
}
