package demo

import "math/rand/v2"

// manners are how people begin and end what they write, and what else they let
// slip. Without them the little words of a language would be rare, as in no
// real helpdesk.
var manners = map[string]struct{ open, aside, closing []string }{
	"en": {
		open: []string{"Hi there,", "Hello,", "Good morning all,", "Hi team, I hope all is well.", "Dear support,", "", "Hello everybody,", "Hi, me again."},
		aside: []string{
			"I have looked at every page of the manual and at the forum, but there is no answer to it.",
			"We have been with you since the first year and are happy with nearly all of it.",
			"My colleague asked the same this morning, and nobody at our office knows it any more.",
			"It is not urgent at all, but it would save us some time every day.",
			"Our office is open until five, and somebody can be reached by phone the whole day.",
			"I am not sure whether this is the right place for it. If not, please pass it on.",
			"There was no problem with this until last week, and then it stopped being clear to us.",
			"I tried it in another browser and on my phone, with the same result each time.",
			"We need it for all of our shops, and for the new one that opens at the end of the month.",
			"All of us would be glad if it could be done before the end of the week.", "", "", "",
		},
		closing: []string{"Thanks in advance!", "Many thanks for your help with this.", "Please let me know what we can do.", "Best regards from all of us",
			"Can you please look into it?", "Thank you very much, and have a nice day.", "Cheers", "", "Any help is welcome."},
	},
	"de": {
		open: []string{"Hallo,", "Guten Tag,", "Guten Morgen zusammen,", "Liebes Team,", ""},
		aside: []string{
			"Ich habe in allen Kapiteln der Anleitung gesucht und nichts dazu gefunden.",
			"Wir sind seit dem ersten Jahr bei Ihnen und mit fast allem zufrieden.",
			"Meine Kollegin hat heute Morgen das Gleiche gefragt, und niemand bei uns weiß es.",
			"Es ist nicht eilig, aber es wäre für alle bei uns eine Hilfe.",
			"Bis letzte Woche gab es damit kein Problem, jetzt ist es uns nicht mehr klar.", "",
		},
		closing: []string{"Vielen Dank im Voraus!", "Mit freundlichen Grüßen", "Können Sie bitte nachsehen?", "Danke für Ihre Hilfe und einen schönen Tag.", ""},
	},
	"fr": {
		open: []string{"Bonjour,", "Bonjour à tous,", "Chère équipe,", ""},
		aside: []string{
			"J'ai cherché dans toutes les pages du manuel et je n'ai rien trouvé.",
			"Nous sommes clients depuis la première année et contents de presque tout.",
			"Ma collègue a posé la même question ce matin, et personne ici ne sait plus.",
			"Ce n'est pas urgent, mais cela aiderait tous nos magasins.", "",
		},
		closing: []string{"Merci d'avance !", "Cordialement", "Pouvez-vous regarder, s'il vous plaît ?", "Merci pour votre aide et bonne journée.", ""},
	},
	"es": {
		open: []string{"Hola,", "Buenos días a todos:", "Estimado equipo:", ""},
		aside: []string{
			"He buscado en todas las páginas del manual y no hay nada sobre esto.",
			"Somos clientes desde el primer año y estamos contentos con casi todo.",
			"Mi compañera preguntó lo mismo esta mañana y aquí nadie lo sabe.",
			"No es urgente, pero nos ayudaría a todos cada día.", "",
		},
		closing: []string{"¡Muchas gracias!", "Un saludo", "¿Lo pueden mirar, por favor?", "Gracias por la ayuda y buen día.", ""},
	},
}

// inWords wraps what a customer has to say into how they say it.
func inWords(random *rand.Rand, language, body string) string {
	m := manners[language]
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	return pick(m.open) + "\n" + body + " " + pick(m.aside) + "\n" + pick(m.closing)
}
