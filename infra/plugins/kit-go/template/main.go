// A post-renderer that writes a comment above the documents. Start here: keep the export, change edit. Hosts that were granted
// are asked by plugin.HTTPGet.
package main

import (
	"errors"

	"slipway.example/plugin"
)

//go:wasmexport helm_plugin_main
func helmPluginMain() int32 { return plugin.PostRender(edit) }

func edit(input plugin.PostRenderInput) (string, error) {
	banner, found := plugin.Config("banner")
	if !found {
		return "", errors.New("template-go: config banner is missing; set it to a text")
	}
	return "# " + banner + "\n" + input.Manifests, nil
}

func main() {}
