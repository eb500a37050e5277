package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/worker/report"
)

// A document is an answer in a form of its own.
type document struct {
	ContentType string `header:"Content-Type"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// reportPolicy lets a report's page look as it does, being one file, and do nothing.
const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

// reportAPI registers the timeline, the report and what people write into it.
func (w *Worker) reportAPI(api huma.API) {
	huma.Register(api, op("GET", "/incidents/{key}/timeline", "timeline", "What happened when: phases, alerts, tickets, decisions, follow-ups"), func(ctx context.Context, in *struct {
		KeyPath
		Paging
	}) (*body[pageOf[report.Event]], error) {
		page, err := w.timeline(ctx, in.Key, in.Paging)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[report.Event]]{page}, nil
	})
	huma.Register(api, reportOperation(), func(ctx context.Context, in *struct {
		KeyPath
		Format string `query:"format" enum:"markdown,html,json" default:"markdown"`
	}) (*document, error) {
		r, err := w.reportOf(ctx, in.Key)
		if err != nil {
			return nil, w.failure(err)
		}
		return written(r, in.Format)
	})
	huma.Register(api, op("PUT", "/incidents/{key}/report/sections/{name}", "write-section", "Write a section of the report; it is kept when the report is made again"), func(ctx context.Context, in *struct {
		KeyPath
		Name string `path:"name" enum:"what_happened,five_whys,went_well,went_badly,improvements"`
		Body struct {
			Text string `json:"text" maxLength:"100000" doc:"Markdown; empty brings the template back"`
			By   string `json:"by,omitempty" maxLength:"200"`
		}
	}) (*body[report.Section], error) {
		text := integrations.CleanText(in.Body.Text, 100_000)
		section, err := w.writeSection(ctx, actorOr(ctx, in.Body.By), in.Key, in.Name, text)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[report.Section]{section}, nil
	})
}

// reportOperation describes the report's three forms.
func reportOperation() huma.Operation {
	o := op("GET", "/incidents/{key}/report", "report", "The impact section of the post-mortem, as Markdown, HTML or JSON")
	text := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	o.Responses = map[string]*huma.Response{"200": {Description: "The report", Content: map[string]*huma.MediaType{
		"text/markdown": text, "text/html": text, "application/json": {Schema: &huma.Schema{Type: huma.TypeObject}},
	}}}
	return o
}

// written is a report in one of its forms.
func written(r report.Report, format string) (*document, error) {
	switch format {
	case "json":
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("write report of %s: %w", r.Incident.Key, err)
		}
		return &document{ContentType: "application/json", Body: append(text, '\n')}, nil
	case "html":
		var text bytes.Buffer
		if err := report.HTML(&text, r); err != nil {
			return nil, huma.NewError(http.StatusInternalServerError, err.Error())
		}
		return &document{"text/html; charset=utf-8", reportPolicy, text.Bytes()}, nil
	}
	return &document{ContentType: "text/markdown; charset=utf-8", Body: []byte(report.Markdown(r))}, nil
}
