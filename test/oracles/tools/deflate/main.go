// Deflate compresses what it reads with Go's own compress/flate at its default level: frames of four bytes of length, big-endian, and so
// many bytes, each answered by such a frame.
package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"os"
)

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		data, err := frame(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = answer(out, data)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

func frame(in io.Reader) ([]byte, error) {
	var size uint32
	if err := binary.Read(in, binary.BigEndian, &size); err != nil {
		return nil, err
	}
	data := make([]byte, size)
	_, err := io.ReadFull(in, data)
	return data, err
}

func answer(out io.Writer, data []byte) error {
	var deflated bytes.Buffer
	writer, err := flate.NewWriter(&deflated, flate.DefaultCompression)
	if err != nil {
		return err
	}
	if _, err := writer.Write(data); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	if err := binary.Write(out, binary.BigEndian, uint32(deflated.Len())); err != nil {
		return err
	}
	_, err = out.Write(deflated.Bytes())
	return err
}
