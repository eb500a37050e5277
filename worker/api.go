package worker

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// A pageOf answers lists. NextCursor is absent at the end.
type pageOf[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty"`
}

// Paging are the parameters of every list.
type Paging struct {
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

// after is the row that the page begins behind, 0 for the first page.
func (p Paging) after() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return 0, errBadCursor
	}
	id, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return 0, errBadCursor
	}
	return id, nil
}

// fetch is how many rows to read: one more says whether there is a next page.
func (p Paging) fetch() int32 { return int32(p.Limit) + 1 }

// pageFrom cuts rows to a page and points behind its last one.
func pageFrom[R, T any](p Paging, rows []R, id func(R) int64, item func(R) T) pageOf[T] {
	page := pageOf[T]{Items: []T{}}
	if len(rows) > p.Limit {
		rows = rows[:p.Limit]
		page.NextCursor = base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(id(rows[len(rows)-1]), 10)))
	}
	for _, r := range rows {
		page.Items = append(page.Items, item(r))
	}
	return page
}

var errBadCursor = errors.New("cursor: expected the next_cursor of an earlier answer")

// A body wraps an answer for huma.
type body[T any] struct{ Body T }

// failure is the one table from our errors to the API's answers.
func (w *Worker) failure(err error) error {
	for _, known := range []struct {
		code int
		errs []error
	}{
		{http.StatusNotFound, []error{errNoIncident, errNoTicket, errNotLinked, errNoFollowUp, errNoAnswer, errNoSurge, errNoSection, errNoReference, errNoLetter, errNoModel}},
		{http.StatusConflict, []error{errKeyTaken, errIsOpen, errNotEnded, errIsResolved, errMerged, errMergeResolved, errFollowUpEnded, errOtherNumber, errChanged}},
		{http.StatusUnprocessableEntity, []error{errBadKey, errMergeSelf, errNoTitle, errTimes, errBadCursor, errBadSnooze, errNoAgent, errNoText, errPlaceholder, errBadReference, errBadPart, errBadState, errBadAction, errNoKey, errBadPerson}},
	} {
		for _, e := range known.errs {
			if errors.Is(err, e) {
				return huma.NewError(known.code, e.Error())
			}
		}
	}
	if errors.Is(err, context.Canceled) {
		return huma.NewError(499, "the request was given up")
	}
	w.Log.Error("request failed", "error", err)
	return huma.NewError(http.StatusServiceUnavailable, "the database did not answer as expected; try again, and see the log and /readyz")
}

// op is one operation of the API.
func op(method, path, id, summary string, status ...int) huma.Operation {
	o := huma.Operation{Method: method, Path: "/api/v1" + path, OperationID: id, Summary: summary,
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity}}
	if len(status) > 0 {
		o.DefaultStatus = status[0]
	}
	return o
}
