step "A host with a network card, and an empty namespace for its guest"
host_with_network
namespaces guest
if ! pulumi_ plugin install resource command 1.2.1 >"$work/plugin.log" 2>&1; then
  printf '  The plugin of @pulumi/command is not to be had here; its commands are run by hand in its place.\n'
  export NODE_OPTIONS="--require $PWD/tests/support/real-commands.js"
fi

step "pulumi up: the host is the guest's way out"
up
shows "masquerade" nft list ruleset
# The network knows no way back to 10.77.0.0/24: only what is translated is answered.
shows no "10.77.0" ip -n network route
reaches guest 192.0.2.254

step "It is the rules that do it"
run nft flush table ip macvlan_guests
does_not_reach guest 192.0.2.254

step "pulumi destroy"
destroy
shows no "macvlan_guests" nft list ruleset
