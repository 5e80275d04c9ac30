# Sourced. What .ci/plan, .ci/deploy and .ci/drift have in common. They need Terraform and credentials, and nothing of CI:
# each runs on a laptop as it does there.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export TF_CLI_ARGS=-no-color TF_IN_AUTOMATION=1 TF_INPUT=0 CHECKPOINT_DISABLE=1
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
# The provider once, and not once for each stack: it has 700 MB.
: "${TF_PLUGIN_CACHE_DIR:=${XDG_CACHE_HOME:-$HOME/.cache}/terraform-plugins}"
mkdir -p "$TF_PLUGIN_CACHE_DIR"
export TF_PLUGIN_CACHE_DIR TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=1

usage() { echo "usage: $0 dev|qa|prod [stack…]" >&2; exit 1; }
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

# secrets <stack>: the variables that have no default
secrets() {
  node -p 'Object.entries(require(process.argv[1]).variable ?? {}).filter(([, v]) => !("default" in v)).map(([n]) => n).join(" ")' \
    "./cdktf.out/stacks/$1/cdk.tf.json"
}

# A plan that nobody applies needs to know no secret. This word stands for each, and stacks know it: another value of a secret
# that state keeps would be refused (constructs/data/kept-value.ts).
not_a_secret=only-for-a-plan
any_secrets() {
  local name variable
  for name in $(secrets "$1"); do
    variable=TF_VAR_$name
    [ -n "${!variable:-}" ] || export "$variable=$not_a_secret"
  done
}

init() {
  terraform -chdir="cdktf.out/stacks/$1" init >cdktf.out/init.log || { cat cdktf.out/init.log; exit 1; }
}
