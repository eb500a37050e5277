// Package demo tells one incident's whole life: a simulated helpdesk with its
// customers and agents, a simulated Alertmanager, and the story that connects
// them, told on a terminal. The service that it talks to is the real one, over
// HTTP; only its clock is the story's.
package demo
