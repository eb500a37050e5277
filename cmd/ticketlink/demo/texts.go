package demo

// A text is what one customer writes.
type text struct{ subject, body string }

// A topic is what customers write about: texts by language, and the tags that
// the helpdesk's forms and triggers put on it. Share counts its tickets among
// the ordinary ones.
type topic struct {
	tags  []string
	share int
	texts map[string][]text
}

// ordinary is what customers write about on any day. Some of it sounds like an
// incident and is none.
var ordinary = []topic{
	{[]string{"billing", "invoice"}, 12, map[string][]text{
		"en": {
			{"Where do I find last month's invoice?", "Our accountant asks for the invoice of last month. I cannot see it in the account."},
			{"Wrong address on the invoice", "We moved in spring. Please print the new address on the next invoice."},
			{"VAT number is missing on our invoice", "The invoice has no VAT number, so we cannot book it."},
		},
		"de": {{"Rechnung vom letzten Monat", "Wo finde ich die Rechnung für unsere Buchhaltung?"}, {"Falsche Anschrift auf der Rechnung", "Bitte ändern Sie die Anschrift auf unserer Rechnung."}},
		"fr": {{"Facture du mois dernier", "Où puis-je télécharger la facture pour notre comptable ?"}},
		"es": {{"Factura del mes pasado", "No encuentro la factura para nuestro contable."}},
	}},
	{[]string{"account", "seats"}, 10, map[string][]text{
		"en": {
			{"How do I add a colleague?", "We have a new colleague and need one more seat."},
			{"Remove a user who left", "Somebody left our company. How do we take the seat away?"},
			{"Change the owner of the account", "Our account still belongs to a colleague who has left."},
		},
		"de": {{"Neue Kollegin hinzufügen", "Wie lade ich eine neue Kollegin in unser Konto ein?"}},
		"fr": {{"Ajouter une collègue", "Comment inviter une nouvelle collègue dans notre compte ?"}},
		"es": {{"Añadir un compañero", "¿Cómo invito a un compañero nuevo a la cuenta?"}},
	}},
	{[]string{"how_to", "reports"}, 10, map[string][]text{
		"en": {
			{"Export the report to a spreadsheet", "Is there a way to get the weekly report as a spreadsheet?"},
			{"Report by region", "Can the report be split by region and by month?"},
			{"Schedule a report", "I would like to get the report by e-mail every Monday."},
		},
		"de": {{"Bericht als Tabelle", "Kann ich den Wochenbericht als Tabelle herunterladen?"}},
	}},
	{[]string{"checkout"}, 6, map[string][]text{
		"en": {
			{"Change the colour of the checkout button", "Can the button at checkout have our brand's colour?"},
			{"Add a field to the checkout form", "We need a purchase order number on the checkout page."},
			{"Customer's card was declined by the bank", "One of our buyers says the bank declined the card. Is there a log of it?"},
		},
		"de": {{"Feld im Bestellformular", "Wir brauchen ein Feld für die Bestellnummer im Formular."}},
	}},
	{[]string{"login"}, 6, map[string][]text{
		"en": {
			{"Turn on single sign-on", "We would like to sign in with our own identity provider. Which plan has it?"},
			{"I forgot my password", "How can I set a new password? I do not remember the old one."},
			{"Two-factor code from a new phone", "I have a new phone and the codes are on the old one."},
		},
		"fr": {{"Mot de passe oublié", "Comment définir un nouveau mot de passe ?"}},
	}},
	{[]string{"shipping"}, 1, map[string][]text{
		"en": {
			{"Ship to another country", "Which carriers can we use for parcels abroad?"},
			{"Parcel did not arrive", "The tracking of one parcel has not changed for a week."},
			{"Size of the shipping label", "Our printer takes small labels. Can the size be changed?"},
		},
		"de": {{"Versand ins Ausland", "Welche Dienste gibt es für Pakete ins Ausland?"}},
	}},
	{[]string{"api"}, 7, map[string][]text{
		"en": {
			{"Rate limit of the API", "How many requests a minute may we send?"},
			{"Webhook for a new order", "Is there a webhook for new orders, and how is it signed?"},
			{"Example in Python", "Do you have an example of paging through orders in Python?"},
		},
		"de": {{"Zugang zur Schnittstelle", "Wir brauchen einen Schlüssel für die Schnittstelle."}},
	}},
	{[]string{"feature_request"}, 7, map[string][]text{
		"en": {
			{"Dark mode, please", "Our night shift would love a dark mode."},
			{"A mobile app?", "Is an app for phones planned?"},
			{"Keyboard shortcuts", "It would help to move between orders with the keyboard."},
		},
	}},
	{nil, 5, map[string][]text{
		"en": {
			{"Question", "Could somebody call me back about our contract?"},
			{"Thank you", "Thanks for the quick help yesterday. That solved it."},
			{"Training for new colleagues", "Do you offer a training for people who begin with the product?"},
		},
		"es": {{"Pregunta sobre el contrato", "¿Alguien puede llamarme por nuestro contrato?"}},
	}},
}
