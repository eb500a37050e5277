package alertmanager

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/ticketlink/ticketlink/integrations"
)

// labels are names and values: an alert's labels or annotations.
type labels map[string]string

// Which labels say what, by widespread use. Of the service and region labels
// the first that an alert has counts; of the tag labels all do.
var (
	serviceLabels = func(l labels) []string { return l.first("service", "service_name", "app", "application", "job") }
	regionLabels  = func(l labels) []string { return l.first("region", "cluster", "zone") }
	tagLabels     = func(l labels) []string {
		return slices.Concat(strings.Split(l["tags"], ","), l.first("component"), l.first("product"), l.first("feature"))
	}
)

func (l labels) first(names ...string) []string {
	for _, name := range names {
		if l[name] != "" {
			return []string{l[name]}
		}
	}
	return nil
}

// collect returns what the alerts' labels say, folded like tags.
func collect(alerts []alert, pick func(labels) []string) []string {
	found := map[string]bool{}
	for _, a := range alerts {
		for _, value := range pick(a.Labels) {
			found[value] = true
		}
	}
	return integrations.FoldTags(slices.Collect(maps.Keys(found)))
}

// fingerprint is Prometheus's own for a set of labels (FNV-1a over the sorted
// pairs; see LabelSet.Fingerprint in prometheus/common), so that an alert keeps
// its identity whether the sender names it or not.
func (l labels) fingerprint() string {
	h := fnv.New64a()
	for _, name := range slices.Sorted(maps.Keys(l)) {
		_, _ = h.Write([]byte(name + "\xff" + l[name] + "\xff")) // a hash never fails to write
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// worst returns the worst severity of the alerts, "" if none has one.
func worst(alerts []alert) string {
	worst := ""
	for _, a := range alerts {
		for _, word := range a.Labels.first("severity", "priority") {
			word = integrations.CleanText(strings.ToLower(strings.TrimSpace(word)), integrations.MaxTag)
			same := !integrations.WorseSeverity(worst, word)
			if integrations.WorseSeverity(word, worst) || same && word < worst {
				worst = word
			}
		}
	}
	return worst
}
