module slipway.example/plugin

go 1.25.0

require github.com/extism/go-pdk v1.1.3
