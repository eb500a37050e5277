//go:build !browser

package main

import (
	"os"
	"testing"
)

// The browser's stories need Chromium and are left out of a plain go test. The
// gate must not leave them out.
func TestGateRunsTheBrowser(t *testing.T) {
	if os.Getenv("CI") == "true" {
		t.Fatal("run the tests with -tags browser, so that the page is looked at in Chromium")
	}
}
