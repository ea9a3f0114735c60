# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of supctl(1) for bash.

# The ids that the supd of the options given so far has.
_supctl_ids()
{
	supctl "$@" --timeout 1 -j status 2>/dev/null |
		grep -o '"id":"[^"]*"' | cut -d '"' -f 4
}

_supctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local verbs verb='' i word
	local -a where=()

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		-c | --config | -s | --socket)
			where+=("$word" "${COMP_WORDS[i+1]}")
			((i++))
			;;
		--timeout)
			((i++))
			;;
		-*) ;;
		*)
			verb=$word
			break
			;;
		esac
	done
	case $prev in
	-c | --config | -s | --socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [[ -z $verb ]]; then
		verbs=$(supctl --help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$verbs -c -s -j --timeout" \
			-- "$cur")
		return
	fi
	case $verb in
	signal)
		if ((COMP_CWORD == i + 1)); then
			mapfile -t COMPREPLY < <(compgen -A signal -- "$cur")
			return
		fi
		;;
	check)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	events)
		mapfile -t COMPREPLY < <(compgen -W '-f -n' -- "$cur")
		return
		;;
	start-child)
		word='--id --supervisor --restart --shutdown --set --link
			--monitor --'
		mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
		return
		;;
	tree | ping | version | shutdown)
		return
		;;
	wait)
		[[ $cur == -* ]] && COMPREPLY=(--ready) && return
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$(_supctl_ids "${where[@]}")" \
		-- "$cur")
}

complete -F _supctl supctl
