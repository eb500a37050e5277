package config

import "slices"

// checkProblemSource: problem tickets are of one configured Zendesk, and of
// one source, so that one ticket is one incident.
func (d *decoder) checkProblemSource(path string, s IncidentSource, helpdesks []Helpdesk) {
	zendesk := slices.ContainsFunc(helpdesks, func(h Helpdesk) bool { return h.Name == s.Helpdesk && h.Kind == Zendesk })
	switch problem := s.Kind == ZendeskProblem; {
	case problem && s.Helpdesk == "":
		d.problem(path+".helpdesk", "is missing; expected the name of a helpdesk of kind zendesk")
	case problem && !zendesk:
		d.problem(path+".helpdesk", "%q is no helpdesk of kind zendesk; expected the name of one", s.Helpdesk)
	case problem && d.problemSources[s.Helpdesk]:
		d.problem(path+".helpdesk", "has another source of kind zendesk_problem; expected one for each helpdesk")
	case !problem && (s.Helpdesk != "" || s.Tag != ""):
		d.problem(path+".kind", "helpdesk and tag are for kind zendesk_problem; expected that kind, or neither")
	}
	if s.Kind == ZendeskProblem {
		d.problemSources[s.Helpdesk] = true
	}
}
