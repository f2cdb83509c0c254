module kitgohttp

go 1.25.0

require slipway.example/plugin v0.0.0

require github.com/extism/go-pdk v1.1.3 // indirect

replace slipway.example/plugin => ../../../../infra/plugins/kit-go
