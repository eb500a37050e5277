package match

import (
	"math/bits"
	"strings"
)

// A family is one way for a service to fail, in the words in which engineers
// and customers speak of it. The languages do not share words, but they do
// share failures: this is what lets a German ticket match an English incident.
type family struct {
	name  string
	words string
}

// families may be added to but not reordered: a row's bits count on it. A word
// stands in one family only; words that fit several ("problem") stand in none.
var families = []family{
	{"slow", `slow slowly slowness latency timeout timeouts timed timing hang hangs hanging loading spinner lag laggy
		sluggish forever performance degraded freeze frozen
		langsam zeitüberschreitung hängt lädt ladezeit
		lento lenta lentitud tarda cargar agotado
		lent lente lenteur rame délai charge
		demora lentidão carregar carrega esgotado lentamente
		遅い 遅く 重い タイムアウト`},
	{"error", `error errors fail fails failed failing failure failures exception 5xx 500 502 503 504 4xx crash crashes crashing
		fehler fehlgeschlagen fehlermeldung schlägt absturz
		falla fallas fallo fallando
		erreur erreurs échoue échec plante
		erro erros falha falhas falhando
		エラー 失敗 不具合`},
	{"down", `down outage outages unavailable unavailability offline unreachable dead reach unresponsive
		ausgefallen ausfall erreichbar tot
		caído caída disponible inaccesible
		panne inaccessible indisponible injoignable
		caiu indisponível inacessível fora
		障害 落ち 停止 接続`},
	{"missing or late", `delay delays delayed pending waiting stuck backlog missing arrived arrive delivered deliveries delivery
		received receiving disappeared late lost
		verzögert verzögerung warten wartet angekommen fehlt erhalten verschwunden aussteht ausstehend
		pendiente pendientes retraso retrasado recibido recibimos esperando desapareció llegado llega
		attente retard reçu recevons disparu livré arrivé
		pendente atraso atrasado recebido recebemos aguardando desapareceu sumiu chegou
		届き 届か 遅延 消え 待っ`},
	{"duplicate", `duplicate duplicates duplicated double doubled twice repeated identical repeatedly
		doppelt doppelte zweimal mehrfach
		doble dobles duplicado duplicada repetido repetida veces
		doublon doublons doubles fois
		dobro duplicados vezes
		二重 二回 重複`},
	{"refused", `denied decline declined declines reject rejected rejects refused refuses blocked unauthorized unauthorised authorised
		authorized authorisation authorization permission permissions forbidden 401 403 accept
		abgelehnt verweigert gesperrt zugriff berechtigung
		denegado rechazado rechazada bloqueado acceso permitido autorizado
		refusé refusée rejeté bloqué accès autorisé
		negado recusado recusada bloqueada acesso
		拒否 ブロック 権限`},
}

// symptomOf maps every stem of the families' words to its family's bit.
var symptomOf = func() map[string]uint16 {
	m := map[string]uint16{}
	for f, fam := range families {
		for w := range strings.FieldsSeq(fam.words) {
			for lang := range languages {
				s := stem(w, lang)
				if lang == 0 {
					s = englishTerm(w)
				}
				if m[s] == 0 {
					m[s] = 1 << f
				}
			}
		}
	}
	return m
}()

// symptoms returns the families that the stems speak of, one bit each.
func symptoms(stems []string) uint16 {
	var m uint16
	for _, s := range stems {
		m |= symptomOf[s]
	}
	return m
}

// symptomNames lists the families in the set in words.
func symptomNames(set uint16) string {
	var names []string
	for f := range families {
		if set&(1<<f) != 0 {
			names = append(names, families[f].name)
		}
	}
	return strings.Join(names, ", ")
}

// symptomWeight compares how a ticket and an incident fail. Silence on either
// side says nothing; another failure than ours speaks against.
func symptomWeight(incident, ticket uint16, share float64) float64 {
	switch {
	case incident == 0 || ticket == 0:
		return 0
	case incident&ticket != 0:
		return clamp(lnRatio(0.55, share), 0, 3) / float64(bits.OnesCount16(ticket&^incident)+1)
	default:
		return -1
	}
}
