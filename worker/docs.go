package worker

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docsPage lists the API's operations, with nothing loaded from elsewhere.
func docsPage(api *huma.OpenAPI) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>ticketlink API</title>
<meta name="viewport" content="width=device-width"><h1>ticketlink API</h1>
<p>The whole description for programs: <a href="/openapi.json">/openapi.json</a>. Send <code>Authorization: Bearer …</code>.</p><table>`)
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		item := api.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil {
				fmt.Fprintf(&b, "<tr><td><code>%s</code><td><code>%s</code><td>%s",
					o.Method, html.EscapeString(path), html.EscapeString(o.Summary))
			}
		}
	}
	b.WriteString("</table>")
	return b.String()
}
