package worker

import (
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/worker/web"
)

type docsPage struct {
	web.Page
	Operations []*huma.Operation
}

// docs lists the API's operations.
func (w *Worker) docs(api huma.API) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		w.render(rw, http.StatusOK, "docs", docsPage{w.page(r, "API", "", ""), operationsOf(api.OpenAPI())})
	}
}

// operationsOf is everything the API does, by path.
func operationsOf(api *huma.OpenAPI) (all []*huma.Operation) {
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		item := api.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil {
				all = append(all, o)
			}
		}
	}
	return all
}
