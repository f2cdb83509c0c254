// Plugins of every type with the kit for Go; config `type` says which one to be.
package main

import (
	"errors"
	"fmt"
	"strings"

	"slipway.example/plugin"
)

//go:wasmexport helm_plugin_main
func helmPluginMain() int32 {
	switch kind, _ := plugin.Config("type"); kind {
	case "getter":
		return plugin.Get(get)
	case "function":
		return plugin.Functions(map[string]plugin.Function{"join": join, "fail": fail})
	case "policy":
		return plugin.Policy(check)
	default:
		return plugin.PostRender(func(input plugin.PostRenderInput) (string, error) {
			return input.Manifests + strings.Join(input.ExtraArgs, ","), nil
		})
	}
}

func get(input plugin.GetterInput) ([]byte, error) {
	return fmt.Appendf(nil, "%s %s %d\x00", input.Protocol, input.Options.Username, input.Options.Timeout), nil
}

func join(args []any) (any, error) { return fmt.Sprint(args...), nil }

func fail(_ []any) (any, error) { return nil, errors.New("nothing to join") }

func check(plan plugin.Plan) ([]plugin.Result, error) {
	if plan.Action == "uninstall" {
		return nil, errors.New("no uninstall")
	}
	results := []plugin.Result{}
	for _, planned := range plan.Objects {
		if planned.Action == "delete" {
			continue
		}
		message := "not " + plan.Release.Name
		if len(planned.Hook) > 0 {
			message += " by " + strings.Join(planned.Hook, ",")
		}
		results = append(results, plugin.Result{plugin.Deny, plugin.RefOf(planned.Object), "kind", message})
	}
	return results, nil
}

func main() {}
