// Command helmbench times Helm's own packages for `npm run -s bench -- render`: it reads one JSON request a line and answers each with
// one JSON line. A chart is loaded once and rendered N times, as a program with Helm's SDK inside would do it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	cutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
	v2util "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"sigs.k8s.io/yaml"
)

// request asks for one of three things: Chart set loads it and renders it once; Renders repeats the loaded chart;
// Command runs a program to its end.
type request struct {
	Chart       string   `json:"chart"`
	Values      string   `json:"values"`
	KubeVersion string   `json:"kubeVersion"`
	Renders     int      `json:"renders"`
	Command     []string `json:"command"`
	Directory   string   `json:"directory"`
}

type answer struct {
	Ms    []float64 `json:"ms"`
	CPU   float64   `json:"cpu"`
	Bytes int       `json:"bytes"`
	Error string    `json:"error,omitempty"`
}

type loaded struct {
	chart  *chartv2.Chart
	values map[string]any
	caps   *common.Capabilities
}

func main() {
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	var now *loaded
	for in.Scan() {
		var req request
		var ans answer
		err := json.Unmarshal(in.Bytes(), &req)
		switch {
		case err != nil:
		case req.Command != nil:
			ans, err = run(req)
		case req.Chart != "":
			now, ans, err = cold(req)
		default:
			ans, err = warm(now, req.Renders)
		}
		if err != nil {
			ans.Error = err.Error()
		}
		if err := out.Encode(ans); err != nil {
			fmt.Fprintln(os.Stderr, "helmbench:", err)
			os.Exit(1)
		}
	}
}

func since(t time.Time) float64 { return float64(time.Since(t).Microseconds()) / 1000 }

func run(req request) (answer, error) {
	cmd := exec.Command(req.Command[0], req.Command[1:]...)
	cmd.Dir = req.Directory
	start := time.Now()
	out, err := cmd.Output()
	ans := answer{Ms: []float64{since(start)}, Bytes: len(out)}
	if err != nil {
		return ans, err
	}
	ans.CPU = float64((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Microseconds()) / 1000
	return ans, nil
}

func cold(req request) (*loaded, answer, error) {
	start := time.Now()
	l, err := load(req)
	if err != nil {
		return nil, answer{}, err
	}
	text, err := l.render()
	return l, answer{Ms: []float64{since(start)}, Bytes: len(text)}, err
}

func warm(l *loaded, renders int) (answer, error) {
	var ans answer
	for range renders {
		start := time.Now()
		text, err := l.render()
		if err != nil {
			return ans, err
		}
		ans.Ms = append(ans.Ms, since(start))
		ans.Bytes = len(text)
	}
	return ans, nil
}

// load processes the dependencies once: they change the chart object in place, so a long-lived program does it once, too.
func load(req request) (*loaded, error) {
	c, err := loader.Load(req.Chart)
	if err != nil {
		return nil, err
	}
	chrt, ok := c.(*chartv2.Chart)
	if !ok {
		return nil, fmt.Errorf("not a v1 or v2 chart: %T", c)
	}
	l := &loaded{chart: chrt, values: map[string]any{}, caps: common.DefaultCapabilities.Copy()}
	if req.Values != "" {
		b, err := os.ReadFile(req.Values)
		if err != nil {
			return nil, err
		}
		if err := yaml.Unmarshal(b, &l.values); err != nil {
			return nil, err
		}
	}
	if req.KubeVersion != "" {
		kv, err := common.ParseKubeVersion(req.KubeVersion)
		if err != nil {
			return nil, err
		}
		l.caps.KubeVersion = *kv
	}
	return l, v2util.ProcessDependencies(chrt, l.values)
}

func (l *loaded) render() (string, error) {
	options := common.ReleaseOptions{Name: "rel", Namespace: "default", Revision: 1, IsInstall: true}
	values, err := cutil.ToRenderValues(l.chart, l.values, options, l.caps)
	if err != nil {
		return "", err
	}
	var e engine.Engine
	files, err := e.Render(l.chart, values)
	if err != nil {
		return "", err
	}
	for name := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(files, name)
		}
	}
	_, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, m := range manifests {
		fmt.Fprintf(&b, "---\n# Source: %s\n%s\n", m.Name, m.Content)
	}
	return b.String(), nil
}
