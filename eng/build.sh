# Sourced by ./sagebrush when the sources are not those of the last build. Sets `id` and `dotnet_root`.
# Builds go into .build/ID, ID being a hash of the contents, and appear there whole or not at all.

# shellcheck source=eng/packages.sh
source "$root/eng/packages.sh"

build_program() {
    mkdir -p "$build"
    # Two launchers at once: the second waits, then finds the work done.
    exec {lock}>"$build/lock"
    flock "$lock"

    if [[ ! -e $build/setup-done ]]; then
        need_runtime_packages
        # What cannot be installed costs a feature, not the program: `doctor` names it again.
        install_missing "$build/setup.log" || true
        : >"$build/setup-done"
    fi

    id=$(cd -- "$root" && sources -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
    id=${id:0:16}
    if [[ ! -x $build/$id/sagebrush ]]; then
        need_dotnet_sdk || exit 1
        publish "$build/$id"
    fi
    dotnet_root=$(readlink -f -- "$(command -v dotnet || echo /usr/share/dotnet/dotnet)")
    dotnet_root=${dotnet_root%/*}
    printf '%s\n' "${fingerprint%% *}" "$id" "$dotnet_root" >"$build/current.$$"
    mv -f "$build/current.$$" "$build/current"
    remove_unused_builds
    exec {lock}>&-
}

publish() {
    local target=$1 log=$build/build.log started=$SECONDS rid=()
    local partial=$target.partial
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) rid=(-r linux-x64) ;;
        Linux-aarch64) rid=(-r linux-arm64) ;;
        Darwin-arm64) rid=(-r osx-arm64) ;;
        Darwin-x86_64) rid=(-r osx-x64) ;;
    esac
    # Its own intermediate folder, so that a developer's restores and builds beside the sources are left alone.
    # Analyzers speak to whoever changes the code; here they would only cost half the build.
    local publish=(dotnet publish "$root/src/Sagebrush" -c Release --self-contained false --artifacts-path "$build/intermediate"
        -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -o "$partial" --disable-build-servers -nologo -v quiet "${rid[@]}")

    say "building the program, once for these sources (a minute or so)…"
    rm -rf "$partial"
    if ((${#rid[@]})) && "${publish[@]}" -p:PublishReadyToRun=true >"$log" 2>&1 {lock}>&- </dev/null; then
        :
    elif grep -q 'error CS' "$log" 2>/dev/null; then
        fail_build "$log"
    else
        # Compiling ahead of time needs one more package, which an offline machine may lack; the program only starts slower without it.
        rm -rf "$partial"
        "${publish[@]}" >"$log" 2>&1 {lock}>&- </dev/null || fail_build "$log"
        say "built without ahead-of-time compilation (its package could not be restored): starting takes a little longer"
    fi
    rm -rf "$target"
    mv "$partial" "$target"
    say "built in $((SECONDS - started)) s"
}

fail_build() {
    grep -E 'error|warn' "$1" | sort -u | head -n 20 >&2 || tail -n 20 "$1" >&2
    say "the build failed (log: $1)"
    exit 1
}

# A running server starts its jobs from its own build: keep every folder some process runs from.
remove_unused_builds() {
    local in_use folder
    in_use=$(readlink /proc/[0-9]*/exe 2>/dev/null || true)
    for folder in "$build"/*/; do
        folder=${folder%/}
        [[ -x $folder/sagebrush && $folder != "$build/$id" && $in_use != *"$folder/"* ]] || continue
        rm -rf "$folder"
    done
}
