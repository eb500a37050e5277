package worker

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/ticketlink/ticketlink/schema"
	"github.com/ticketlink/ticketlink/worker/web"
)

// reassignPage asks whom a follow-up goes to.
type reassignPage struct {
	web.Page
	Row    followUpRow
	Agents []schema.AgentsOfRow
	Back   string
}

func (w *Worker) reassignPage(rw http.ResponseWriter, r *http.Request) {
	page, err := w.readReassignPage(r)
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	w.render(rw, http.StatusOK, "reassign", page)
}

func (w *Worker) readReassignPage(r *http.Request) (page reassignPage, err error) {
	page.Page, page.Back = w.page(r, "Reassign a follow-up", "follow-ups", ""), localPath(r.FormValue("back"))
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return page, errNoFollowUp
	}
	row, err := w.followUp(r.Context(), w.queries, id)
	if err != nil {
		return page, err
	}
	named, err := w.namedFollowUps(r.Context(), []schema.GetFollowUpRow{row}, false, page.Back)
	if err != nil {
		return page, err
	}
	page.Row = named[0]
	if page.Agents, err = w.queries.AgentsOf(r.Context(), row.FollowUp.Helpdesk); err != nil {
		return page, fmt.Errorf("list agents of %s: %w", row.FollowUp.Helpdesk, err)
	}
	return page, nil
}
