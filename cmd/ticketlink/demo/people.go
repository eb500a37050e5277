package demo

import (
	"fmt"
	"strings"

	"github.com/ticketlink/ticketlink/integrations/zendesk/zendeskfake"
)

// A customer is a person who writes tickets.
type customer struct{ id, language string }

var companies = strings.Fields(`Alder Basalt Cedar Delta Ember Fjord Garnet Harbor Indigo Juniper Kestrel Lumen
	Meadow Nimbus Orchard Pioneer Quartz Ridge Saffron Timber Umber Vesper Willow Xenon Yarrow Zephyr Anchor Beacon
	Cobalt Drift Falcon Granite Hazel Ivory Jasper Lantern Maple Northwind Onyx Prairie`)

var firstNames = strings.Fields(`Ana Ben Chloé Dario Elif Finn Grete Hugo Ines Jonas Kira Luis Mia Noah Olga Paul
	Quinn Rosa Sven Tess Uma Vito Wanda Yara Zoe`)

// A plan is what an organization pays, a month.
type plan struct {
	name string
	from int
}

var plans = []plan{{"free", 0}, {"team", 180}, {"team", 290}, {"business", 1_200}, {"business", 1_900}, {"enterprise", 6_400}}

// languages are spoken by customers in this proportion; the region follows.
var languages = []string{"en", "en", "en", "en", "en", "en", "de", "de", "fr", "es"}

var regions = map[string]string{"en": "us", "de": "eu", "fr": "eu", "es": "eu"}

var agentNames = []string{"Grace", "Omar", "Lena", "Priya", "Tomás"}

// populate adds organizations, their people and the agents.
func (w *world) populate() {
	for n, company := range companies {
		language, p := languages[n%len(languages)], plans[(n*7)%len(plans)]
		organization := w.helpdesk.AddOrganization(zendeskfake.Organization{
			Name:   company + " " + []string{"Ltd", "GmbH", "SARL", "Inc"}[n%4],
			Fields: map[string]any{"plan": p.name, "mrr": p.from + 10*n*min(p.from, 1), "region": regions[language]},
		})
		for k := range 4 {
			name := firstNames[(n*4+k)%len(firstNames)]
			w.customers = append(w.customers, customer{language: language, id: w.helpdesk.AddCustomer(zendeskfake.Customer{
				Name: name, Email: fmt.Sprintf("%s.%d@%s.example", strings.ToLower(name), k, strings.ToLower(company)),
				OrganizationID: organization, Locale: language,
			})})
		}
	}
	for _, name := range agentNames {
		w.agents = append(w.agents, w.helpdesk.AddAgent(name))
	}
}
