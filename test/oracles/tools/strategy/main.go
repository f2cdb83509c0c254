// Command strategy installs or upgrades a release by Helm's own actions under a strategy of post-rendering, for which helm has no flag:
//
//	strategy install|upgrade RELEASE CHART STRATEGY PLUGIN [KEY=VALUE]
//
// Namespace, plugins and cluster come from the environment, as helm takes them.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/loader"
	"helm.sh/helm/v4/pkg/cli"
	"helm.sh/helm/v4/pkg/kube"
	"helm.sh/helm/v4/pkg/postrenderer"
	"helm.sh/helm/v4/pkg/strvals"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "Error: %s\n", err)
		os.Exit(1)
	}
}

const usage = "usage: strategy install|upgrade RELEASE CHART STRATEGY PLUGIN [KEY=VALUE]"

func run(args []string) error {
	if len(args) < 5 {
		return errors.New(usage)
	}
	kube.ManagedFieldsManager = "helm"
	settings := cli.New()
	config := action.NewConfiguration()
	if err := config.Init(settings.RESTClientGetter(), settings.Namespace(), "secret"); err != nil {
		return err
	}
	loaded, err := loader.Load(args[2])
	if err != nil {
		return err
	}
	renderer, err := postrenderer.NewPostRendererPlugin(settings, args[4])
	if err != nil {
		return err
	}
	values := map[string]any{}
	for _, set := range args[5:] {
		if err := strvals.ParseInto(set, values); err != nil {
			return err
		}
	}
	wanted := job{name: args[1], namespace: settings.Namespace(), chart: loaded, values: values,
		strategy: action.PostRenderStrategy(args[3]), renderer: renderer}
	switch args[0] {
	case "install":
		return install(config, wanted)
	case "upgrade":
		return upgrade(config, wanted)
	}
	return errors.New(usage)
}

type job struct {
	name, namespace string
	chart           chart.Charter
	values          map[string]any
	strategy        action.PostRenderStrategy
	renderer        postrenderer.PostRenderer
}

// What helm's flags default to.
const timeout = 5 * time.Minute

func install(config *action.Configuration, one job) error {
	client := action.NewInstall(config)
	client.ReleaseName, client.Namespace = one.name, one.namespace
	client.PostRenderer, client.PostRenderStrategy = one.renderer, one.strategy
	client.Timeout, client.WaitStrategy = timeout, kube.HookOnlyStrategy
	_, err := client.Run(one.chart, one.values)
	return err
}

func upgrade(config *action.Configuration, one job) error {
	client := action.NewUpgrade(config)
	client.Namespace = one.namespace
	client.PostRenderer, client.PostRenderStrategy = one.renderer, one.strategy
	client.Timeout, client.WaitStrategy = timeout, kube.HookOnlyStrategy
	_, err := client.Run(one.name, one.chart, one.values)
	return err
}
