// httpload sends prepared requests over kept connections. Each line on stdin is a plan, each line on stdout what came of it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// request is one step of an operation. A step that follows goes to the Location of the step before, with Query added to it.
type request struct {
	Head   string `json:"head"`
	Follow bool   `json:"follow"`
	Query  string `json:"query"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	Status int    `json:"status"`
	// Bytes of the answer's body; -1: any.
	Bytes int `json:"bytes"`
}

type plan struct {
	Address      string      `json:"address"`
	Connections  int         `json:"connections"`
	Milliseconds int         `json:"milliseconds"`
	Once         bool        `json:"once"`
	Bodies       string      `json:"bodies"`
	Operations   [][]request `json:"operations"`
}

type outcome struct {
	Operations int     `json:"operations"`
	Seconds    float64 `json:"seconds"`
	P50        float64 `json:"p50"`
	P99        float64 `json:"p99"`
	Failure    string  `json:"failure,omitempty"`
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var p plan
		if err := json.Unmarshal(line, &p); err != nil {
			out.Encode(outcome{Failure: err.Error()})
			continue
		}
		out.Encode(run(p))
	}
}

func run(p plan) outcome {
	var bodies []byte
	if p.Bodies != "" {
		read, err := os.ReadFile(p.Bodies)
		if err != nil {
			return outcome{Failure: err.Error()}
		}
		bodies = read
	}
	var next atomic.Int64
	var lock sync.Mutex
	var times []float64
	var failure string
	var workers sync.WaitGroup
	start := time.Now()
	end := start.Add(time.Duration(p.Milliseconds) * time.Millisecond)
	for range p.Connections {
		workers.Go(func() {
			mine, err := work(p, bodies, &next, end)
			lock.Lock()
			defer lock.Unlock()
			times = append(times, mine...)
			if err != nil {
				failure = err.Error()
			}
		})
	}
	workers.Wait()
	seconds := time.Since(start).Seconds()
	slices.Sort(times)
	at := func(part float64) float64 {
		if len(times) == 0 {
			return 0
		}
		return times[int(part*float64(len(times)-1))]
	}
	return outcome{len(times), seconds, at(.5), at(.99), failure}
}

func work(p plan, bodies []byte, next *atomic.Int64, end time.Time) ([]float64, error) {
	c, err := net.Dial("tcp", p.Address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	conn := connection{socket: c, in: bufio.NewReaderSize(c, 64<<10)}
	var times []float64
	for time.Now().Before(end) {
		i := int(next.Add(1) - 1)
		if p.Once && i >= len(p.Operations) {
			break
		}
		began := time.Now()
		location := ""
		for _, step := range p.Operations[i%len(p.Operations)] {
			if location, err = conn.exchange(step, location, bodies); err != nil {
				return times, err
			}
		}
		times = append(times, float64(time.Since(began).Microseconds())/1000)
	}
	return times, nil
}

type connection struct {
	socket net.Conn
	in     *bufio.Reader
	out    []byte
}

func (c *connection) exchange(step request, location string, bodies []byte) (string, error) {
	head := step.Head
	if step.Follow {
		mark := "?"
		if bytes.IndexByte([]byte(location), '?') >= 0 {
			mark = "&"
		}
		head = fmt.Sprintf(head, location+mark+step.Query)
	}
	c.out = append(append(c.out[:0], head...), bodies[step.Offset:step.Offset+step.Length]...)
	if _, err := c.socket.Write(c.out); err != nil {
		return "", err
	}
	status, size, found, err := c.answer(head[:5] == "HEAD ")
	if err != nil {
		return "", fmt.Errorf("%.80s: %w", head, err)
	}
	if status != step.Status || step.Bytes >= 0 && size != step.Bytes {
		return "", fmt.Errorf("%.200s: answered %d with %d bytes", head, status, size)
	}
	return found, nil
}

// answer reads one answer and gives its status, the size of its body and the path of its Location.
func (c *connection) answer(bodiless bool) (status, size int, location string, err error) {
	line, err := c.line()
	if err != nil {
		return 0, 0, "", err
	}
	if len(line) < 12 {
		return 0, 0, "", errors.New("no status line")
	}
	status, err = strconv.Atoi(string(line[9:12]))
	chunked := false
	for err == nil {
		if line, err = c.line(); err != nil || len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			size, err = strconv.Atoi(string(value))
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = true
		case bytes.EqualFold(name, []byte("location")):
			location = pathOf(string(value))
		}
	}
	if err != nil || bodiless || status == 204 || status == 304 {
		return status, 0, location, err
	}
	if chunked {
		size, err = c.chunks()
	} else {
		_, err = c.in.Discard(size)
	}
	return status, size, location, err
}

func (c *connection) chunks() (int, error) {
	total := 0
	for {
		line, err := c.line()
		if err != nil {
			return 0, err
		}
		size, err := strconv.ParseInt(string(line), 16, 64)
		if err != nil {
			return 0, err
		}
		if _, err := c.in.Discard(int(size) + 2); err != nil {
			return 0, err
		}
		if size == 0 {
			return total, nil
		}
		total += int(size)
	}
}

func (c *connection) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return bytes.TrimRight(line, "\r\n"), err
}

// pathOf leaves out scheme and host.
func pathOf(location string) string {
	at := bytes.Index([]byte(location), []byte("://"))
	if at < 0 {
		return location
	}
	slash := bytes.IndexByte([]byte(location[at+3:]), '/')
	return location[at+3+slash:]
}
