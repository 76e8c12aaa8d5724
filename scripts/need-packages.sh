#!/bin/bash
# Names what is missing for a purpose and, on Debian, installs it.
set -euo pipefail

usage() {
	cat <<-'USAGE'
		usage: need-packages.sh [--say] PURPOSE ...
		Checks what each PURPOSE needs (build; to build less, compile and the libraries rdkafka, ssl; demo,
		check, bench, kafka, lake, hdfs, spark, assessments, game, notebook, browser, bare, emulated, fuzz, musl, deb, lint), and
		installs what is missing with apt-get, as root or through sudo; with --say, or without apt-get, only names it and
		fails. What is needed from PyPI comes to build/PURPOSE.
	USAGE
}

# what is needed (a command, a header, a file or a module of Python), the Debian package that has it, the purposes
needs() {
	cat <<-'NEEDS'
		command make                    make                 build
		command cc                      gcc                  build compile
		header  stdio.h                 libc6-dev            build compile
		header  jansson.h               libjansson-dev       check fuzz bench
		header  librdkafka/rdkafka.h    librdkafka-dev       build rdkafka
		header  openssl/ssl.h           libssl-dev           build ssl
		header  openssl/crypto.h        libssl-dev           build crypto
		command kcat                    kcat                 demo game lake
		command redis-server            redis-server         demo
		command redis-cli               redis-tools          demo
		command websocketd              websocketd           demo
		command prove                   perl                 check bare
		command jq                      jq                   check bench hdfs
		command python3                 python3-minimal      check lake
		command valgrind                valgrind             check
		command mandoc                  mandoc               check lint
		command col                     bsdextrautils        check
		command mkfifo                  coreutils            check
		command ps                      procps               check
		command script                  bsdutils             check
		command diff                    diffutils            check
		command man                     man-db               check
		command systemd-analyze         systemd              check
		command zsh                     zsh                  check
		command strace                  strace               check
		file    /usr/bin/time           time                 check
		command mlr                     miller               bench
		command c++                     g++                  bench
		file    /usr/include/simdjson.h libsimdjson-dev      bench
		command cargo                   cargo                bench
		command gnuplot                 gnuplot-nox          bench
		command taskset                 util-linux           bench
		python  statistics              python3              bench
		command javac                   default-jdk-headless kafka
		command mvn                     maven                kafka
		command openssl                 openssl              check kafka
		file    /usr/sbin/debootstrap   debootstrap          bare
		command git                     git                  check bare
		file    /usr/sbin/nginx         nginx                game
		command ab                      apache2-utils        game
		command gawk                    gawk                 check game
		command mawk                    mawk                 check
		command curl                    curl                 game hdfs
		file    /usr/sbin/logrotate     logrotate            check game
		command chromium                chromium             browser
		command npm                     npm                  browser
		command node                    nodejs               browser
		command qemu-aarch64            qemu-user            emulated
		command aarch64-linux-gnu-gcc   gcc-aarch64-linux-gnu emulated
		file    /usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross emulated
		command s390x-linux-gnu-gcc     gcc-s390x-linux-gnu  emulated
		file    /usr/s390x-linux-gnu/include/stdio.h libc6-dev-s390x-cross emulated
		command clang                   clang                fuzz
		file    /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a libclang-rt-dev fuzz
		command musl-gcc                musl-tools           musl
		command clang-format            clang-format         lint
		command cppcheck                cppcheck             lint
		command shellcheck              shellcheck           lint
		command lintian                 lintian              lint
		command dpkg-shlibdeps          dpkg-dev             deb lint
		command java                    default-jdk-headless spark
		python  uuid                    python3              check assessments
		python  ensurepip               python3-venv         lake spark notebook
	NEEDS
}

# purpose, the requirements of a Python environment that becomes build/PURPOSE
environments() {
	cat <<-'NEEDS'
		lake     scripts/lake/requirements.txt
		notebook scripts/game-events/requirements.txt
		spark    tests/lake/requirements.txt
	NEEDS
}

is_there() { # command|header|file|python NAME
	case $1 in
	command) command -v "$2" >/dev/null ;;
	header) printf '#include <%s>\n' "$2" | cc -E -x c - >/dev/null 2>&1 ;;
	file) compgen -G "$2" >/dev/null ;;
	python) python3 -c "import $2" 2>/dev/null ;;
	esac
}

install_packages() {
	((${#missing[@]})) || return 0
	echo "missing: ${missing[*]} (names of Debian's packages)" >&2
	if $say_only || ! command -v apt-get >/dev/null; then
		echo "Install them, then try again." >&2
		exit 1
	fi
	local as_root=()
	if ((EUID != 0)); then
		command -v sudo >/dev/null || { echo "To install them takes root, or sudo." >&2 && exit 1; }
		as_root=(sudo)
	fi
	echo "installing them with apt-get" >&2
	mkdir -p "$root/build"
	exec 8>"$root/build/packages.lock" && flock 8 # apt-get fails where another one runs
	"${as_root[@]}" apt-get update -qq >/dev/null
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		-o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
	exec 8>&-
	# the package starts a web server at once and at every boot; the game's is started when it is wanted
	if [[ " ${missing[*]} " == *" nginx "* && -d /run/systemd/system ]]; then
		"${as_root[@]}" systemctl disable --quiet --now nginx
	fi
}

# install_environment PURPOSE REQUIREMENTS: the copy of REQUIREMENTS, written last, says that it is complete.
install_environment() {
	local folder=$root/build/$1
	cmp -s "$root/$2" "$folder/requirements.txt" && return
	echo "missing: $(paste -sd ' ' "$root/$2") (names on PyPI) in build/$1" >&2
	! $say_only || exit 1
	echo "installing them with pip" >&2
	mkdir -p "$root/build"
	(
		flock 9
		! cmp -s "$root/$2" "$folder/requirements.txt" || exit 0
		rm -rf "$folder"
		python3 -m venv "$folder"
		# what is never imported need not be compiled
		"$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile -r "$root/$2"
		cp "$root/$2" "$folder/requirements.txt"
	) 9>"$root/build/$1.lock"
}

wrong_usage() {
	printf '%s\n' "need-packages.sh: $*" "Try 'need-packages.sh --help'." >&2
	exit 2
}

# check_purposes PURPOSE ...
check_purposes() {
	local purpose purposes known=' '
	while read -r _ _ _ purposes; do known+="$purposes "; done < <(needs)
	while read -r purpose _; do known+="$purpose "; done < <(environments)
	for purpose; do
		[[ $purpose != -* ]] || wrong_usage "unknown option ${purpose@Q}"
		[[ $known == *" $purpose "* ]] || wrong_usage "unknown purpose ${purpose@Q}"
	done
}

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
say_only=false
if [[ ${1-} == --help ]]; then
	usage
	exit 0
elif [[ ${1-} == --say ]]; then
	say_only=true
	shift
fi
(($#)) || wrong_usage "expected a PURPOSE"
check_purposes "$@"

missing=()
while read -r kind name package purposes; do
	[[ " $* " =~ " "(${purposes// /|})" " ]] || continue
	is_there "$kind" "$name" || [[ " ${missing[*]-} " == *" $package "* ]] || missing+=("$package")
done < <(needs)
install_packages
while read -r purpose requirements; do
	[[ " $* " != *" $purpose "* ]] || install_environment "$purpose" "$requirements" </dev/null
done < <(environments)
