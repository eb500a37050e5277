package integrations

import "testing"

func TestHTMLAndBack(t *testing.T) {
	for _, text := range []string{"It is fixed.", "a < b & c > \"d\"\n\nsecond <script>line</script>", "支付失败"} {
		if got := Plain("<div>" + HTML(text) + "</div>"); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := Plain(`<p>It&nbsp;fails<br/>again</p><img src="x">`); got != "It\u00a0fails\nagain" {
		t.Errorf("got %q", got)
	}
}
