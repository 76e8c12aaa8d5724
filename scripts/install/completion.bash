# Completion of the options that --help tells, and of files, for the programs of stedi-pipes in bash.
_stedi_pipes() {
	local word=${COMP_WORDS[COMP_CWORD]} option='-([[:alnum:]]|-[[:alpha:]][-[:alpha:]]*)'
	COMPREPLY=()
	[[ $word == -* ]] || return
	mapfile -t COMPREPLY < <(compgen -W "$("$1" --help 2>/dev/null | grep -oE "(^ *|, *|\[)$option" |
		grep -oE -e "$option" | sort -u)" -- "$word")
}

complete -o default -F _stedi_pipes redis-decode events-decode stedi-join redis-source stedi-simulator embedded-broker \
	stedi-submit-join stedi-submit-redis-source stedi-submit-simulator stedi-show-customers stedi-show-events \
	stedi-risk-graph stedi-watch-risk
