# One target per habit. `make check test` is the fast loop; .ci/run is what
# every submission must pass. Nothing is needed but Go (and make): the tools are
# pinned in internal/tools/go.mod and come through the module proxy.

GO    ?= go
TOOL   = $(GO) tool -modfile=internal/tools/go.mod
OUT   ?= bin
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: help build check fmt-check vet fix-check staticcheck tidy-check arch generate-check fused-check cross \
	fmt test race purego debug fuzz cover bench wan accuracy docs clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 18

build: ## every package, and the trainer as a static binary in $(OUT)
	$(GO) build ./...
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=auto -o $(OUT)/ ./cmd/trainer

check: fmt-check vet fix-check staticcheck tidy-check arch generate-check fused-check cross ## everything that needs no test run

fmt-check:
	@out=$$($(TOOL) gofumpt -l .) && if [ -n "$$out" ]; then \
		echo "not gofumpt-formatted (run 'make fmt'):"; echo "$$out"; exit 1; fi

vet:
	$(GO) vet ./...

fix-check: # the modernisers of go 1.26, and of 1.27, have nothing to propose
	$(GO) fix -diff ./...

staticcheck:
	$(TOOL) staticcheck ./...

tidy-check:
	$(GO) mod tidy -diff
	$(GO) -C internal/tools mod tidy -diff

arch: # import ladder and source rules, docs/architecture.md
	$(GO) test ./internal/archtest/

generate-check: # the committed assembly and gRPC code is what the generators write
	.ci/generate-check

fused-check: # what servers compute alike has no product that a compiler fuses with a sum
	.ci/fused-check

cross: # every file compiles and vets on every platform, with and without assembly
	@for p in $(PLATFORMS); do echo "vet $$p"; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet ./... || exit 1; done
	@echo "vet purego"; $(GO) vet -tags purego ./...
	@echo "vet trefoildebug"; $(GO) vet -tags trefoildebug ./...

fmt: ## format all Go files
	$(TOOL) gofumpt -l -w .

test: ## all tests
	$(GO) test ./...

race: ## all short tests under the race detector (needs a C compiler)
	$(GO) test -race -short -timeout 20m ./...

purego: ## the same results without assembly
	$(GO) test -tags purego ./internal/...

debug: ## with the checks of tag trefoildebug: a repeated draw of a key stream panics
	$(GO) test -tags trefoildebug ./internal/...

fuzz: ## FUZZTIME (30s) on each fuzz target
	.ci/fuzz $(or $(FUZZTIME),30s)

cover: ## coverage of every package by all tests
	$(GO) test -coverpkg=./... -coverprofile=cover.out ./...
	$(GO) tool cover -func=cover.out | tail -n 1

bench: ## benchmarks of this tree beside those of BASE: a commit (HEAD~1), or figures kept in bin/bench.txt
	OUT=$(OUT) .ci/bench $(or $(BASE),HEAD~1)

wan: ## emulated links beside real ones, as root on Linux: WAN=program, see internal/bench/wan_test.go
	$(GO) test -count=1 -v -timeout 20m -run '^TestWAN$$' ./internal/bench -wan "$(abspath $(WAN))"

accuracy: ## the golden runs of both engines, with the errors they reach; MNIST is read from $$TREFOIL_DATA/mnist
	$(GO) test -count=1 -v -run TestGolden ./parties/
	$(GO) test -count=1 -v -timeout 4h -run TestAccuracy ./train/ -accuracy

docs: ## examples, links, citations and README commands
	$(GO) test -run 'Docs|^Example' ./...

clean:
	rm -rf $(OUT) cover.out
