// Records the answers of cases.json: `go run record.go` reads one JSON string per line (a template text) and writes one per line.

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"
	"time"
)

type Ver struct {
	Version    string
	normalized string
	Major      string
}

func (v *Ver) String() string { return v.Version }
func (v *Ver) Git() string    { return v.Version }

type files map[string][]byte

func (f files) Get(n string) string     { return string(f[n]) }
func (f files) Lines(n string) []string { return strings.Split(string(f[n]), "\n") }

type Values map[string]any
type VS []string

func (v VS) Has(s string) bool {
	for _, x := range v {
		if x == s {
			return true
		}
	}
	return false
}
func toInt(x any) int64 {
	switch v := x.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case float64:
		return int64(v)
	}
	return 0
}
func include(t *template.Template, names map[string]int) func(string, any) (string, error) {
	return func(name string, data any) (string, error) {
		var b strings.Builder
		if v, ok := names[name]; ok {
			if v > 1000 {
				return "", fmt.Errorf("rendering template has a nested reference name: %s: %w", name, errors.New("unable to execute template"))
			}
			names[name]++
		} else {
			names[name] = 1
		}
		err := t.ExecuteTemplate(&b, name, data)
		names[name]--
		return b.String(), err
	}
}
func tpl(parent *template.Template, names map[string]int) func(string, any) (string, error) {
	return func(s string, vals any) (string, error) {
		t, err := parent.Clone()
		if err != nil {
			return "", err
		}
		t.Option("missingkey=zero")
		t.Funcs(template.FuncMap{"include": include(t, names), "tpl": tpl(t, names)})
		t, err = t.New(parent.Name()).Parse(s)
		if err != nil {
			return "", fmt.Errorf("cannot parse template %q: %w", s, err)
		}
		var b strings.Builder
		if err := t.Execute(&b, vals); err != nil {
			return "", fmt.Errorf("error during tpl function execution for %q: %w", s, err)
		}
		return strings.ReplaceAll(b.String(), "<no value>", ""), nil
	}
}
func data() any {
	caps := map[string]any{}
	_ = caps
	type C struct {
		KubeVersion Ver
		APIVersions VS
	}
	return Values{"s": "str", "e": "", "i": 7, "f": 1.5, "z": 0.0, "t": true, "n": nil, "l": []any{1, "a", nil, 2.5}, "el": []any{}, "m": map[string]any{"a": "x", "b": map[string]any{"c": nil, "d": 3.0}}, "em": map[string]any{}, "sl": []string{"p", "q"}, "sm": map[string]string{"k": "v"}, "by": []byte("hi"), "d": 3 * time.Nanosecond, "i64": int64(-3), "u": uint64(9), "Files": files{"a.txt": []byte("one\ntwo")}, "Cap": &C{Ver{"v1", "v1n", "1"}, VS{"v1", "apps/v1"}}, "vals": Values{"q": "r"}, "uni": "é😀"}
}
func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var text string
		json.Unmarshal(in.Bytes(), &text)
		res := func() (r string) {
			defer func() {
				if e := recover(); e != nil {
					r = "PANIC " + fmt.Sprint(e)
				}
			}()
			t := template.New("gotpl").Option("missingkey=zero")
			names := map[string]int{}
			t.Funcs(template.FuncMap{"include": include(t, names), "tpl": tpl(t, names), "list": func(a ...any) []any {
				if a == nil {
					return []any{}
				}
				return a
			}, "dict": func(a ...any) map[string]any {
				m := map[string]any{}
				for i := 0; i < len(a); i += 2 {
					var v any
					if i+1 < len(a) {
						v = a[i+1]
					}
					m[fmt.Sprintf("%v", a[i])] = v
				}
				return m
			}, "int64": func(a any) int64 { return toInt(a) }, "sub": func(a, b any) int64 { return toInt(a) - toInt(b) }, "until": func(n int) []int {
				r := []int{}
				for i := 0; i < n; i++ {
					r = append(r, i)
				}
				return r
			}, "upper": strings.ToUpper, "trunc": func(n int, s string) string {
				if len(s) > n && n >= 0 {
					return s[:n]
				}
				return s
			}, "keys": func(m map[string]any) int { return len(m) }, "default": func(a any, b ...any) any {
				if len(b) == 0 || b[0] == nil {
					return a
				}
				return b[0]
			}, "boolean": func(b bool) bool { return b }, "float": func(f float64) float64 { return f }, "small": func(u uint32) uint32 { return u }, "fail": func(s string) (string, error) { return "", errors.New(s) }})
			if _, err := t.New("t").Parse(text); err != nil {
				return "PARSE " + err.Error()
			}
			var b strings.Builder
			if err := t.ExecuteTemplate(&b, "t", data()); err != nil {
				r = "ERR " + err.Error()
				n := 0
				for e := error(err); e != nil; e = errors.Unwrap(e) {
					n++
				}
				return r
			}
			return "OK " + b.String()
		}()
		j, _ := json.Marshal(res)
		out.Write(j)
		out.WriteByte('\n')
	}
}
