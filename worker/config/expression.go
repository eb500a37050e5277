package config

import (
	"errors"
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

var (
	expression = checkExpression()
	condition  = checkExpression(expr.AsBool())
)

// checkExpression returns a check of an expression that says where it goes wrong,
// as far as that is one place. What is read has no clock: the same JSON must
// always mean the same.
func checkExpression(options ...expr.Option) func(code string) (where string, ok bool) {
	options = append(options, expr.AllowUndefinedVariables(), expr.DisableBuiltin("now"))
	return func(code string) (string, bool) {
		program, err := expr.Compile(code, options...)
		if wrong, ok := errors.AsType[*file.Error](err); ok {
			return fmt.Sprintf(" at its character %d", wrong.Column+1), false
		}
		if err != nil {
			return "", false
		}
		node, calls := program.Node(), firstCall(-1)
		if ast.Walk(&node, &calls); calls >= 0 {
			return fmt.Sprintf(" at its character %d, where it calls a function that there is not", calls+1), false
		}
		return "", true
	}
}

// firstCall is where the first call stands of anything but expr's own functions.
type firstCall int

// Visit implements ast.Visitor.
func (c *firstCall) Visit(node *ast.Node) {
	if call, ok := (*node).(*ast.CallNode); ok && (*c < 0 || call.Location().From < int(*c)) {
		*c = firstCall(call.Location().From)
	}
}
