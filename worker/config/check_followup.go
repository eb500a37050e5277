package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// checkTargets returns the targets' names.
func (d *decoder) checkTargets(targets []Target) []string {
	names := map[string]string{}
	var list []string
	for i, t := range targets {
		d.unique(names, t.Name, fmt.Sprintf("notify[%d].name", i))
		d.checkBusinessHours(fmt.Sprintf("notify[%d].quiet_hours", i), t.QuietHours)
		list = append(list, t.Name)
	}
	return list
}

func (d *decoder) checkFollowUp(f *FollowUp, targets []string) {
	targets = d.checkOnCall(f.OnCall, targets)
	d.checkRoutes("follow_up.agents", f.Agents, targets)
	d.checkRoutes("follow_up.groups", f.Groups, targets)
	d.checkRemind("follow_up.remind", f.Remind)
	d.checkBusinessHours("follow_up.business_hours", f.BusinessHours)
	for i, name := range f.Notify {
		at := fmt.Sprintf("follow_up.notify[%d]", i)
		if wrong := d.unknownTarget(at, name, targets); wrong != "" {
			d.problem(at, "%s", wrong)
		}
	}
	f.Escalate = d.escalation("follow_up.escalate", f.Escalate, targets)
	for i, o := range f.Overrides {
		path := fmt.Sprintf("follow_up.overrides[%d]", i)
		d.checkRemind(path+".remind", o.Remind)
		d.checkBusinessHours(path+".business_hours", o.BusinessHours)
		if len(o.When.Severity)+len(o.When.Plan)+len(o.When.Organization) == 0 {
			d.problem(path+".when", "has no condition and would always hold; expected severity, plan or organization")
		}
	}
}

// checkOnCall returns the targets with those of the schedules among them.
func (d *decoder) checkOnCall(schedules []OnCall, targets []string) []string {
	names := map[string]string{}
	for _, t := range targets {
		names[t] = "a name under notify"
	}
	all := slices.Clone(targets)
	for i, o := range schedules {
		path := fmt.Sprintf("follow_up.on_call[%d]", i)
		d.unique(names, o.Name, path+".name")
		d.checkRoutes(path+".people", o.People, targets)
		all = append(all, o.Name)
	}
	return all
}

// checkRoutes holds a map's values against the targets.
func (d *decoder) checkRoutes(path string, routes map[string]string, targets []string) {
	for _, who := range slices.Sorted(maps.Keys(routes)) {
		at := join(path, who)
		if wrong := d.unknownTarget(at, routes[who], targets); wrong != "" {
			d.problem(at, "%s", wrong)
		}
	}
}

func (d *decoder) checkRemind(path string, remind []Span) {
	if slices.ContainsFunc(remind, func(s Span) bool { return s.Off }) {
		d.problem(path, "holds off; expected [] for no reminders")
	}
	if !slices.IsSortedFunc(remind, func(a, b Span) int { return cmp.Compare(a.D, b.D) }) {
		d.problem(path, "is not ascending; expected the earliest reminder first")
	}
}

func (d *decoder) checkBusinessHours(path string, b *BusinessHours) {
	if b == nil {
		return
	}
	given := 0
	for _, key := range []string{".days[0]", ".from", ".to"} {
		if d.written(path + key) {
			given++
		}
	}
	if given != 3 && (given != 0 || len(b.Shifts) == 0) {
		d.problem(path, "is never open; expected days, from and to, or shifts")
	}
	d.checkShift(path, b.From, b.To)
	for i, s := range b.Shifts {
		d.checkShift(fmt.Sprintf("%s.shifts[%d]", path, i), s.From, s.To)
	}
}

func (d *decoder) checkShift(path, from, to string) {
	if from != "" && from == to {
		d.problem(path+".to", "is the same as from; expected another time, or 00:00 to 24:00 for the whole day")
	}
}

// escalation returns the names that exist. The others are only warned of: the
// last reminder still reaches follow_up.notify.
func (d *decoder) escalation(path string, names, targets []string) []string {
	kept := names[:0]
	for i, name := range names {
		at := fmt.Sprintf("%s[%d]", path, i)
		wrong := d.unknownTarget(at, name, targets)
		if wrong == "" {
			kept = append(kept, name)
			continue
		}
		d.warnings = append(d.warnings, Problem{d.place(at), at, wrong + "; the last reminder does without it"}.String())
	}
	return kept
}

func (d *decoder) unknownTarget(path, name string, targets []string) string {
	if name == "" || slices.Contains(targets, name) {
		return ""
	}
	wanted := "expected a name under notify, where there is none"
	if len(targets) > 0 {
		wanted = expected(name, targets)
	}
	return fmt.Sprintf("%q is not a name under notify; %s", d.texts[path], wanted)
}
