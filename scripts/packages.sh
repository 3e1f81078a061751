# packages.sh - which packages of Debian 12 or Ubuntu 24.04 (or later) are needed, and their
# installation; sourced by check.sh and try.sh.
# shellcheck shell=sh disable=SC2034 # used by those

packages_build='gcc make libc6-dev libdw-dev libelf-dev libiberty-dev libzydis-dev libbz2-dev
    liblzma-dev libncurses-dev libzstd-dev'
packages_check="$packages_build
    g++ clang lld pkg-config check libunwind-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    clang-format cppcheck shellcheck groff-base
    llvm dwz gdb strace procps
    libboost-coroutine-dev libboost-fiber-dev libpth-dev qemu-utils
    bash bash-completion btrfs-progs curl fish git libcap2-bin perl python3 redis-server sqlite3 tmux
    xz-utils zsh zstd"
packages_try="$packages_build sqlite3"

# Runs apt-get. Tells invoke-rc.d(8) to start no server that a package brings. Nor is it started
# at the next boot: whoever wants to trace a server starts it.
packages_apt_get() (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap '$packages_root rm -f $policy' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' | $packages_root tee $policy >/dev/null
        $packages_root chmod 755 $policy
    fi
    $packages_root env DEBIAN_FRONTEND=noninteractive "$@" || exit 1
    case " $* " in
    *' redis-server '*)
        command -v systemctl >/dev/null &&
            $packages_root systemctl disable --quiet redis-server 2>/dev/null
        ;;
    esac
    exit 0
)

# packages_install PACKAGE...: installs those that are missing. Where it may not, it prints the
# command and fails.
packages_install() {
    missing=
    for package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    install="apt-get install -q -y --no-install-recommends$missing"
    packages_root=
    if ! command -v apt-get >/dev/null; then
        echo "These packages are missing, by their names in Debian:$missing"
        return 1
    elif [ "$(id -u)" != 0 ]; then
        packages_root='sudo -n'
        if ! sudo -n true 2>/dev/null; then
            echo "Packages are missing. Please run this first:"
            echo "    sudo apt-get update && sudo $install"
            return 1
        fi
    fi
    # shellcheck disable=SC2086 # the command's words
    $packages_root apt-get update -q && packages_apt_get $install
}
