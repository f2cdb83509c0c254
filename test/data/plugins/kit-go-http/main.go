// A getter with the kit for Go that answers with what hosts answered to its requests; config has the base of their addresses.
package main

import (
	"fmt"
	"strings"

	"slipway.example/plugin"
)

//go:wasmexport helm_plugin_main
func helmPluginMain() int32 { return plugin.Get(get) }

func get(input plugin.GetterInput) ([]byte, error) {
	base, _ := plugin.Config("base")
	address := base + strings.TrimPrefix(input.Href, input.Protocol+"://")
	switch input.Protocol {
	case "get":
		return told(plugin.HTTPGet(address))
	case "post":
		return told(plugin.HTTPPost(address, "text/plain", "ü\x00"))
	case "put":
		headers := map[string]string{"X-One": "a, b", "accept": "text/plain"}
		return told(plugin.HTTPRequest{Method: "PUT", URL: address, Headers: headers, Body: []byte("whole")}.Send())
	case "head":
		return told(plugin.HTTPRequest{Method: "HEAD", URL: address}.Send())
	case "delete":
		return told(plugin.HTTPRequest{Method: "DELETE", URL: address}.Send())
	case "trace":
		return told(plugin.HTTPRequest{Method: "TRACE", URL: address}.Send())
	case "ftp":
		return told(plugin.HTTPGet("ftp://granted.example/"))
	case "line":
		return told(plugin.HTTPRequest{URL: address, Headers: map[string]string{"x-one": "a\r\nhost: b"}}.Send())
	case "twice":
		return told(plugin.HTTPRequest{URL: address, Headers: map[string]string{"X-One": "a", "x-one": "b"}}.Send())
	case "many":
		headers := map[string]string{}
		for i := range 101 {
			headers[fmt.Sprintf("x-%d", i)] = "a"
		}
		return told(plugin.HTTPRequest{URL: address, Headers: headers}.Send())
	case "name":
		return told(plugin.HTTPRequest{URL: address, Headers: map[string]string{"x one": "a"}}.Send())
	default:
		return told(plugin.HTTPRequest{URL: address, Body: []byte("b")}.Send())
	}
}

func told(answer plugin.HTTPResponse, err error) ([]byte, error) {
	if err != nil {
		return []byte("problem: " + err.Error()), nil
	}
	return fmt.Appendf(nil, "%d %s %s %s", answer.Status, answer.Headers["content-type"], answer.Headers["x-none"], answer.Body), nil
}

func main() {}
