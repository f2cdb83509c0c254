// A post-renderer made with Extism's kit for Go: adds the annotation `team` to every document.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/extism/go-pdk"
)

type message struct {
	Manifests string   `json:"manifests"`
	ExtraArgs []string `json:"extraArgs,omitempty"`
}

//go:wasmexport helm_plugin_main
func helmPluginMain() int32 {
	var in message
	if err := pdk.InputJSON(&in); err != nil {
		pdk.SetError(err)
		return 1
	}
	team := "none"
	for _, arg := range in.ExtraArgs {
		switch arg {
		case "fail":
			pdk.SetErrorString("told to fail")
			return 1
		case "code":
			return 7
		case "panic":
			panic("told to panic")
		case "exit":
			os.Exit(3)
		case "grow":
			var all [][]byte
			for {
				all = append(all, make([]byte, 1<<20))
				all[len(all)-1][0] = 1
			}
		case "files":
			_, err := os.ReadFile("/etc/passwd")
			pdk.SetErrorString(fmt.Sprint(err))
			return 1
		default:
			team = arg
		}
	}
	pdk.Log(pdk.LogInfo, "labelling")
	line := "\n  annotations:\n"
	out := strings.ReplaceAll(in.Manifests, line, line+"    team: "+team+"\n")
	if err := pdk.OutputJSON(message{Manifests: out}); err != nil {
		pdk.SetError(err)
		return 1
	}
	return 0
}

func main() {}
