package plugin

import (
	"errors"
	"fmt"
	"strings"

	pdk "github.com/extism/go-pdk"
)

// HTTPRequest is a request to a host that the operator granted.
type HTTPRequest struct {
	// Method is GET, HEAD, POST, PUT, PATCH or DELETE; GET when it is empty.
	Method  string
	URL     string
	Headers map[string]string
	// Body is not for GET and HEAD.
	Body []byte
}

// HTTPResponse is what a host answered, whatever its status.
type HTTPResponse struct {
	Status int
	// Headers are by their names in lower case; several of one name are joined by commas.
	Headers map[string]string
	Body    []byte
}

var methods = map[string]pdk.HTTPMethod{
	"":       pdk.MethodGet,
	"GET":    pdk.MethodGet,
	"HEAD":   pdk.MethodHead,
	"POST":   pdk.MethodPost,
	"PUT":    pdk.MethodPut,
	"PATCH":  pdk.MethodPatch,
	"DELETE": pdk.MethodDelete,
}

// Send sends a request. The error says why it cannot be sent. A host that was not granted, or does not answer, ends the
// whole call, with the operator's error: the guest does not go on behind it.
func (request HTTPRequest) Send() (HTTPResponse, error) {
	method, known := methods[request.Method]
	switch {
	case !known:
		return HTTPResponse{}, fmt.Errorf("%s is not one of GET, HEAD, POST, PUT, PATCH, DELETE", request.Method)
	case !strings.HasPrefix(request.URL, "https://") && !strings.HasPrefix(request.URL, "http://"):
		return HTTPResponse{}, fmt.Errorf("%q is no http or https URL", request.URL)
	case len(request.Body) > 0 && (method == pdk.MethodGet || method == pdk.MethodHead):
		return HTTPResponse{}, fmt.Errorf("%s takes no body", method)
	case len(request.Headers) > maxHeaders:
		return HTTPResponse{}, fmt.Errorf("there are more than %d headers", maxHeaders)
	}
	asked := pdk.NewHTTPRequest(method, request.URL)
	if err := setHeaders(asked, request.Headers); err != nil {
		return HTTPResponse{}, err
	}
	answer := asked.SetBody(request.Body).Send()
	if answer.Headers() == nil {
		return HTTPResponse{}, errors.New("the headers of the answer cannot be read")
	}
	return HTTPResponse{int(answer.Status()), answer.Headers(), answer.Body()}, nil
}

// HTTPGet gets what stands at an address.
func HTTPGet(url string) (HTTPResponse, error) { return HTTPRequest{URL: url}.Send() }

// HTTPPost posts a text of a media type.
func HTTPPost(url, mediaType, text string) (HTTPResponse, error) {
	headers := map[string]string{"content-type": mediaType}
	return HTTPRequest{Method: "POST", URL: url, Headers: headers, Body: []byte(text)}.Send()
}

const maxHeaders = 100

func setHeaders(asked *pdk.HTTPRequest, headers map[string]string) error {
	seen := map[string]bool{}
	for name, value := range headers {
		key := strings.ToLower(name)
		if !isHeader(name, value) {
			return fmt.Errorf("the header %q cannot be sent", name)
		}
		if seen[key] {
			return fmt.Errorf("the header %q is there twice", key)
		}
		seen[key] = true
		asked.SetHeader(key, value)
	}
	return nil
}

// isHeader tells whether a name is a token of HTTP, and a value one line of visible ASCII, blanks and tabs.
func isHeader(name, value string) bool {
	isNoMark := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	}
	isNoText := func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') }
	return name != "" && !strings.ContainsFunc(name, isNoMark) && !strings.ContainsFunc(value, isNoText)
}
