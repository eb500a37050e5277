package impact

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// An amount as people type it into a field: perhaps with a currency before or
// behind it, perhaps with commas between thousands.
var amountForm = regexp.MustCompile(`^(?:([A-Za-z]{3}|[$€£¥])\s*)?([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(?:\s*([A-Za-z]{3}|[$€£¥]))?$`)

var signs = map[string]string{"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}

// ParseMoney reads an amount of money as helpdesk fields hold it: "1200",
// "1,200.50", "$1200", "EUR 300", "300 eur". The currency is an ISO 4217 code,
// the given one where the text names none. False for anything else.
func ParseMoney(text, currency string) (amount float64, code string, ok bool) {
	m := amountForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || m[1] != "" && m[3] != "" {
		return 0, "", false
	}
	amount, err := strconv.ParseFloat(strings.ReplaceAll(m[2], ",", ""), 64)
	if err != nil || math.IsInf(amount, 0) {
		return 0, "", false
	}
	switch named := m[1] + m[3]; {
	case named == "":
		return amount, currency, true
	case signs[named] != "" && !(named == "$" && strings.HasSuffix(currency, "D")):
		return amount, signs[named], true
	case named == "$":
		return amount, currency, true // Canadian, Australian and other dollars
	default:
		return amount, strings.ToUpper(named), true
	}
}
