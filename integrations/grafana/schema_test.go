package grafana

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	schema "github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// faults is what Grafana's published schema of dashboards, panels and queries
// says against one: keys and types that it does not know, and keys that are
// missing. The package returns an error that says nothing where there is none.
func faults(raw []byte) string {
	//lint:ignore SA1019 Files are provisioned in the classic schema; version 2 is for Grafana's new API.
	var d schema.Dashboard
	if err := d.UnmarshalJSONStrict(raw); err != nil && strings.TrimSpace(err.Error()) != "" {
		return err.Error()
	}
	if err := d.Validate(); err != nil {
		return err.Error()
	}
	return ""
}

func TestDashboardsKeepGrafanasSchema(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	for file := range dashboards(t) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if f := faults(raw); f != "" {
			t.Errorf("%s:\n%v", filepath.Base(file), f)
		}
		for good, bad := range map[string]string{`"gridPos": {"x"`: `"gridPos": {"z"`, `"colorMode": "value"`: `"colour": "value"`, `"graphMode": "none"`: `"graphMode": 1`} {
			if faults(bytes.ReplaceAll(raw, []byte(good), []byte(bad))) == "" {
				t.Errorf("%s: nothing is said against %s", filepath.Base(file), bad)
			}
		}
	}
}
