# Sourced. What .ci/plan, .ci/plan-deployment, .ci/apply-deployment and .ci/drift have in common. They need Terraform and
# credentials, and nothing of CI: each runs on a laptop as it does there.
script=$(realpath "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export TF_CLI_ARGS=-no-color TF_IN_AUTOMATION=1 TF_INPUT=0 CHECKPOINT_DISABLE=1
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
# The provider once, and not once for each stack: it has 700 MB.
: "${TF_PLUGIN_CACHE_DIR:=${XDG_CACHE_HOME:-$HOME/.cache}/terraform-plugins}"
mkdir -p "$TF_PLUGIN_CACHE_DIR"
export TF_PLUGIN_CACHE_DIR TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=1

# As the script's head says.
usage() { sed -n 's/^#   /usage: /p' "$script" >&2; exit 1; }
[ $# -gt 0 ] || usage
environment=$1
shift

# The environment's systems, or those that are named. Whoever may deploy must not be able to give itself more: the account
# stack, which makes the roles that do this, is deployed by a person.
synthesize() {
  rm -rf cdktf.out
  ENVIRONMENT=$environment npm run --silent synth
  stacks=()
  for folder in cdktf.out/stacks/*/; do
    local stack
    stack=$(basename "$folder")
    case $stack in "account-$environment") continue ;; esac
    if [ $# -eq 0 ] || [[ " $* " == *" $stack "* ]]; then stacks+=("$stack"); fi
  done
  [ ${#stacks[@]} -gt 0 ] || { echo "$0: there is no stack $* in $environment" >&2; exit 1; }
  node run.js tools/secret-versions.ts cdktf.out
  # Before any work: Terraform refuses another account's credentials too, but where state is in a bucket only says AccessDenied.
  node run.js tools/account.ts "${stacks[@]/#/cdktf.out/stacks/}"
}

# variables <stack> <condition on v, in JavaScript>: the names of the variables of which that holds
variables() {
  node -p "Object.entries(require(process.argv[1]).variable ?? {}).filter(([, v]) => $2).map(([n]) => n).join(' ')" \
    "./cdktf.out/stacks/$1/cdk.tf.json"
}
secret='!("default" in v)'

# In Terraform Cloud, the workspace may have the variables' values.
in_cloud() { grep --quiet '"cloud": {' "cdktf.out/stacks/$1/cdk.tf.json"; }

# A plan that nobody applies needs to know no secret, nor does any plan one that is ephemeral. This word stands for each, and
# stacks know it: another value of a secret that state keeps would be refused (constructs/data/kept-value.ts).
not_a_secret=only-for-a-plan
any_value() { # <stack> <condition>
  local names name variable
  names=$(variables "$1" "$2")
  for name in $names; do
    variable=TF_VAR_$name
    [ -n "${!variable:-}" ] || export "$variable=$not_a_secret"
  done
}

# CI's secrets, as one JSON object: kept from every command that is run here, but for the one that reads a value of it.
ci_secrets=${SECRETS:-}
unset SECRETS

# from_ci <stack> <condition>: sets variables that nobody has set to CI's secrets of their names in capitals
from_ci() {
  local names name variable value
  [ -n "$ci_secrets" ] || return 0
  names=$(variables "$1" "$2")
  for name in $names; do
    variable=TF_VAR_$name
    [ -z "${!variable:-}" ] || continue
    value=$(SECRETS=$ci_secrets node -e '
      const value = new Map(Object.entries(JSON.parse(process.env.SECRETS))).get(process.argv[1].toUpperCase());
      process.stdout.write(typeof value === "string" ? value : "");
    ' "$name")
    [ -z "$value" ] || export "$variable=$value"
  done
}

# given <stack> <condition>: refuses to go on without the secrets themselves
given() {
  local names name variable
  if in_cloud "$1"; then return; fi
  names=$(variables "$1" "$2")
  for name in $names; do
    variable=TF_VAR_$name
    [ -n "${!variable:-}" ] || { echo "$1: $variable must be set, got nothing; docs/secrets.md says how" >&2; exit 1; }
    [ "${!variable}" != "$not_a_secret" ] ||
      { echo "$1: $variable must be the secret, got $not_a_secret, which is for plans; docs/secrets.md says how" >&2; exit 1; }
  done
}

init() { # <stack> <arguments>
  terraform -chdir="cdktf.out/stacks/$1" init "${@:2}" >cdktf.out/init.log || { cat cdktf.out/init.log; exit 1; }
}

# show <stack> <bytes>: in markdown, what its plan would do, as far as so many bytes go
show() {
  terraform -chdir="cdktf.out/stacks/$1" show plan >cdktf.out/plan.txt
  printf '\n<details><summary>%s: %s</summary>\n\n```\n' "$1" \
    "$(grep -E '^(Plan:|No changes)' cdktf.out/plan.txt || echo 'Outputs change.')"
  head -c "$2" cdktf.out/plan.txt
  printf '\n```\n</details>\n'
}

# encrypted_plan encrypt|decrypt <arguments>: with PLAN_KEY; of this environment, commit and run of CI
encrypted_plan() {
  node run.js tools/encrypted-plan.ts "$@" --environment "$environment" --commit "$(git rev-parse HEAD)" \
    --run "${GITHUB_RUN_ID:-laptop}"
}
