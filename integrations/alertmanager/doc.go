// Package alertmanager reads the webhooks of Prometheus Alertmanager (version 4
// of the format, since 0.6.0) and of Grafana alerting, which sends the same
// shape as version 1 with more in it.
//
// See prometheus.io/docs/alerting/latest/configuration, webhook_config. Two of
// its options matter here: send_resolved must stay on, and max_alerts off: a
// delivery that leaves alerts out cannot say that all of them are resolved.
// Alertmanager signs nothing; http_config's authorization or basic_auth says who
// calls.
package alertmanager
