// Patchprobe computes the patches of Helm's client-side apply, and tells how the merge of built-in kinds goes.
//
// patchprobe table: the patch metadata of every kind of client-go's scheme and of apiextensions, as JSON.
// patchprobe: lines of {apiVersion, kind, original, modified, current, threeWay} in, lines of {type, patch, error} out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"
	apiextv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

type question struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Original   json.RawMessage `json:"original"`
	Modified   json.RawMessage `json:"modified"`
	Current    json.RawMessage `json:"current"`
	ThreeWay   bool            `json:"threeWay"`
}

type answer struct {
	Type  string          `json:"type"`
	Patch json.RawMessage `json:"patch,omitempty"`
	Error string          `json:"error,omitempty"`
	// What the patch makes of the current object.
	Applied json.RawMessage `json:"applied,omitempty"`
}

func main() {
	if err := apiextv1.AddToScheme(scheme.Scheme); err != nil {
		panic(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) > 1 && os.Args[1] == "table" {
		writeTable(out)
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var asked question
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			panic(err)
		}
		if err := encoder.Encode(ask(asked)); err != nil {
			panic(err)
		}
	}
}

func ask(asked question) answer {
	gvk := schema.FromAPIVersionAndKind(asked.APIVersion, asked.Kind)
	object, err := scheme.Scheme.New(gvk)
	if err != nil {
		return merge(asked)
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(object)
	if err != nil {
		return answer{Type: "strategic", Error: err.Error()}
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(asked.Original, asked.Modified, asked.Current, meta, true)
	found := result("strategic", patch, err)
	if err == nil {
		if applied, err := strategicpatch.StrategicMergePatchUsingLookupPatchMeta(asked.Current, patch, meta); err == nil {
			found.Applied = applied
		}
	}
	return found
}

func merge(asked question) answer {
	if !asked.ThreeWay {
		patch, err := jsonpatch.CreateMergePatch(asked.Original, asked.Modified)
		return result("merge", patch, err)
	}
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(asked.Original, asked.Modified, asked.Current,
		mergepatch.RequireKeyUnchanged("apiVersion"), mergepatch.RequireKeyUnchanged("kind"), mergepatch.RequireMetadataKeyUnchanged("name"))
	return result("merge", patch, err)
}

func result(kind string, patch []byte, err error) answer {
	if err != nil {
		return answer{Type: kind, Error: err.Error()}
	}
	return answer{Type: kind, Patch: patch}
}

type table struct {
	Kinds map[string]string            `json:"kinds"`
	Types map[string]map[string]string `json:"types"`
}

// A field is written as `TYPE` or `TYPE STRATEGY MERGEKEY`; TYPE is `map`, `[]`, `[]NAME` or `NAME`.
func writeTable(out *bufio.Writer) {
	found := table{Kinds: map[string]string{}, Types: map[string]map[string]string{}}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		if gvk.Version == "__internal" || strings.HasSuffix(gvk.Kind, "List") || isOption(t) {
			continue
		}
		apiVersion, kind := gvk.ToAPIVersionAndKind()
		found.Kinds[apiVersion+"/"+kind] = found.add(t)
	}
	text, err := json.Marshal(found)
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(out, string(text))
}

// Options, events of watches and such are registered beside the kinds.
func isOption(t reflect.Type) bool {
	return t.PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1"
}

func (found table) add(t reflect.Type) string {
	name := nameOf(t)
	if _, known := found.Types[name]; known {
		return name
	}
	fields := map[string]string{}
	found.Types[name] = fields
	found.addFields(t, fields)
	return name
}

func (found table) addFields(t reflect.Type, fields map[string]string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, _, _ := strings.Cut(tag, ",")
		if f.PkgPath != "" || tag == "-" {
			continue
		}
		if f.Anonymous && name == "" {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				found.addFields(inner, fields)
			}
			continue
		}
		if name == "" {
			name = f.Name
		}
		kind := found.kindOf(f.Type)
		if kind == "" {
			continue
		}
		strategies := strings.Split(f.Tag.Get("patchStrategy"), ",")
		sort.Strings(strategies)
		strategy := strings.Join(strategies, "+")
		if key := f.Tag.Get("patchMergeKey"); strategy != "" || key != "" {
			kind += " " + strategy + " " + key
		}
		fields[name] = strings.TrimRight(kind, " ")
	}
}

func (found table) kindOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		if isText(t) {
			return ""
		}
		return found.add(t)
	case reflect.Map:
		return "map"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return ""
		}
		return "[]" + found.kindOf(t.Elem())
	}
	return ""
}

// Structs that are a text or a number in JSON.
func isText(t reflect.Type) bool {
	return strings.HasSuffix(t.PkgPath(), "/api/resource") || strings.HasSuffix(t.PkgPath(), "/intstr") || strings.HasSuffix(t.Name(), "Time")
}

func nameOf(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	if len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	return strings.Join(parts, "/") + "." + t.Name()
}
