package match

import "math"

// lnRatio is the weight of something that members show with probability m and
// all tickets with probability u (Fellegi and Sunter 1969, as in Splink).
func lnRatio(m, u float64) float64 { return math.Log(m / u) }

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func clamp(x, lo, hi float64) float64 { return max(lo, min(hi, x)) }

// round keeps a weight to the thousandth, so that what people read adds up.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
