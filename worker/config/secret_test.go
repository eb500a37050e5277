package config

import (
	"reflect"
	"regexp"
	"testing"
)

// What sounds like a secret is of the type that never prints itself.
func TestSecretKeysAreSecrets(t *testing.T) {
	sounds := regexp.MustCompile(`token|secret|password|_key$|^(database|redis)_url$|^calendar$`)
	seen := 0
	var walk func(path string, of reflect.Type)
	walk = func(path string, of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of.PkgPath() != reflect.TypeFor[Config]().PkgPath() {
			return
		}
		for i := range of.NumField() {
			f := of.Field(i)
			at, elem := join(path, f.Tag.Get("yaml")), f.Type
			if elem.Kind() == reflect.Slice {
				elem = elem.Elem()
			}
			if sounds.MatchString(f.Tag.Get("yaml")) && elem.Kind() == reflect.String {
				seen++
				if elem != reflect.TypeFor[Secret]() && f.Tag.Get("yaml") != "token_sha256" {
					t.Errorf("%s is of type %s, want Secret", at, f.Type)
				}
			}
			walk(at, f.Type)
		}
	}
	walk("", reflect.TypeFor[Config]())
	if seen < 15 {
		t.Errorf("%d keys sound like secrets, want them all", seen)
	}
}
