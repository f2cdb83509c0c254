// Package plugin is the kit for plugins in Go: the messages of each type, and what reads and answers them under Extism's ABI.
//
// A plugin is a main package that exports one function:
//
//	//go:wasmexport helm_plugin_main
//	func main_() int32 { return plugin.PostRender(edit) }
//
// built with GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o plugin.wasm.
package plugin

import (
	"encoding/json"
	"fmt"

	pdk "github.com/extism/go-pdk"
)

// PostRenderInput is what a postrenderer/v1 plugin gets.
type PostRenderInput struct {
	// Manifests holds all documents, hooks among them.
	Manifests string   `json:"manifests"`
	ExtraArgs []string `json:"extraArgs"`
}

type postRenderOutput struct {
	Manifests string `json:"manifests"`
}

// PostRender runs a postrenderer/v1 plugin: edit answers with the documents as they shall be.
func PostRender(edit func(PostRenderInput) (string, error)) int32 {
	return run(func(input PostRenderInput) (postRenderOutput, error) {
		manifests, err := edit(input)
		return postRenderOutput{manifests}, err
	})
}

// GetterOptions is what a getter is told besides the address.
type GetterOptions struct {
	URL                   string
	CertFile              string
	KeyFile               string
	CAFile                string
	UNTar                 bool
	InsecureSkipVerifyTLS bool
	PlainHTTP             bool
	AcceptHeader          string
	Username              string
	Password              string
	PassCredentialsAll    bool
	UserAgent             string
	Version               string
	// Timeout is in nanoseconds.
	Timeout int64
}

// GetterInput is what a getter/v1 plugin gets.
type GetterInput struct {
	Href     string        `json:"href"`
	Protocol string        `json:"protocol"`
	Options  GetterOptions `json:"options"`
}

type getterOutput struct {
	Data []byte `json:"data"`
}

// Get runs a getter/v1 plugin: fetch answers with what stands at the address.
func Get(fetch func(GetterInput) ([]byte, error)) int32 {
	return run(func(input GetterInput) (getterOutput, error) {
		data, err := fetch(input)
		return getterOutput{data}, err
	})
}

// FunctionInput is one call of a template function.
type FunctionInput struct {
	Name string `json:"name"`
	Args []any  `json:"args"`
}

// FunctionOutput is what a template function gives: a value, or why it has none.
type FunctionOutput struct {
	value any
	err   string
}

// MarshalJSON writes the value, or the error alone.
func (output FunctionOutput) MarshalJSON() ([]byte, error) {
	if output.err != "" {
		return json.Marshal(map[string]string{"error": output.err})
	}
	return json.Marshal(map[string]any{"value": output.value})
}

// Function is a template function.
type Function func(args []any) (any, error)

// Functions runs a function/v1 plugin with these template functions.
func Functions(table map[string]Function) int32 {
	return run(func(input FunctionInput) (FunctionOutput, error) {
		function, known := table[input.Name]
		if !known {
			return FunctionOutput{err: fmt.Sprintf("function %q is not in this plugin", input.Name)}, nil
		}
		value, err := function(input.Args)
		if err != nil {
			return FunctionOutput{err: err.Error()}, nil
		}
		return FunctionOutput{value: value}, nil
	})
}

// PolicyInput is what a policy/v1 plugin gets.
type PolicyInput struct {
	Plan Plan `json:"plan"`
}

// Plan is what an action would do.
type Plan struct {
	// Action is install, upgrade, rollback, uninstall or test.
	Action  string          `json:"action"`
	Release Release         `json:"release"`
	Objects []PlannedObject `json:"objects"`
}

// Release names the release.
type Release struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// PlannedObject is an object and what would happen to it.
type PlannedObject struct {
	// Action is create, update, keep or delete.
	Action string `json:"action"`
	// Hook has the events of a hook; it is empty for what is none.
	Hook   []string       `json:"hook"`
	Object map[string]any `json:"object"`
}

// Severity says what a result does to a plan.
type Severity string

// Deny refuses the plan, Warn only tells.
const (
	Deny Severity = "deny"
	Warn Severity = "warn"
)

// ObjectRef names an object.
type ObjectRef struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

// RefOf names an object of a plan.
func RefOf(object map[string]any) ObjectRef {
	text := func(from map[string]any, key string) string {
		value, _ := from[key].(string)
		return value
	}
	metadata, _ := object["metadata"].(map[string]any)
	return ObjectRef{text(object, "apiVersion"), text(object, "kind"), text(metadata, "namespace"), text(metadata, "name")}
}

// Result is one finding of a policy.
type Result struct {
	Severity Severity  `json:"severity"`
	Object   ObjectRef `json:"object"`
	// Field is as spec.containers[0].image; empty for the whole object.
	Field   string `json:"field"`
	Message string `json:"message"`
}

type policyOutput struct {
	Results []Result `json:"results"`
}

// Policy runs a policy/v1 plugin: no results admit the plan.
func Policy(check func(Plan) ([]Result, error)) int32 {
	return run(func(input PolicyInput) (policyOutput, error) {
		results, err := check(input.Plan)
		if results == nil {
			results = []Result{}
		}
		return policyOutput{results}, err
	})
}

// Config answers what the operator, or else plugin.yaml, gives under a key.
func Config(key string) (string, bool) { return pdk.GetConfig(key) }

// LogInfo and LogWarn write to the operator's log.
func LogInfo(text string) { pdk.Log(pdk.LogInfo, text) }

// LogWarn writes a warning to the operator's log.
func LogWarn(text string) { pdk.Log(pdk.LogWarn, text) }

func run[Input, Output any](work func(Input) (Output, error)) int32 {
	var input Input
	if err := pdk.InputJSON(&input); err != nil {
		return fail(fmt.Errorf("the message cannot be read: %w", err))
	}
	output, err := work(input)
	if err != nil {
		return fail(err)
	}
	if err := pdk.OutputJSON(output); err != nil {
		return fail(fmt.Errorf("the answer cannot be written: %w", err))
	}
	return 0
}

func fail(err error) int32 {
	pdk.SetError(err)
	return 1
}
