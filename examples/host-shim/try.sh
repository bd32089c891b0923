step "A host with a network card, and an empty namespace for its guest"
host_with_network
namespaces guest

step "pulumi up: the guest, and the host's own way to it"
up
reaches guest 192.0.2.254
reaches here 192.0.2.10
reaches guest 192.0.2.2
shows "$(output shimLink)" ip route get 192.0.2.10
shows "4 unchanged" up

step "It is the shim that lets them: without it host and guest are apart"
change destroy --target '**HostShim::shim' --target-dependents
reaches guest 192.0.2.254
does_not_reach here 192.0.2.10

step "pulumi destroy"
destroy
