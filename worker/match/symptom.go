package match

import (
	"math/bits"
	"strings"
)

// A family is one way for a service to fail, in the words in which engineers
// and customers speak of it. The languages do not share words, but they do
// share failures: this is what lets a German ticket match an English incident.
type family struct {
	name string
	// words are English up to the first language's code. Each counts in all its
	// forms, but for those after "=": their stem is another word's too, as that of
	// "fora" is "for".
	words string
}

// families may be added to but not reordered: a row's bits count on it. A word
// stands in one family only; words that fit several ("problem") stand in none.
var families = []family{
	{"slow", `slow slowly slowness latency timeout timeouts hang hangs hanging loading spinner lag laggy
		sluggish forever performance degraded freeze frozen
		de: langsam zeitüberschreitung hängt lädt ladezeit
		es: lento lenta lentitud =tarda =cargar agotado
		fr: lent lente lenteur =rame =délai =chargement
		pt: demora lentidão carregar carrega esgotado lentamente
		it: lento lenta lentezza rallentato
		nl: traag langzaam
		sv: långsam långsamt
		ru: медленно медленный тормозит зависает
		ar: بطيء بطء
		ja: 遅い 遅く 重い タイムアウト
		zh: 缓慢 超时 卡顿`},
	{"error", `error errors fail fails failed failing failure failures exception 5xx 500 502 503 504 4xx crash crashes crashing
		de: fehler fehlgeschlagen fehlermeldung schlägt absturz
		es: falla fallas fallo fallando
		fr: erreur erreurs échoue échec
		pt: erro erros falha falhas falhando
		it: errore errori fallito fallisce
		nl: fout foutmelding mislukt mislukken
		sv: fel misslyckas misslyckades kraschar
		ru: ошибка ошибки сбой сбои
		ar: خطأ أخطاء فشل يفشل
		ja: エラー 失敗 不具合
		zh: 失败 错误 报错 出错 异常`},
	{"down", `down outage outages unavailable unavailability offline unreachable dead reach unresponsive
		de: ausgefallen ausfall erreichbar tot
		es: caído caída disponible inaccesible
		fr: panne inaccessible indisponible injoignable
		pt: caiu indisponível inacessível =fora
		it: irraggiungibile disservizio
		nl: onbereikbaar storing
		sv: nere otillgänglig
		ru: недоступен недоступна недоступно
		ar: معطل متوقف
		ja: 障害 落ち 停止 接続
		zh: 宕机 中断 瘫痪`},
	{"missing or late", `delay delays delayed pending waiting stuck backlog missing arrived arrive delivered deliveries delivery
		received receiving disappeared late lost
		de: verzögert verzögerung warten wartet angekommen fehlt erhalten verschwunden aussteht ausstehend
		es: pendiente pendientes retraso retrasado recibido recibimos esperando desapareció llegado llega
		fr: attente retard reçu recevons disparu =livré arrivé
		pt: pendente atraso atrasado recebido recebemos aguardando desapareceu =sumiu chegou
		it: ritardo attesa ricevuto arrivato sparito
		nl: vertraging vertraagd wachten ontvangen ontbreekt verdwenen
		sv: försenad försening väntar saknas
		ru: задержка задерживается пришло пришла пропал пропала
		ar: تأخير متأخر مفقود
		ja: 届き 届か 遅延 消え 待っ
		zh: 延迟 丢失 未到`},
	{"duplicate", `duplicate duplicates duplicated double doubled twice repeated identical repeatedly
		de: doppelt doppelte zweimal mehrfach
		es: doble dobles repite duplicado duplicada repetido repetida =veces
		fr: doublon doublons répète doubles fois
		pt: dobro repete duplicados =vezes
		it: doppio doppia duplicato
		nl: dubbel dubbele tweemaal
		sv: dubbelt dubbla
		ru: дважды двойной повторно
		ar: مكرر مرتين
		ja: 二重 二回 重複
		zh: 重复 两次`},
	{"refused", `denied decline declined declines reject rejected rejects refused refuses blocked unauthorized unauthorised authorised
		authorized authorisation authorization permission permissions forbidden 401 403 accept
		de: abgelehnt akzeptiert verweigert gesperrt zugriff berechtigung
		es: acepta aceptado denegado rechazado rechazada bloqueado acceso permitido autorizado
		fr: accepté refusé refusée rejeté bloqué accès autorisé
		pt: aceita aceito negado recusado recusada bloqueada acesso
		it: rifiutato rifiutata negato bloccato accesso
		nl: geweigerd afgewezen geblokkeerd toegang
		sv: nekad avvisad blockerad åtkomst
		ru: отклонена отклонён отклонен отказано заблокирован
		ar: مرفوض مرفوضة رفض محظور
		ja: 拒否 ブロック 権限
		zh: 拒绝 被拒 禁止`},
}

// symptomOf maps the stems of the families' words, in their own language and as
// English, to their family's bit.
var symptomOf = func() map[string]uint16 {
	m := map[string]uint16{}
	for f, fam := range families {
		lang := 0
		for w := range strings.FieldsSeq(fam.words) {
			if code, ok := strings.CutSuffix(w, ":"); ok {
				lang = guessLanguage(code, nil)
				continue
			}
			w, exact := strings.CutPrefix(w, "=")
			forms := []string{englishTerm(w)}
			if lang > 0 && !exact {
				forms = append(forms, stem(w, lang))
			}
			for _, s := range forms {
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
