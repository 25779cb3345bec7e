#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A device of a Muster fleet over MQTT, with nothing but mosquitto's command line clients: it says that it is there, sends
# telemetry, answers live queries with its row, and is known as closed when its connection is lost (its will). A topic is
# the subject with "/" for ".". The contract is models/core/protocol/README.md.
#
#   mqtt_device.sh 127.0.0.1 1883 mqtt-1 lab [SECONDS BETWEEN HEARTBEATS]
set -euo pipefail

host=$1 port=$2 device=$3 site=$4 interval=${5:-10}
firmware=2.0.1
labels="{\"site\":\"$site\",\"os\":\"rtos\"}"

presence() { # STATE
    printf '{"v":1,"interval":%d,"state":"%s","fw":"%s","labels":%s}\n' "$interval" "$1" "$firmware" "$labels"
}

uptime_seconds() { cut -d . -f 1 /proc/uptime; }

# One line a message, as long as the connection lives. The will is what the server says for us when we cannot.
heartbeats() {
    while presence online; do sleep "$interval"; done |
        mosquitto_pub -h "$host" -p "$port" -i "$device" -q 1 -t "fleet/presence/$device" -l \
            --will-topic "fleet/presence/$device" --will-payload "$(presence closing)" --will-qos 1
}

telemetry() {
    local seq=0
    while printf '{"v":1,"at":"%s","seq":%d,"values":{"temp.soc":%d,"uptime":%d}}\n' \
        "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$((seq += 1))" "$((40 + RANDOM % 20))" "$(uptime_seconds)"; do
        sleep "$interval"
    done | mosquitto_pub -h "$host" -p "$port" -i "$device-telemetry" -t "fleet/telemetry/$device" -l
}

# MQTT 3 has no reply subject, so the question carries it. This device knows nothing of filters and answers with its whole
# row: the operator's side applies the filter.
answers() {
    local question reply
    mosquitto_sub -h "$host" -p "$port" -i "$device-query" \
        -t fleet/query/all -t "fleet/query/device/$device" -t "fleet/query/site/$site" |
        while IFS= read -r question; do
            reply=$(sed -n 's/.*"reply":"\([^"]*\)".*/\1/p' <<<"$question")
            [[ -n $reply ]] || continue
            mosquitto_pub -h "$host" -p "$port" -t "${reply//.//}" -m "$(
                printf '{"v":1,"device":"%s","row":{"device":"%s","fw":"%s","site":"%s","os":"rtos","uptime":%d}}' \
                    "$device" "$device" "$firmware" "$site" "$(uptime_seconds)"
            )"
        done
}

# Each of the three is a process group of its own, ended as a whole when this script is; the server then says the will.
set -m
# shellcheck disable=SC2154  # job is set where the trap runs
trap 'for job in $(jobs -p); do kill -- "-$job" 2>/dev/null || true; done' EXIT
trap exit INT TERM
answers &
telemetry &
heartbeats &
wait -n
