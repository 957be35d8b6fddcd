# Builds a few programs and says how far that is. Sourced, not run, by scripts that need no more than those.

# What the large ones cost, in seconds of one processor; every other crate costs about one. Only for the estimate.
declare -A cost=(
    [librocksdb_sys]=780 [biaozheng_node]=250 [biaozheng_contracts]=120 [biaozheng_commands]=60 [parquet]=45 [biaozheng_api]=45
    [write_fonts]=40 [object_store]=38 [arc_malachitebft_network]=35 [biaozheng-replay]=35 [krilla]=27 [biaozheng_tests]=26
    [biaozheng_ledger]=22 [biaozheng_client]=20 [biaozheng_verify]=20 [biaozheng_ocds]=16 [biaozheng_supervision]=16
    [rustls]=17 [read_fonts]=17 [quinn_proto]=16 [regex_automata]=15
)

# build_programs PROGRAM... : these, in the form in which `build` makes them later, so that a later scripts/test compiles none of it
# again. The example is what makes Cargo give shared crates the features that the tests ask for; no test is compiled.
build_programs() {
    local programs=() program scratch cargo status=0
    for program in "$@"; do programs+=(--bin "$program"); done
    scratch=$(mktemp -d)
    say "building $* (a first build takes about 20 minutes of two cores: RocksDB and the consensus engine are large)"
    # A process group of its own: an interrupted script leaves no compiler behind.
    set -m
    CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=200 CARGO_TERM_COLOR=never \
        cargo build --release --workspace --locked "${programs[@]}" --example judge_frames \
        --message-format=json-render-diagnostics >"$scratch/done" 2>"$scratch/said" &
    cargo=$!
    set +m
    # The values of now: the names are gone when the trap runs.
    trap "kill -- -$cargo 2>/dev/null || true; rm -rf '$scratch'" EXIT
    follow "$cargo" "$scratch"
    wait "$cargo" || status=$?
    trap - EXIT
    if [ "$status" -ne 0 ]; then
        # Cargo's own words, without its bar.
        tr '\r' '\n' <"$scratch/said" | grep -vE '^ *(Building|Compiling|Downloaded) |^$' >&2 || true
    fi
    rm -rf "$scratch"
    return "$status"
}

# follow PID FOLDER : says how far the build is until it ends; on a terminal in one line, elsewhere every half minute.
follow() {
    local begun=$SECONDS told=0 every=30 line
    [ -t 2 ] && every=2
    while kill -0 "$1" 2>/dev/null; do
        sleep 1
        [ $((SECONDS - told)) -ge "$every" ] || continue
        line=$(how_far "$2" $((SECONDS - begun)))
        [ -n "$line" ] || continue
        told=$SECONDS
        if [ -t 2 ]; then printf '\r\033[K%s' "${line:0:$((${COLUMNS:-100} - 1))}" >&2; else printf '%s\n' "$line" >&2; fi
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

# how_far FOLDER SECONDS : one line, from Cargo's bar and from what it has finished; nothing before it knows.
how_far() {
    local bar built all names left rocks
    bar=$(tail -c 1000 "$1/said" | tr '\r' '\n' | grep -oE '[0-9]+/[0-9]+: .*' | tail -1 || true)
    [ -n "$bar" ] || return 0
    built=${bar%%/*} all=${bar#*/} names=${bar#*: }
    all=${all%%:*} names=${names%"${names##*[![:space:]]}"}
    # RocksDB is one crate to Cargo, and a third of the work: its C++ files are counted. There are 343.
    rocks=$(find "$CARGO_TARGET_DIR"/release/build/librocksdb-sys-*/out -name '*.o' 2>/dev/null | wc -l)
    left=$(costs | awk -v built="$built" -v all="$all" -v rocks="$rocks" -v seconds="$2" -v cores="$(nproc)" '
        FNR == NR { cost[$1] = $2; next }
        # A crate that was there before costs nothing.
        match($0, /"name":"[^"]*","src_path"/) && /"reason":"compiler-artifact"/ {
            name = substr($0, RSTART + 8); sub(/".*/, "", name)
            if (name in seen || name ~ /^build-script/) next
            seen[name] = 1
            if ($0 !~ /"fresh":true/) { worked += (name in cost) ? cost[name] : 1; }
        }
        END {
            left = all - built
            for (name in cost) if (!(name in seen)) {
                part = cost[name]
                if (name == "librocksdb_sys") { part *= rocks > 343 ? 0 : 1 - rocks / 343; worked += cost[name] - part }
                left += part
            }
            # How fast it went so far, once there is something to go by.
            speed = cores > 8 ? 8 : cores
            if (seconds > 60 && worked > 60) speed = worked / seconds
            print int(left / speed / 60 + 0.5)
        }' - "$1/done")
    printf '%d of %d crates built, %d min gone, about %d min left: %s\n' "$built" "$all" $(($2 / 60)) "$left" "$names"
}

costs() { local name; for name in "${!cost[@]}"; do echo "$name ${cost[$name]}"; done; }
