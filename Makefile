# Needs Go; make install brings the rest on Debian and Ubuntu.
.PHONY: run build install test gate generate

run: build
	./ticketlink demo

build:
	go build -o ticketlink ./cmd/ticketlink

# PostgreSQL, Redis and promtool as programs; no server has to run.
install:
	.ci/install

test: install
	go test -race -timeout 45m $(TESTFLAGS) ./...

# All that must hold before a change lands.
gate:
	.ci/run

SQLC = CGO_ENABLED=0 go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1

# Code from SQL, and README.md's configuration reference from code.
generate:
	cd schema && $(SQLC) generate
	.ci/readme > README.md.new
	mv README.md.new README.md
