#compdef redis-decode events-decode stedi-join redis-source stedi-simulator embedded-broker stedi-submit-join stedi-submit-redis-source stedi-submit-simulator stedi-show-customers stedi-show-events stedi-risk-graph stedi-watch-risk
# Completion of the options that --help tells, and of files, for the programs of stedi-pipes in zsh.
_gnu_generic
