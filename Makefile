# One command does it all on a machine with Python 3.11+ (venv, pip), make and git: the toolchain sets up what a
# target needs before it starts, says so, and keeps it in a cache outside the checkout.
#
# Exit codes: make itself answers 2 for every failed command, which is also what `check` means by bad input; call
# `python3 -m toolchain run -- python -m operations check FILE` where the command's own code is wanted.

PYTHON ?= python3
# the environment file: a name out of environments/ or a path
ENV ?= local
# handed to pytest, for example PYTEST_ARGS='-k flows -x'
PYTEST_ARGS ?=
# tests at a time; much of what the slow ones do is wait
TEST_PROCESSES ?= 2

# of `fuzz`: how many examples, and the seed that repeats a run
EXAMPLES ?= 2400
SEED ?=

# of `compare-synth`: the commit to compare with
BASE ?= HEAD~1

# what the demo's workers are: processes, or kubernetes: pods of a real cluster in each region
RUNTIME ?= processes
# whose Kubernetes objects `manifests` prints
REGION ?= us-east-1

export RUNTIME

RUN := $(PYTHON) -m toolchain run
EVERYTHING := python,node,cdktf,terraform,provider,java,kafka
ALL := --needs $(EVERYTHING)
KUBERNETES := --needs $(EVERYTHING),kubernetes

.DEFAULT_GOAL := help
.PHONY: help setup env check synth manifests images lint test test-fast fuzz e2e-kubernetes prove-iam prove-migration demo bench-check bench-synth compare-synth catalogue schema reference lock localcloud localcloud-down cluster cluster-down clean clean-cache

help: ## list the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-16s %s\n' "$$name" "$$text"; done

setup: ## install what is missing and say what is used
	@$(PYTHON) -m toolchain setup

env: ## print the environment: eval "$(make -s env)"
	@$(PYTHON) -m toolchain env

check: ## check an environment file (ENV=name or path) and summarize what it makes
	@$(RUN) -- python -m operations check $(ENV)

synth: ## write Terraform JSON of every stack into cdktf.out (ENV=name or path)
	@MSK_MIRROR_ENV=$(ENV) $(RUN) --needs node,cdktf -- cdktf synth

manifests: ## print the Kubernetes objects of a region's workers (ENV=..., REGION=...)
	@$(RUN) --needs node -- python -m operations manifests $(ENV) $(REGION) --placeholders

images: ## build the worker and operations images: by Docker, else as OCI archives in build/images (IMAGE_ARGS='--oci --json')
	@$(RUN) --needs python,java,kafka -- python -m image $(IMAGE_ARGS)

lint: ## style, formatting, types and import rules
	@$(RUN) -- ruff check .
	@$(RUN) -- ruff format --check .
	@$(RUN) -- mypy
	@$(RUN) -- lint-imports

test: lint ## lint and every test with coverage (PYTEST_ARGS=...)
	@$(RUN) $(ALL),checkov -- pytest -n $(TEST_PROCESSES) --dist loadgroup --cov --cov-report=term --cov-report=json:build/reports/coverage.json $(PYTEST_ARGS)

test-fast: ## the tests that start neither Terraform nor Kafka nor checkov
	@$(RUN) --needs node -- pytest -m "not terraform and not kafka and not checkov" tests/unit tests/modules tests/synth $(PYTEST_ARGS)

fuzz: ## generate environment files and Kafka properties, and break them, thousands (minutes; EXAMPLES=2400, SEED=... to repeat, PYTEST_ARGS=...)
	@MSK_MIRROR_FUZZ_EXAMPLES=$(EXAMPLES) MSK_MIRROR_FUZZ_SEED=$(SEED) $(RUN) --needs node,java,kafka -- pytest -n $(TEST_PROCESSES) --dist loadgroup tests/fuzz tests/kafka $(PYTEST_ARGS)

e2e-kubernetes: ## the workload on a real Kubernetes cluster, through faults (minutes; PYTEST_ARGS=...)
	@$(RUN) $(KUBERNETES) -- pytest -m kubernetes tests/e2e/kubernetes $(PYTEST_ARGS)

prove-iam: ## every action of the policies is needed and nothing else allowed, on real brokers (half an hour)
	@$(RUN) $(ALL) -- pytest -s -v -m "iam or kafka" tests/e2e/iam $(PYTEST_ARGS)

prove-migration: ## the workers move between runtimes under traffic, through faults: each record counted (an hour; PYTEST_ARGS='-k path-a')
	@$(RUN) $(ALL) -- pytest -s -v -m "migration or kafka" tests/e2e/migration tests/e2e/operations/test_exactly_once.py $(PYTEST_ARGS)

demo: ## the whole way on this machine: deploy to an emulated AWS, replicate, verify (KEEP=1, RUNTIME=kubernetes)
	@$(RUN) $(if $(filter kubernetes,$(RUNTIME)),$(KUBERNETES),$(ALL)) -- python -m localcloud demo

localcloud: ## start the emulated AWS, two Kafka clusters and the WAN, and leave them running
	@$(RUN) $(ALL) -- python -m localcloud up

localcloud-down: ## end what localcloud, cluster or KEEP=1 left running
	@$(RUN) -- python -m localcloud down

cluster-down: localcloud-down ## the same

cluster: ## start a Kubernetes cluster of one node without Docker, and leave it running
	@$(RUN) --needs python,kubernetes -- python -m localcloud cluster

bench-check: ## measure what a check of an environment file computes, against its libraries alone
	@$(RUN) -- python -m operations.cli.check_bench

bench-synth: ## measure synth with pruned bindings against the bindings as shipped
	@$(RUN) --needs node -- python -m bindings.bench

compare-synth: ## what every environment synthesizes differently from a commit (BASE=HEAD~1)
	@$(RUN) --needs node -- python -m tests.synth.compare_commits $(BASE)

catalogue: ## regenerate the lists of Kafka's configuration keys (out of its jars) and of AWS regions
	@$(RUN) --needs java,kafka -- python -m localcloud.kafka.catalogue
	@$(RUN) -- python -m localcloud.aws.regions

schema: ## regenerate the JSON Schema of environment files
	@$(RUN) -- python -m topology.schema

reference: ## regenerate docs/reference and the diagram of README
	@$(RUN) -- python -m topology.iam.reference
	@$(RUN) -- python -m topology.reference
	@$(RUN) -- python -m operations diagram production --out docs/images/production.svg

lock: ## regenerate all lock files: Python, checkov, npm, jars
	@$(PYTHON) -m toolchain lock

clean: ## remove what was generated in the checkout
	@$(PYTHON) -m toolchain clean

clean-cache: ## remove that and everything that was installed
	@$(PYTHON) -m toolchain clean --cache
