package match

import "strings"

// stopWords are words that say nothing of what a message is about: articles,
// pronouns, prepositions, auxiliaries, courtesies, and when it was written. They
// are no evidence, and no reason that a person wants to read. One bit for each language they belong to.
var stopWords = func() map[string]uint32 {
	lists := []string{ // in the order of languages
		`a about above after again all also always am an and another any anybody anyone anything are as at be because been before
		being below best between both but by can cannot could dear did do does doing done during each either else ever every everybody
		everyone everything few for from get gets getting good got greetings had has have having he hello help her here hers hey hi him
		his how however i if in into is it its itself just kind kindly let like many may maybe me might mine more most much must my myself
		need needs never no nobody none nor not nothing now of off often ok on once one only onto or other others our ours out over own
		per please pm quite rather re really regards same see she should since so some somebody someone something still such team than
		thank thanks that the their them then there these they thing things this those though through thus till to today too try trying
		under until up upon us use very want was way we were what when where whether which while who whom whose why will with within
		without would yes yet you your yours yourself
		afternoon ago day days evening hour hours last minute minutes moment month months morning night recently today tomorrow tonight week
		weeks weekend yesterday`,
		`aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bitte da damit dann das dass dem den der des die
		dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch euer für gegen gibt
		gruß grüße guten hab habe haben hallo hat hatte hier ich ihm ihn ihnen ihr ihre im immer in ins ist ja jede jeden jeder jetzt kann
		kein keine können man mehr mein meine meinem meinen mich mir mit nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine
		seit sich sie sind so team über um und uns unser unsere unserem unseren unter viel vielen vom von vor war warum was wegen weil wenn
		wer werden wie wieder wir wird wo wurde zu zum zur
		abend gestern heute minuten mittag monat morgen nacht stunde stunden tag tage tagen woche wochen`,
		`a al algo ante antes aún aunque bien buenas buenos cada como con cual cuando de del desde donde dos e el ella en entre era es esa
		ese eso esta está estaba estamos están estar este esto estos favor fue gracias ha hace han hasta hay hola la las le les lo los me
		mi mis mucho muy nada ni no nos nosotros nuestra nuestro o para pero poco por porque puede pueden puedo que qué quien saludos se
		según ser si sí sin sobre solo son su sus también tan tengo tiene todas todo todos tu un una uno unos usted ya yo y
		anoche ayer día días hora horas hoy mañana mes minutos noche semana tarde`,
		`à au aucun aussi autre aux avec avez avons bien bonjour c ça car ce cela ces cet cette chaque chez comme cordialement d dans de des
		depuis donc du elle elles en encore est et étaient était être eux fait faire font il ils j je jusqu l la le les leur lui ma mais me
		même mes mon merci n ne nos notre nous on ont ou où par pas peu peut plus pour pouvez puis qu quand que quel quelle qui s sa sans se
		ses si son sont sous sur ta te tous tout toute très tu un une vos votre vous y
		aujourd'hui heure heures hier jour jours matin minutes mois nuit semaine soir`,
		`a ao aos as até bem bom boa cada com como da das de dela dele depois desde do dos e é ela ele em entre era essa esse esta está
		estamos estão estar este estou eu favor foi há isso isto já lhe mais mas me mesmo meu minha muito na nada não nas nem no nos nós
		nossa nosso num numa o obrigada obrigado olá os ou para pela pelo pode podem por porque posso qual quando que quem se sem ser seu só
		sobre sou sua são também tem temos tenho todo todos tudo um uma você vocês
		dia dias hoje hora horas manhã minutos mês noite ontem semana tarde`,
		`a ad ai al alla anche ancora avere buongiorno c che chi ci ciao come con cosa cui da dal dalla dei del della delle di dopo dove e è
		ed era essere fa fino fra gli grazie ha hanno ho i il in io la le lei lo loro lui ma mentre mi mia mio molto ne nei nel nella no noi
		non nostra nostro o ogni per però più può quando quello questa questo qui saluti se sei senza si sia sono su sua sul suo tra tutti
		tutto un una uno vi voi
		giorni giorno ieri mattina mese minuti notte oggi ora ore sera settimana`,
		`aan al alle als altijd andere beste bij bijvoorbeeld daar dan dat de deze die dit doen door dus een en er geen goed graag groet
		groeten had hallo heb hebben heeft hem het hier hoe hun ik in is ja je jullie kan kunnen kunt maar me meer met mij mijn na naar niet
		niets nog nu of om omdat onder ons onze ook op over sinds te tot uit u uw van veel via voor waar waarom wat we wel werd wie wij wil
		worden wordt zal ze zeer zich zijn zo zonder
		avond dag dagen gisteren maand minuten morgen nacht ochtend uur vandaag week weken`,
		`alla allt att av bara blev bli blir de dem den denna dess det detta dig din du där efter ej eller en er ett från för genom ha hade
		han har hej hela hon hur här i in inga ingen inte jag kan kunde man med mellan men mig min mitt mot mycket ni nu när något några och
		om oss på sedan sig sin sitt ska skulle som så tack till under upp ut utan vad var vara varför vem vi vid vår våra än är
		dag dagar idag igår kväll minuter morgon månad natt timmar timme vecka`,
		`а без более бы был была были было быть в вам вас весь во вот все всё вы где да для до добрый его ее её если есть ещё же за
		здравствуйте и из или им их к как когда который кто ли меня мне мой мы на нам нас наш не нет него нее неё ни них но о об он она они
		от очень пожалуйста по под после при с свой себя со спасибо так также там то тоже только у уже что чтобы эта эти это этот я
		вечер вчера день дней месяц минут неделю ночь сегодня сейчас утра утро час часа часов`,
		`في من على لا إلى أن هذا هذه عند مع ما لم هل كيف أو ثم قد كان كانت التي الذي عن كل بعد قبل منذ لكن إذا نحن أنا هو هي شكرا مرحبا
		اليوم أمس ساعة ساعات يوم صباح مساء`,
		`og det er ikke jeg vi en et på med af som kan vores har hvordan den de i at til for fra hos men eller os min mit så hvis når
		hej tak venlig hilsen siden dag dage time timer uge`,
		`og det er ikke jeg vi en et på med av som kan vår har hvordan den de i at til for fra hos men eller oss min mitt så hvis når
		hei takk vennlig hilsen siden dag dager time timer uke`,
		`ja ei että se olen me voi miten meidän mutta kun on en et ne tämä joka jos niin myös hei kiitos terveisin
		tänään eilen päivä tunti tuntia viikko`,
		`ve bir bu için ile değil çok ben biz nasıl ama gibi da de mi ne o şu var yok daha merhaba teşekkürler
		bugün dün gün saat hafta`,
		`és az nem hogy egy van mi nekem kell hogyan de is a ez ezt meg már csak ha vagy üdvözlettel köszönöm szia
		ma tegnap nap óra hét`,
		`și nu este un pentru în să mai sunt am cum din care o la cu de pe nostru noastră eu noi dar sau bună mulțumesc salut
		azi ieri zi ore ora săptămână`,
	}
	m := map[string]uint32{}
	for i, l := range lists {
		for w := range strings.FieldsSeq(l) {
			m[w] |= 1 << i
		}
	}
	return m
}()

// dullWords may tell tickets apart ("cannot open"), but are no reason for anybody.
var dullWords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`add ask begin call change check close come contact find fix give go happen issue issues know look make new open
		problem problems question see send show start started support tell think use used user using went work working works`) {
		m[englishTerm(w)] = true
	}
	return m
}()

// isStopWord looks in the lists of the language and of English, which turns up
// in messages of all languages.
func isStopWord(w string, lang int) bool {
	m := stopWords[w]
	return m&1 != 0 || lang > 0 && m&(1<<lang) != 0
}
