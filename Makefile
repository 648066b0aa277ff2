# nncc on a Debian 12 machine with the Swift 6.3 toolchain:
#   make demo    install what is needed, build, train a DenseNet on Fashion-MNIST, verify it
#   make test    everything that has to hold
#   make fuzz    random networks on every path of the compiler (N=5000 SEED=1)
#   make bench   how fast the standard networks run and train here; writes Generated/bench.md
#   make mutate  deliberate mistakes of the compiler, every one of which has to be noticed

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
SWIFT ?= swift
BUILD := $(SWIFT) build -c release
BIN := .build/release
SOURCES := Package.swift Sources Tests examples

# what each is for: LLVM-C and libclang read what clang made of our C; zlib reads .gz and .npz; the data set is what the
# demo trains on; gnuplot draws curves; gcc checks that the emitted C is not clang's alone
PACKAGES := llvm-dev libclang-dev zlib1g-dev dataset-fashion-mnist gnuplot-nox fonts-dejavu-core gcc g++ libc6-dev

# for the tests of artefacts for ARM: its C library, and an emulator to run them
TEST_PACKAGES := libc6-dev-arm64-cross qemu-user

.PHONY: build deps lint format test fuzz mutate bench demo install uninstall generated clean

build: deps
	$(BUILD)

# Installs the Debian packages that are missing, and says so first.
deps:
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  echo "installing Debian packages:$$missing"; \
	  $$sudo apt-get update -q; \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends $$missing; \
	fi

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

format:
	$(SWIFT) format format --in-place --recursive --parallel $(SOURCES)

test: PACKAGES += $(TEST_PACKAGES)
test: deps lint
	$(BUILD) --build-tests
	$(BUILD)
	$(SWIFT) test -c release --skip-build

N ?= 1000
SEED ?= 1
fuzz: build
	$(BIN)/nncc fuzz --count $(N) --seed $(SEED)

mutate: build
	$(BIN)/nncc mutate

# The standard networks, each in its own process; on a machine that does nothing else. BENCH_FLAGS="--math fast" and the
# like apply to all. Beside the table there are, for each, where the time goes and a picture of its kernels under the roofs.
BENCH_CASES := \
  "examples/densenet.swift --mode infer --batch 1" \
  "examples/densenet.swift --mode infer --batch 16" \
  "examples/densenet.swift --mode train --batch 64" \
  "examples/densenet.swift --set bottleneck=false depth=40 --mode train --batch 64" \
  "examples/imagenet_densenet.swift --mode infer --batch 1" \
  "examples/imagenet_densenet.swift --mode infer --batch 16" \
  "examples/imagenet_densenet.swift --mode train --batch 16" \
  "examples/resnet.swift --set depth=110 --mode infer --batch 1" \
  "examples/resnet.swift --set depth=110 --mode infer --batch 16" \
  "examples/resnet.swift --set depth=110 --mode train --batch 128" \
  "examples/imagenet_resnet.swift --mode infer --batch 1" \
  "examples/mlp.swift --mode infer --batch 1" \
  "examples/mlp.swift --mode infer --batch 64" \
  "examples/mlp.swift --mode train --batch 100"
BENCH_OUTPUT ?= Generated/bench.md
BENCH_DETAILS ?= $(BENCH_OUTPUT:.md=)
BENCH_SECONDS ?= 10
BENCH_FLAGS ?=
bench: build
	@rm -rf $(BENCH_OUTPUT).new $(BENCH_DETAILS).new
	@mkdir -p $(BENCH_DETAILS).new
	@for case in $(BENCH_CASES); do \
	  name=$$(echo "$$case" | sed -E 's,examples/|\.swift,,g; s,--(set|mode|batch) ,,g; s,[ =]+,-,g'); \
	  $(BIN)/nncc bench $$case --seconds $(BENCH_SECONDS) $(BENCH_FLAGS) --report $(BENCH_OUTPUT).new --kernels \
	    --svg $(BENCH_DETAILS).new/$$name.svg \
	    | sed 's,$(BENCH_DETAILS).new/,$(BENCH_DETAILS)/,g' | tee $(BENCH_DETAILS).new/$$name.txt; echo; done
	@mv $(BENCH_OUTPUT).new $(BENCH_OUTPUT)
	@rm -rf $(BENCH_DETAILS)
	@mv $(BENCH_DETAILS).new $(BENCH_DETAILS)
	@echo "table: $(BENCH_OUTPUT), details: $(BENCH_DETAILS)"

# DenseNet-BC, depth 22, growth 12, on Fashion-MNIST: at least 88 % (a linear model reaches 84 %).
DEMO := runs/demo
DEMO_MODEL := examples/densenet.swift --set depth=22 growth=12 augment=false
demo: build
	$(BIN)/nncc train $(DEMO_MODEL) --data fashion-mnist --epochs 2 --out $(DEMO)
	$(BIN)/nncc eval $(DEMO_MODEL) --weights $(DEMO)/final.safetensors --data fashion-mnist --at-least 0.88
	$(BIN)/nncc verify $(DEMO_MODEL) channels=1 height=28 width=28
	@echo "curves: $(DEMO)/curves.svg $(DEMO)/curves.png $(DEMO)/curves.csv"

# The emitted C of small examples, committed so that changes to it are seen in review; a test proves it current.
generated: deps
	$(BUILD) --build-tests
	$(BUILD)
	NNCC_BLESS=1 $(SWIFT) test -c release --skip-build --filter GeneratedTests

# Builds nothing and installs no packages, so that it may run as another user than the one who built.
install:
	@for file in nncc libNNCC.so Modules/NNCC.swiftmodule Modules/NNIR.swiftmodule; do \
	  [ -e $(BIN)/$$file ] || { echo "error: expected $(BIN)/$$file, found none; run make build first" >&2; exit 1; }; done
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/nncc
	install -m 755 $(BIN)/nncc $(DESTDIR)$(PREFIX)/bin/nncc
	install -m 644 $(BIN)/libNNCC.so $(DESTDIR)$(PREFIX)/lib/nncc/
	cp -r $(BIN)/Modules/NNCC.swiftmodule $(BIN)/Modules/NNIR.swiftmodule $(DESTDIR)$(PREFIX)/lib/nncc/

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/nncc $(DESTDIR)$(PREFIX)/lib/nncc

# Leaves trainings alone, except for the demo's.
clean:
	rm -rf .build $(DEMO)
