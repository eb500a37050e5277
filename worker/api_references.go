package worker

import (
	"context"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/ticketlink/ticketlink/schema"
)

// A referenceView is another place that tells of an incident, as the API shows it.
type referenceView struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" enum:"issue,pull_request,status_page,chat,link"`
	Name     string    `json:"name" example:"acme/shop#12"`
	URL      string    `json:"url,omitempty"`
	Title    string    `json:"title,omitempty"`
	State    string    `json:"state" enum:"proposed,linked" doc:"proposed: found in internal notes of linked tickets; post it to link it, delete it to refuse it"`
	Mentions int32     `json:"mentions" doc:"Linked tickets whose internal notes name it"`
	AddedBy  string    `json:"added_by"`
	AddedAt  time.Time `json:"added_at"`
}

func viewReference(r schema.IncidentReference) referenceView {
	return referenceView{ID: strconv.FormatInt(r.ID, 10), Kind: r.Kind, Name: r.Name, URL: r.Url, Title: r.Title, State: r.State,
		Mentions: r.Mentions, AddedBy: r.AddedBy, AddedAt: r.AddedAt}
}

// referenceAPI registers what an incident is told of in elsewhere.
func (w *Worker) referenceAPI(api huma.API) {
	huma.Register(api, op("GET", "/incidents/{key}/references", "list-references", "Issues, pull requests, status pages and chats that tell of the incident"), func(ctx context.Context, in *struct {
		KeyPath
		Paging
	}) (*body[pageOf[referenceView]], error) {
		page, err := w.references(ctx, in.Key, in.Paging)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[pageOf[referenceView]]{page}, nil
	})
	huma.Register(api, op("POST", "/incidents/{key}/references", "link-reference", "Link an issue or another place to the incident", 201), func(ctx context.Context, in *struct {
		KeyPath
		Body struct {
			Reference string `json:"reference" maxLength:"2000" example:"https://github.com/acme/shop/issues/12" doc:"An address, or a key like acme/shop#12, acme/shop!7 or PAY-7"`
			Kind      string `json:"kind,omitempty" enum:"issue,pull_request,status_page,chat,link" doc:"Default: by the address"`
			Title     string `json:"title,omitempty" maxLength:"500"`
			By        string `json:"by,omitempty" maxLength:"200"`
		}
	}) (*body[referenceView], error) {
		r, err := w.linkReference(ctx, actorOr(ctx, in.Body.By), in.Key, in.Body.Reference, in.Body.Kind, in.Body.Title)
		if err != nil {
			return nil, w.failure(err)
		}
		return &body[referenceView]{viewReference(r)}, nil
	})
	huma.Register(api, op("DELETE", "/incidents/{key}/references/{id}", "drop-reference", "Take a reference back; a proposal is not made again", 204), func(ctx context.Context, in *struct {
		KeyPath
		ID int64 `path:"id"`
	}) (*struct{}, error) {
		if err := w.dropReference(ctx, actor(ctx), in.Key, in.ID); err != nil {
			return nil, w.failure(err)
		}
		return nil, nil
	})
}
