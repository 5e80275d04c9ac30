# Stands on: records
# Sourced. What trials with state have in common: a copy of the sources to change settings in, and a bucket with a lock
# table on localhost that Terraform's S3 backend takes for AWS.
work=$(mktemp -d)
store=
trap '[ -z "$store" ] || kill "$store"; rm -rf "$work"' EXIT

export TF_CLI_ARGS=-no-color TF_IN_AUTOMATION=1 TF_VAR_records_cursor_secret=only-for-a-trial
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true

serve() { # <file> <arguments>: starts a stand-in; $url says where
  node run.js "$@" >"$work/url" &
  store=$!
  for _ in $(seq 100); do [ -s "$work/url" ] && break; sleep 0.1; done
  url=$(cat "$work/url")
}

start_store() {
  serve __tests__/support/state-store.ts
  export AWS_ENDPOINT_URL_S3=$url AWS_ENDPOINT_URL_DYNAMODB=$url AWS_ENDPOINT_URL_STS=$url
}

# synth <folder> <settings of state>: records-dev, as it is with these settings
synth() {
  if [ ! -d "$work/sources" ]; then
    mkdir "$work/sources"
    git ls-files -z | tar --null --files-from=- --create | tar --extract --directory "$work/sources"
    ln -s "$PWD/node_modules" "$work/sources/node_modules"
    cp environments/dev.ts "$work/dev.ts"
  fi
  node -e '
    const { readFileSync, writeFileSync } = require("fs");
    const [from, to, state] = process.argv.slice(1);
    writeFileSync(to, readFileSync(from, "utf8").replace(/^  state: .*$/m, () => `  state: ${state},`));
  ' "$work/dev.ts" "$work/sources/environments/dev.ts" "$2"
  (cd "$work/sources" && SYSTEMS=records node run.js main.ts)
  mkdir -p "$1"
  rm -f "$work/sources/cdktf.out/stacks/records-dev/.terraform.lock.hcl"
  cp -R "$work/sources/cdktf.out/stacks/records-dev/." "$1"
}

tf() { # <folder> <arguments>: output in $work/log, shown when it fails
  "$offline" terraform -chdir="$1" "${@:2}" >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
}

init() { # <folder> <arguments>
  tf "$1" init -input=false -backend-config=use_path_style=true -backend-config=skip_credentials_validation=true \
    -backend-config=skip_requesting_account_id=true "${@:2}"
}

refused() { # <words> <folder> <arguments>: it has to fail, saying so
  if "$offline" terraform -chdir="$2" "${@:3}" >"$work/log" 2>&1; then
    echo "terraform ${*:3} was to be refused: $1" >&2
    exit 1
  fi
  grep --quiet --fixed-strings -- "$1" "$work/log" || { cat "$work/log" >&2; exit 1; }
}

holds() { # <words> <folder>: while an apply waits for its answer, others are refused, saying so
  mkfifo "$work/answer"
  "$offline" terraform -chdir="$2" apply -var 'secret_versions={"records_cursor_secret":2}' <"$work/answer" >"$work/waiting" 2>&1 &
  local apply=$!
  exec 3>"$work/answer"
  for _ in $(seq 300); do grep --quiet "Enter a value" "$work/waiting" && break; sleep 0.1; done
  refused "Error acquiring the state lock" "$2" plan -input=false
  grep --extended-regexp --quiet "$1" "$work/log" || { cat "$work/log" >&2; exit 1; }
  echo no >&3
  exec 3>&-
  wait "$apply" || true
  rm "$work/answer"
  tf "$2" plan -input=false
}
