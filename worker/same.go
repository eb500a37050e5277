package worker

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/ticketlink/ticketlink/integrations"
	"github.com/ticketlink/ticketlink/schema"
)

// sameIncident finds the open incident that a word describes from another
// side. It names our key (ticketlink:KEY, or our page of the incident), or one
// of its addresses is what a person or another source gave for an incident. A
// bare key is no proof: other tools number their incidents INC-1 as well.
func (w *Worker) sameIncident(ctx context.Context, q *schema.Queries, said word) (*schema.Incident, error) {
	for _, key := range namedKeys(said.IncidentUpdate, w.PublicURL) {
		i, err := q.LockIncident(ctx, key)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
		case err != nil:
			return nil, fmt.Errorf("lock %s: %w", key, err)
		case i.Status == "open":
			return &i, nil
		}
	}
	ids, err := q.OpenIncidentByLink(ctx, schema.OpenIncidentByLinkParams{Source: said.source, Links: addresses(said.IncidentUpdate)})
	if err != nil {
		return nil, fmt.Errorf("find incident of %s by its addresses: %w", said.source, err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	i, err := q.LockIncidentByID(ctx, ids[0])
	if err != nil {
		return nil, fmt.Errorf("lock incident of %s: %w", said.source, err)
	}
	return &i, nil
}

var (
	anyAddress = regexp.MustCompile(`https?://[^\s<>"'()\[\]{}|\\^]+`)
	ourMark    = regexp.MustCompile(`\bticketlink:([A-Za-z0-9][A-Za-z0-9._-]{0,63})`)
)

// namedKeys are the keys of ours that an update's texts name.
func namedKeys(u integrations.IncidentUpdate, publicURL string) []string {
	var keys []string
	for _, m := range ourMark.FindAllStringSubmatch(strings.Join([]string{u.Title, u.Summary, u.Message}, "\n"), -1) {
		keys = append(keys, strings.TrimRight(m[1], "._-"))
	}
	page := strings.TrimSuffix(publicURL, "/") + "/incidents/"
	for _, a := range addresses(u) {
		if key, ours := strings.CutPrefix(a, page); ours && keyForm.MatchString(key) && publicURL != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// addresses are all that an update gives for its incident, at most 50. One
// that leads to a site's front page says nothing of which incident it is.
func addresses(u integrations.IncidentUpdate) []string {
	found := slices.Concat([]string{u.URL}, u.Links, anyAddress.FindAllString(u.Title+"\n"+u.Summary, 50))
	var list []string
	for _, a := range found {
		a = strings.TrimRight(a, ".,;:!?")
		at, err := url.Parse(a)
		if err == nil && (strings.Trim(at.Path, "/") != "" || at.RawQuery != "" || at.Fragment != "") && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list[:min(len(list), 50)]
}
