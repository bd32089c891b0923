# Every target sets up what it needs, on a fresh machine too; a second run sets up nothing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

node := node --require ts-node/register/transpile-only
modules := node_modules/.installed
built := dist/.built
sources := $(shell find provider sdk -type f 2>/dev/null) tsconfig.json tsconfig.build.json package.json
with_cli = PATH="$$(scripts/pulumi-cli):$$PATH"

.PHONY: help
help: ## Say what can be made
	@awk -F ' *:.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(built) packages cli ## Two hosts and a switch in a sandbox: real links through pulumi up, without root
	@$(with_cli) scripts/demo

# The name may be a word of its own: `make example netns`.
ifeq (example,$(firstword $(MAKECMDGOALS)))
NAME ?= $(word 2,$(MAKECMDGOALS))
.PHONY: $(NAME)
$(NAME): example
	@:
endif

.PHONY: example
example: $(built) packages cli ## One of examples/ with its real peers, in a sandbox: make example lxc-container
	@$(with_cli) scripts/example $(NAME)

.PHONY: check
check: $(built) ## Types, lint, format, and the tests that need neither root nor a kernel; under a minute
	@$(node) scripts/test-run/main.ts check

.PHONY: test
test: $(built) packages cli kernels ## Everything: check, then kernel, transports, programs and the demo; as root
	@$(with_cli) $(node) scripts/test-run/main.ts test

.PHONY: bench
bench: $(built) packages cli ## Measure: every bench/*.bench.ts, one after the other; writes docs/performance.md
	@$(with_cli) $(node) bench/run.ts

.PHONY: build
build: $(built) ## Compile into dist/

# Without their scripts: ssh2 would build a faster cipher that needs a compiler, and works without.
$(modules): package-lock.json
	npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

$(built): $(modules) $(sources)
	@scripts/build
	@touch $@

.PHONY: packages
packages:
	@scripts/debian-packages

.PHONY: kernels
kernels: $(modules)
	@$(node) tests/kernels/fetch.ts

.PHONY: cli
cli:
	@scripts/pulumi-cli >/dev/null
