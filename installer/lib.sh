# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What ./installer/run and ./installer/test share: packages, configuring, building. Sourced, not run.

muster_installed=no # packages in this run: what was configured before did not see them
muster_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '== %s\n' "$*"; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# The Debian release as a number; testing and unstable, which state none, count as the newest.
debian_release() {
    local id='' id_like='' version='' line
    [[ -r /etc/os-release ]] || fail "this is not Debian: /etc/os-release is missing. $other_systems"
    while IFS= read -r line; do
        case $line in
        ID=*) id=${line#ID=} ;;
        ID_LIKE=*) id_like=${line#ID_LIKE=} ;;
        VERSION_ID=*) version=${line#VERSION_ID=} ;;
        esac
    done </etc/os-release
    version=${version//\"/}
    [[ ${id//\"/} == debian ]] || fail "this is ${id:-unknown}${id_like:+ (like ${id_like//\"/})}, and only the package names of Debian 12 and 13 are known here. $other_systems"
    [[ -n $version ]] || version=99
    ((${version%%.*} >= 12)) || fail "this is Debian $version; Muster needs Debian 12 or newer (Qt 6.4, CMake 3.25)."
    echo "${version%%.*}"
}
other_systems="On another system install what installer/packages lists by its names there, then: cmake --preset release && cmake --build --preset release"

# The packages of the given sets that this machine lacks, one a line.
missing_packages() {
    local release set package when _why wanted=()
    release=$(debian_release) || exit 1
    while read -r set package when _why; do
        [[ -z $set || $set == '#'* || " $* " != *" $set "* ]] && continue
        case $when in
        -) ;;
        *+) ((release >= ${when%+})) || continue ;;
        '!'*) PATH=$PATH:/usr/local/bin:/usr/sbin command -v "${when#!}" >/dev/null && continue ;;
        esac
        wanted+=("$package")
    done <"$muster_root/installer/packages"
    # One call for all of them: dpkg-query names those it does not know on stderr and goes on.
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
            sed -n 's/^installed //p' | sort -u)
}

# install_packages SET...: installs what is missing of these sets, and nothing else.
install_packages() {
    local missing list as_root=()
    list=$(missing_packages "$@") || exit 1
    [[ -n $list ]] || return 0
    mapfile -t missing <<<"$list"
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "these packages are missing, and there is no sudo to install them with. As root: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
        [[ -t 0 ]] || as_root=(sudo -n)
        say "Installing ${#missing[@]} Debian packages with sudo apt-get (it may ask for your password): ${missing[*]}"
    else
        say "Installing ${#missing[@]} Debian packages with apt-get: ${missing[*]}"
    fi
    if [[ " ${missing[*]} " == *' nats-server '* ]]; then
        say "Debian's nats-server package may start a service of its own on port 4222; Muster does not use it (to stop it: systemctl disable --now nats-server)"
    fi
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -q)
    local install=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")
    # The lists may be missing or old; they are fetched when apt cannot do without.
    if ! "${install[@]}" --download-only >/dev/null 2>&1 </dev/null; then
        "${apt[@]}" update || fail "apt-get update failed; see above. Is this machine online?"
    fi
    "${install[@]}" || fail "apt-get could not install the packages; see above"
    muster_installed=yes
}

# Compilers of Qt code take about 1 GB each; never more of them than fit.
build_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1200000) }' /proc/meminfo)
    ((memory < 1)) && memory=1
    echo $((memory < cores ? memory : cores))
}

# build_preset NAME: configures and builds build/NAME.
build_preset() {
    local preset=$1 directory="$muster_root/build/$1"
    if [[ ! -f $directory/build.ninja || $muster_installed == yes ||
        $muster_root/CMakePresets.json -nt $directory/build.ninja ]]; then
        say "Configuring build/$preset"
        (cd "$muster_root" && cmake --preset "$preset") || fail "cmake --preset $preset failed; see above"
    fi
    say "Building build/$preset"
    cmake --build "$directory" --parallel "$(build_jobs)" || fail "the build failed; see above"
    if [[ $preset == release ]]; then
        ln -sfn release/bin "$muster_root/build/bin"
    fi
}
