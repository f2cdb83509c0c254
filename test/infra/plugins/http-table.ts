/** Requests of the getters kit-http and kit-go-http: the scheme says which, and what comes of it at a host that echoes. */
export const HTTP_TABLE: readonly (readonly [href: string, wanted: string])[] = [
  ["get:///echo", "418 text/plain a, b GET  "],
  ["post:///echo", "418 text/plain a, b POST content-type=text/plain; ü\0"],
  ["put:///echo?a=b", "418 text/plain a, b PUT accept=text/plain;x-one=a, b; whole"],
  ["head:///echo", "418 text/plain a, b "],
  ["delete:///echo", "418 text/plain a, b DELETE  "],
  ["get:///away", "302   moved"],
  ["trace:///echo", "problem: TRACE is not one of GET, HEAD, POST, PUT, PATCH, DELETE"],
  ["ftp:///echo", 'problem: "ftp://granted.example/" is no http or https URL'],
  ["line:///echo", 'problem: the header "x-one" cannot be sent'],
  ["name:///echo", 'problem: the header "x one" cannot be sent'],
  ["twice:///echo", 'problem: the header "x-one" is there twice'],
  ["many:///echo", "problem: there are more than 100 headers"],
  ["other:///echo", "problem: GET takes no body"],
];

/** Bases of addresses that end the call, and the error. */
export const HTTP_REFUSED: readonly (readonly [base: string, code: string, problem: string])[] = [
  ["https://other.example", "not-granted", "other.example is not one of its hosts"],
  ["http://granted.example", "not-granted", "http: is not allowed"],
  ["https://granted.example/silent?", "unreachable", "granted.example does not answer"],
];
