package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// An alert is one of a simulated Alertmanager's: it posts what a real one does,
// version 4 of the format.
type alert struct {
	name, service, severity string
	summary, description    string
	began                   time.Time
	token                   string // http_config.authorization.credentials
}

// notify posts the alert's group; ended is zero while it fires.
func (a alert) notify(ctx context.Context, to service, ended time.Time) error {
	status := "firing"
	if !ended.IsZero() {
		status = "resolved"
	}
	labels := map[string]string{"alertname": a.name, "service": a.service, "severity": a.severity}
	annotations := map[string]string{"summary": a.summary, "description": a.description}
	body, err := json.Marshal(map[string]any{
		"version": "4", "groupKey": fmt.Sprintf(`{}/{severity=%q}:{alertname=%q}`, a.severity, a.name),
		"truncatedAlerts": 0, "status": status, "receiver": "ticketlink",
		"groupLabels": map[string]string{"alertname": a.name}, "commonLabels": labels, "commonAnnotations": annotations,
		"externalURL": "http://alertmanager.example:9093",
		"alerts": []any{map[string]any{
			"status": status, "labels": labels, "annotations": annotations, "startsAt": a.began, "endsAt": ended,
			"generatorURL": "http://prometheus.example:9090/graph", "fingerprint": "4ae1c8a2f5b3d907",
		}},
	})
	if err != nil {
		return fmt.Errorf("write alert: %w", err)
	}
	header := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + a.token}}
	return to.post(ctx, http.MethodPost, "/webhooks/prometheus", header, body, nil)
}
