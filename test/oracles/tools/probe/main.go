// Probe answers render cases with Helm's own engine. It reads cases in the format of test/vectors/*.in and writes one answer a case in
// the format of *.out: `probe < cases.in > answers.out`.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	cutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	v2util "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/yaml"
)

const (
	defaultFile  = "templates/t.txt"
	defaultChart = "apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: \"1.2\"\n"
	// What the recorded vectors name, whatever built this.
	recordedGo = "go1.26.8"
	// What recurses without end fails soon; Go's limit for templates (100,000 levels) is not reached by random ones.
	maxStack = 128 << 20
	// A loop of a hostile template ends its process, not the batch.
	caseLimit = 20 * time.Second
)

type probeCase struct {
	name  string
	files []*archive.BufferedFile
	vals  string
}

// parse reads sections: `### NAME`, then `@vals` or `@file PATH` and their lines.
func parse(text string) []*probeCase {
	var cases []*probeCase
	var current *probeCase
	var file string
	var lines []string
	flush := func() {
		data := strings.Join(lines, "\n")
		switch {
		case current == nil:
		case file == "":
			current.vals = data
		case file != defaultFile || len(lines) > 0:
			current.files = append(current.files, &archive.BufferedFile{Name: file, ModTime: time.Unix(0, 0), Data: []byte(data)})
		}
		lines = nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case strings.HasPrefix(line, "### "):
			flush()
			current = &probeCase{name: line[4:]}
			cases = append(cases, current)
			file = defaultFile
		case line == "@vals":
			flush()
			file = ""
		case strings.HasPrefix(line, "@file "):
			flush()
			file = strings.TrimPrefix(line, "@file ")
		default:
			lines = append(lines, line)
		}
	}
	flush()
	return cases
}

// answer gives the text and whether the case came to an end: one that did not goes on running beside the others.
func answer(c *probeCase) (string, bool) {
	done := make(chan string, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Sprintf("PANIC: %v", r)
			}
		}()
		text, err := render(c)
		if err != nil {
			text = "ERR: " + err.Error()
		}
		done <- text
	}()
	select {
	case text := <-done:
		return text, true
	case <-time.After(caseLimit):
		return "TIMEOUT", false
	}
}

func render(c *probeCase) (string, error) {
	files := c.files
	if !hasChart(files) {
		files = append([]*archive.BufferedFile{{Name: "Chart.yaml", Data: []byte(defaultChart)}}, files...)
	}
	chart, err := loader.LoadFiles(files)
	if err != nil {
		return "", err
	}
	vals := map[string]any{}
	if err := yaml.Unmarshal([]byte(c.vals), &vals); err != nil {
		return "", err
	}
	if vals == nil {
		vals = map[string]any{}
	}
	if err := v2util.ProcessDependencies(chart, vals); err != nil {
		return "", err
	}
	release := common.ReleaseOptions{Name: "rel", Namespace: "ns", Revision: 1, IsInstall: true}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.HelmVersion.GoVersion = recordedGo
	rendered, err := cutil.ToRenderValues(chart, vals, release, capabilities)
	if err != nil {
		return "", err
	}
	out, err := engine.Engine{}.Render(chart, rendered)
	if err != nil {
		return "", err
	}
	return join(out), nil
}

func hasChart(files []*archive.BufferedFile) bool {
	for _, f := range files {
		if f.Name == "Chart.yaml" {
			return true
		}
	}
	return false
}

func join(out map[string]string) string {
	names := make([]string, 0, len(out))
	for name := range out {
		names = append(names, name)
	}
	sort.Strings(names)
	if len(names) == 1 {
		return out[names[0]]
	}
	parts := make([]string, 0, len(names))
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("--[%s]\n%s", name, out[name]))
	}
	return strings.Join(parts, "\n")
}

func main() {
	debug.SetMaxStack(maxStack)
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for _, c := range parse(string(text)) {
		text, ended := answer(c)
		fmt.Fprintf(w, "### %s\n%s\n", c.name, text)
		// The next case may end the process: whoever asks goes on after it.
		w.Flush()
		if !ended {
			os.Exit(1)
		}
	}
}
