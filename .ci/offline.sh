# Sourced, after "offline" is set to the command that puts the schema's provider in front. What trials of synthesized stacks
# have in common: a copy of each, with state on this machine.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TF_CLI_ARGS=-no-color TF_IN_AUTOMATION=1 TF_INPUT=0

# with_local_state <name>: copies the stack to $stack
with_local_state() {
  stack=$work/$1
  cp -R "cdktf.out/stacks/$1" "$stack"
  # What a team has agreed on is of the provider itself.
  rm -f "$stack/.terraform.lock.hcl"
  echo '{"terraform":{"backend":{"local":{}}}}' >"$stack/backend_override.tf.json"
}

# The names of the secrets that $stack wants.
secrets() {
  node -p 'Object.entries(require(process.argv[1]).variable ?? {}).filter(([, v]) => v.sensitive).map(([n]) => n).join(" ")' \
    "$stack/cdk.tf.json"
}

# tf <arguments>: in $stack; output in $work/log, shown when it fails
tf() { "$offline" terraform -chdir="$stack" "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }; }
