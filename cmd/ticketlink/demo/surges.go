package demo

// paymentsFail is what customers write when their buyers cannot pay: many
// wordings, four languages, and half of the time no tag.
var paymentsFail = topic{tags: []string{"checkout"}, texts: map[string][]text{
	"en": {
		{"Payments fail at checkout", "Since this morning every card payment at checkout fails with an error."},
		{"Card declined for all of our buyers", "No card is accepted any more. The payment page says: payment failed, please try again."},
		{"Nobody can pay", "Orders stop at the last step. Our buyers get an error when they pay by card."},
		{"Checkout error 502", "The checkout answers with error 502 after the card number was typed in."},
		{"URGENT: we are losing sales", "Payment fails at the last step of the checkout. We lose orders every minute!"},
		{"Payment page broken", "The card form spins for a minute and then shows an error. Payments do not go through."},
	},
	"de": {
		{"Kartenzahlung schlägt fehl", "Seit heute Morgen schlägt jede Zahlung mit Karte an der Kasse fehl."},
		{"Kunden können nicht bezahlen", "An der Kasse kommt eine Fehlermeldung, die Zahlung geht nicht durch."},
	},
	"fr": {
		{"Paiement refusé pour tous", "Depuis ce matin tous les paiements par carte échouent avec une erreur."},
		{"Impossible de payer", "La page de paiement affiche une erreur, nos clients ne peuvent plus payer."},
	},
	"es": {
		{"No se puede pagar con tarjeta", "Desde esta mañana todos los pagos con tarjeta fallan con un error."},
		{"Error al pagar", "La página de pago muestra un error y los pedidos no terminan."},
	},
}}

// labelsBlank is what customers write when shipping labels come out blank.
// Nothing watches labels: it takes a person to notice.
var labelsBlank = topic{tags: []string{"shipping"}, texts: map[string][]text{
	"en": {
		{"Shipping labels are blank", "Every shipping label comes out blank since this morning. We cannot send parcels."},
		{"Blank labels from the printer", "The printer works, but the labels for our parcels are empty pages."},
		{"Label PDF is empty", "The PDF of the shipping label has one white page and nothing on it."},
		{"No address on the parcel label", "The label prints without address and barcode, just white."},
	},
	"de": {{"Versandetiketten sind leer", "Alle Versandetiketten kommen leer aus dem Drucker."}},
	"fr": {{"Étiquettes d'expédition vides", "Toutes les étiquettes d'expédition sortent vides de l'imprimante."}},
	"es": {{"Etiquetas de envío en blanco", "Todas las etiquetas de envío salen en blanco."}},
}}
