// Package alertmanager reads the webhooks of Prometheus Alertmanager (version 4
// of the format, since 0.6.0) and of Grafana alerting, which sends the same
// shape as version 1 with more in it.
//
// See prometheus.io/docs/alerting/latest/configuration, webhook_config. Two of
// its options matter here: send_resolved must stay on, and max_alerts off: a
// delivery that leaves alerts out cannot say that all of them are resolved.
// Alertmanager signs nothing; http_config's authorization or basic_auth says who
// calls: the source's bearer_token, or username and password.
//
// In Grafana: Alerting, Contact points, New, Webhook. It can send basic
// authentication or a token like Alertmanager, or sign the body (from Grafana 12,
// HMAC Signature): the secret goes to the source's webhook_secret, the header
// stays at its default, and the timestamp header, which protects from old
// deliveries, is X-Grafana-Alerting-Timestamp.
//
// A delivery has no id and no time of its own. The same news a minute later is
// stored again and changes nothing, unless the alert ended meanwhile: then it
// fires again, with the old start that Prometheus keeps.
package alertmanager
