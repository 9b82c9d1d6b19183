# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Completion of watchbill's programs in bash. The tables at the end are made from the programs' own: change those.
# bash-completion loads this file when one of the programs is first completed; bash alone takes it by `source`.
#
# _watchbill_options  PROGRAM -> its options, blank between them
# _watchbill_values   "PROGRAM OPTION" -> what its value can be; no entry: it takes none
# _watchbill_words    "PROGRAM" -> what its words can be, in their order; the last stands for all that follow
#
# PROGRAM is "watchbill COMMAND" for a command. A kind of value: file, directory, host, user, zone, program; a kind of
# `watchbill config names`; "=WORD,WORD" these words; "+WORD,WORD" what such a word and an "=" begin; "-" unknown.
declare -gA _watchbill_options=() _watchbill_values=() _watchbill_words=() _watchbill_commands=()

# The words up to the cursor, in `words`. readline takes them apart at each of COMP_WORDBREAKS: what no blank divides
# in the line is one word.
_watchbill_split() {
    local line=${COMP_LINE:-${COMP_WORDS[*]}} word i
    [[ -z ${COMP_POINT-} || -z ${COMP_LINE-} ]] || line=${line:0:COMP_POINT}
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i == 0)) || [[ -z $word || $line == [[:blank:]]* ]]; then
            line=${line#"${line%%[![:blank:]]*}"}
            words+=("${line:0:${#word}}")
        else
            words[-1]+=${line:0:${#word}}
        fi
        line=${line:${#word}}
    done
}

# The names of a kind, one a line: checks from the scheduler that runs, else from the configuration.
_watchbill_names() {
    local call=("${words[0]/#\~\//$HOME/}") i first _
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        [[ ${words[i]} == --conf=* ]] && call+=("${words[i]}")
        [[ ${words[i]} == --conf ]] && call+=(--conf "${words[i + 1]}")
    done
    if [[ $1 == checks ]]; then
        while read -r first _; do
            [[ $first == */* ]] && printf '%s\n' "$first"
        done < <("${call[@]}" status 2>/dev/null | grep '^[^ ]') | grep . && return
    fi
    "${call[@]}" config names "$1" 2>/dev/null
}

# _watchbill_offer VALUE CANDIDATE...: those that begin with VALUE, without what readline keeps of the word.
_watchbill_offer() {
    local value=$1 kept='' candidate
    [[ $COMP_WORDBREAKS == *:* && $value == *:* ]] && kept=${value%"${value##*:}"}
    shift
    for candidate; do
        [[ $candidate == "$value"* ]] && COMPREPLY+=("${candidate#"$kept"}")
    done
}

# _watchbill_value KIND VALUE: offer what can stand in the place of VALUE.
_watchbill_value() {
    local kind=$1 value=$2 found=()
    case $kind in
    =*)
        IFS=, read -ra found <<<"${kind#=}"
        _watchbill_offer "$value" "${found[@]}"
        ;;
    +*)
        IFS=, read -ra found <<<"${kind#+}"
        compopt -o nospace 2>/dev/null
        _watchbill_offer "$value" "${found[@]/%/=}"
        ;;
    file | directory)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -A "$kind" -- "$value")
        ;;
    host | user | program)
        [[ $kind == host ]] && kind=hostname
        [[ $kind == program ]] && kind='command'
        mapfile -t found < <(compgen -A "$kind" -- "$value")
        _watchbill_offer "$value" "${found[@]}"
        ;;
    zone)
        mapfile -t found < <(cd /usr/share/zoneinfo 2>/dev/null && compgen -A file -- "$value")
        _watchbill_offer "$value" "${found[@]}"
        ;;
    -) ;;
    *)
        mapfile -t found < <(_watchbill_names "$kind")
        _watchbill_offer "$value" "${found[@]}"
        ;;
    esac
}

# The command of `watchbill` among the words, in `program`, and where its words begin, in `from`.
_watchbill_command() {
    local i
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        case ${words[i]} in
        --conf) ((i++)) ;;
        -*) ;;
        *)
            [[ -n ${_watchbill_commands["$program ${words[i]}"]-}${_watchbill_options["$program ${words[i]}"]-} ]] || return
            program+=" ${words[i]}" from=$((i + 1))
            [[ -n ${_watchbill_commands[$program]-} ]] || return
            ;;
        esac
    done
}

_watchbill() {
    local words program from=1 current before place=0 ended='' kinds kind i
    COMPREPLY=()
    _watchbill_split
    program=${words[0]##*/} current=${words[-1]}
    _watchbill_command
    for ((i = from; i < ${#words[@]} - 1; i++)); do
        before=${words[i]}
        if [[ -n $ended || $before != -?* ]]; then
            ((place++))
        elif [[ $before == -- ]]; then
            ended=1
        elif [[ -n ${_watchbill_values["$program $before"]-} ]]; then
            ((++i == ${#words[@]} - 1)) || continue
            _watchbill_value "${_watchbill_values["$program $before"]}" "$current"
            return
        fi
    done
    if [[ -z $ended && $current == --*=* ]]; then
        kind=${_watchbill_values["$program ${current%%=*}"]-}
        [[ -z $kind ]] || _watchbill_value "$kind" "${current#*=}"
        [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/"${current%%=*}="}")
        return
    fi
    read -ra kinds <<<"${_watchbill_words[$program]-}"
    if [[ -z $ended && ( $current == -* || ${#kinds[@]} -eq 0 && -z ${_watchbill_commands[$program]-} ) ]]; then
        read -ra kinds <<<"${_watchbill_options[$program]-}"
        _watchbill_offer "$current" "${kinds[@]}"
    else
        if [[ -n ${_watchbill_commands[$program]-} ]] && ((place == 0)); then
            _watchbill_value "=${_watchbill_commands[$program]}" "$current"
        fi
        if ((${#kinds[@]})); then
            ((place < ${#kinds[@]})) || place=$((${#kinds[@]} - 1))
            _watchbill_value "${kinds[place]}" "$current"
        fi
    fi
}
