package worker

import (
	"net/http"

	"github.com/ticketlink/ticketlink/worker/report"
	"github.com/ticketlink/ticketlink/worker/web"
)

type reportPage struct {
	web.Page
	Report   report.Report
	Markdown string
}

// reportPage shows the report as it would be written now. The incident's own
// page fetches its summary when somebody opens it.
func (w *Worker) reportPage(rw http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	written, err := w.reportOf(r.Context(), key)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "report", reportPage{w.page(r, "Report of "+key, "incidents", "incident "+key), written, report.Markdown(written)})
}
