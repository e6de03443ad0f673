# Front door: every target does its own set-up, packages included. `make help` lists them.
#
# The work itself is CMake's: see CMakePresets.json. JOBS limits how many compilers run at once, TEST_JOBS how many tests.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := all
MAKEFLAGS += --no-print-directory
# One step after the other, also under `make -j`: ninja and ctest do what can be done side by side.
.NOTPARALLEL:

prefix ?= /usr/local
# foleyd and foleyctl look into /etc/foley by themselves; elsewhere they are told with --config.
sysconfdir ?= $(if $(filter /usr /usr/local,$(prefix:/=)),/etc,$(prefix)/etc)
JOBS ?= $(shell nproc)
TEST_JOBS ?= 4

setup := cmake/setup-packages.sh
# ThreadSanitizer of g++ 12 cannot place its memory where the kernel randomises addresses with more than 28 bits.
no_aslr = $(shell [ "$$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)" -gt 28 ] && \
                  setarch -R true 2>/dev/null && echo setarch -R)

# The programs that ship, and what the demo needs besides.
programs := foley-programs
demo := foley-demo
# Which site it has: ftrack or shotgrid.
SITE ?= ftrack
demo_script = $(or $(demo_script_of_$(SITE)),$(error SITE is ftrack or shotgrid, not $(SITE)))
demo_script_of_ftrack := etc/demo/demo.py
demo_script_of_shotgrid := etc/demo/shotgrid_demo.py

.PHONY: all run test bench bench-full bench-compare lint format sanitize asan tsan install torture clean help

## all: build everything that ships and its tests, optimised, with debug information
all: setup-build configure-release
	cmake --build --preset release -j $(JOBS)

## run: try it: a simulated ftrack site, foleyd with hammertrack, labels changing on a small demo tree; Ctrl-C ends it
## run SITE=shotgrid: the same with a simulated ShotGrid site and plugins that follow its event log
run: setup-build configure-release
	cmake --build --preset release -j $(JOBS) --target $(demo)
	exec $(demo_script) build/release

## test: build and run all tests
test: setup-build configure-release
	cmake --build --preset release -j $(JOBS)
	ctest --preset release -j $(TEST_JOBS) --output-log build/release/ctest.log

## bench: measure: tests/bench, optimised; a table beside what the machine allows, and build/release/figures.json
## bench-full: the same with the largest sizes (10,000,000 events: some minutes and 10 GB of disk)
## bench-compare BASE=…: another revision and this tree in turns; RUNS=N pairs, ONLY=site,journal,… of the table
bench: setup-build configure-release
	cmake --build --preset release -j $(JOBS) --target foley-benchmarks
	cmake --build --preset release --target run-benchmarks

bench-full: setup-build configure-release
	cmake --build --preset release -j $(JOBS) --target foley-benchmarks
	build/release/bin/figures --full --json build/release/figures.json

base_tree := build/bench-base
bench-compare: setup-build configure-release
	@[ -n "$(BASE)" ] || { echo "make bench-compare BASE=a-revision, such as main or HEAD~1" >&2; exit 2; }
	cmake --build --preset release -j $(JOBS) --target foley-benchmarks
	[ -d $(base_tree) ] || git worktree add --detach $(base_tree) $(BASE)
	git -C $(base_tree) checkout --quiet --detach $(BASE)
	cd $(base_tree) && cmake --preset release && cmake --build --preset release -j $(JOBS) --target foleyd foley-host foley-symbolizer
	tests/bench/compare.py $(base_tree)/build/release/bin build/release/bin build/release/bin/figures \
	    --runs $(or $(RUNS),5) $(if $(ONLY),--only $(ONLY))

## lint: layout, clang-tidy, layering, tests that no target builds, paths and links in the documentation
lint: setup-lint
	tests/checks/lint.sh -j $(JOBS)

## format: lay out all our sources with clang-format
format: setup-lint
	tests/checks/format.sh --write

## sanitize: the tests under AddressSanitizer with UndefinedBehaviorSanitizer, then under ThreadSanitizer
sanitize: asan tsan

## asan, tsan: one of the two
asan: setup-build configure-asan
	cmake --build --preset asan -j $(JOBS)
	ctest --preset asan -j $(TEST_JOBS) --output-log build/asan/ctest.log

tsan: setup-build configure-tsan
	cmake --build --preset tsan -j $(JOBS)
	$(no_aslr) ctest --preset tsan -j $(TEST_JOBS) --output-log build/tsan/ctest.log

## torture: the fault tests with ten times the counts; FOLEY_TEST_SCALE=N asks for another factor
torture: setup-build configure-release
	cmake --build --preset release -j $(JOBS) --target foley-programs faults
	cd build/release && FOLEY_TEST_SCALE=$(or $(FOLEY_TEST_SCALE),10) tests/faults_tests --durations yes

## install: install under prefix (default /usr/local), below DESTDIR when given
install: setup-build
	cmake --preset release -DCMAKE_INSTALL_PREFIX=$(abspath $(prefix)) -DCMAKE_INSTALL_SYSCONFDIR=$(abspath $(sysconfdir))
	cmake --build --preset release -j $(JOBS) --target $(programs)
	DESTDIR=$(DESTDIR) cmake --install build/release

## clean: remove everything that was built; the compiler cache stays
clean:
	rm -rf build

## help: this list
help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST)) | while IFS=: read -r target text; do \
	    printf '  make %-18s%s\n' "$$target" "$$text"; done

.PHONY: setup-build setup-lint
setup-build:
	@$(setup) build test
setup-lint:
	@$(setup) build test lint

# Configuring again costs seconds; ninja does it by itself when a CMake file changes.
configure-%:
	@[ -f build/$*/build.ninja ] || cmake --preset $*
