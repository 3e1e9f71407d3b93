# Sourced by ./sagebrush and ./test: finds and installs Debian packages that are missing.
# Everything said here goes to standard error; standard output belongs to the caller.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# need PACKAGE REASON PATTERN…: notes PACKAGE as missing when no file matches one of the patterns.
missing_packages=()
missing_reasons=()
need() {
    local package=$1 reason=$2 pattern
    shift 2
    for pattern in "$@"; do
        # The pattern is meant to expand: libraries carry their architecture and version in their path.
        compgen -G "$pattern" >/dev/null && return 0
    done
    missing_packages+=("$package")
    missing_reasons+=("$reason")
}

need_runtime_packages() {
    need libxgboost0 "the library that trains and checks XGBoost models" \
        '/usr/lib/*-linux-gnu/libxgboost.so*' '/usr/local/lib/libxgboost.so*'
    need python3 "runs training scripts and their inference handlers" /usr/bin/python3
    need python3-numpy "arrays for training scripts" /usr/lib/python3/dist-packages/numpy
    need python3-pandas "tables for training scripts" /usr/lib/python3/dist-packages/pandas
    need python3-sklearn "scikit-learn script mode" /usr/lib/python3/dist-packages/sklearn
    need python3-joblib "saves and loads scikit-learn models" /usr/lib/python3/dist-packages/joblib
    need fonts-dejavu-core "the typeface of metric pictures" /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
    need bubblewrap "keeps jobs apart from each other and from your files" /usr/bin/bwrap
}

# install_missing LOG: installs what `need` noted; answers 1 and says how to do it by hand when it cannot.
install_missing() {
    local log=$1 i as_root=()
    ((${#missing_packages[@]})) || return 0
    for i in "${!missing_packages[@]}"; do
        say "installing ${missing_packages[i]}: ${missing_reasons[i]}"
    done
    if ! command -v apt-get >/dev/null; then
        say "no apt-get here: install the equivalent of ${missing_packages[*]} yourself; 'doctor' tells what it is for"
        return 1
    fi
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            say "not root and no sudo: have somebody run 'apt-get install ${missing_packages[*]}'"
            return 1
        fi
        as_root=(sudo)
        [[ -t 2 ]] || as_root+=(-n)
    fi
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing_packages[@]}")
    if "${install[@]}" >"$log" 2>&1 </dev/null; then
        return 0
    fi
    # A fresh machine has no package lists yet.
    if "${as_root[@]}" apt-get update >>"$log" 2>&1 </dev/null && "${install[@]}" >>"$log" 2>&1 </dev/null; then
        return 0
    fi
    tail -n 5 "$log" >&2
    say "could not install ${missing_packages[*]} (log: $log); install by hand: apt-get install ${missing_packages[*]}"
    return 1
}

# Answers 1 with a clear message unless a .NET 10 SDK is there to build with.
need_dotnet_sdk() {
    if ! command -v dotnet >/dev/null; then
        say "the .NET 10 SDK is needed to build and was not found on the PATH"
    elif ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
        say "the .NET 10 SDK is needed to build; $(command -v dotnet) has: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -)"
    else
        return 0
    fi
    say "install it from https://dotnet.microsoft.com/download/dotnet/10.0 (Debian: package dotnet-sdk-10.0 from packages.microsoft.com)"
    return 1
}
