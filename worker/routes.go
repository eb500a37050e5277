package worker

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Handler is the HTTP surface on one screen.
func (w *Worker) Handler() http.Handler {
	mux := http.NewServeMux()

	// Other systems.
	mux.HandleFunc("POST /webhooks/{name}", w.receive)
	mux.HandleFunc("POST /webhooks/{name}/interactive", w.pressed)
	mux.HandleFunc("POST /webhooks/{name}/command", w.commanded)
	mux.HandleFunc("POST /webhooks/{name}/events", w.heard)
	mux.Handle("GET /metrics", w.Metrics.handler())
	mux.HandleFunc("GET /healthz", w.healthz)
	mux.HandleFunc("GET /readyz", w.readyz)
	w.signInPages(mux)

	// People and their programs: with a token, or from this machine.
	private := http.NewServeMux()
	api := humago.New(private, apiConfig())
	w.incidentAPI(api)
	w.incidentEndAPI(api)
	w.linkAPI(api)
	w.impactAPI(api)
	w.reportAPI(api)
	w.referenceAPI(api)
	w.trendAPI(api)
	w.followUpAPI(api)
	w.followUpFeeds(api)
	w.answerAPI(api)
	w.operationsAPI(api)
	w.privacyAPI(api)
	mux.HandleFunc("GET /docs", w.docs(api)) // what the program can is no secret
	mux.Handle("GET /openapi.json", private)
	w.pages(private)
	mux.Handle("/", w.authorize(private))
	return w.tracedHTTP(mux)
}

func apiConfig() huma.Config {
	c := huma.DefaultConfig("ticketlink", "1")
	c.Info.Description = "Links support tickets to incidents, shows what each incident did to customers, and makes sure they hear back."
	c.DocsPath = ""     // our own page needs nothing from other hosts
	c.SchemasPath = ""  // schemas are in the description itself
	c.CreateHooks = nil // no $schema links in answers
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer"}}
	c.Security = []map[string][]string{{"bearer": {}}}
	return c
}
