package worker

import (
	"net/http"
	"strconv"

	"github.com/ticketlink/ticketlink/worker/web"
)

type deadPage struct {
	web.Page
	Letters []deadView
	Next    string
}

// deadPage lists what was given up, with the reason. Nothing of what it holds is
// shown.
func (w *Worker) deadPage(rw http.ResponseWriter, r *http.Request) {
	page := deadPage{Page: w.page(r, "Dead letters", "", "")}
	listed, err := w.deadLetters(r.Context(), Paging{Limit: 50, Cursor: r.FormValue("cursor")})
	if err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	page.Letters, page.Next = listed.Items, listed.NextCursor
	w.render(rw, http.StatusOK, "dead", page)
}

// replayForm tries one dead letter again, or all of them for 0.
func (w *Worker) replayForm(rw http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		w.pageFailed(rw, r, errNoLetter)
		return
	}
	if _, err := w.replay(r.Context(), actor(r.Context()), id); err != nil {
		w.pageFailed(rw, r, err)
		return
	}
	http.Redirect(rw, r, "/dead-letters?done=replayed", http.StatusSeeOther)
}
