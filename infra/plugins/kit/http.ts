import { free, shareBytes, shareText, sharedBytes } from "./host";
import { http_headers, http_request, http_status_code } from "./extism-http";
import { JsonObject } from "./json";
import { Node } from "./node";
import { parseOne } from "./yaml";

/** What a host answered, whatever its status, or why it was not asked. */
export class HttpResponse {
  /** 0 where there is no answer. */
  status: i32 = 0;
  body: ArrayBuffer = new ArrayBuffer(0);
  /** Why there is no answer; empty when there is one. */
  problem: string = "";
  private headers: Node | null = null;

  /** A header by its name in lower case; empty when it is not there. Several of one name are joined by commas. */
  header(name: string): string {
    const headers = this.headers;
    return headers == null ? "" : headers.textAt(name);
  }

  /** The body as UTF-8. */
  text(): string {
    return String.UTF8.decode(this.body);
  }

  /** Reads the answer that the host has for the last request. */
  read(block: u64): HttpResponse {
    this.status = http_status_code();
    const headers = http_headers();
    if (block != 0) this.body = sharedBytes(block);
    if (headers == 0) return this;
    const read = parseOne(String.UTF8.decode(sharedBytes(headers)));
    if (read.problem == "") this.headers = read.roots[0];
    else this.problem = "the headers of the answer cannot be read: " + read.problem;
    return this;
  }
}

/**
 * A request to a host that the operator granted: `new HttpRequest("PUT", url).header("accept", "text/plain").send(body)`. One that was not
 * granted, or does not answer, ends the whole call, with the operator's error: the guest does not go on behind it.
 */
export class HttpRequest {
  private names: string[] = [];
  private headers: JsonObject = new JsonObject();
  private problem: string = "";

  constructor(
    readonly method: string,
    readonly url: string,
  ) {
    if (!METHODS.includes(method)) this.problem = method + " is not one of " + METHODS.join(", ");
    else if (!url.startsWith("https://") && !url.startsWith("http://"))
      this.problem = '"' + url + '" is no http or https URL';
  }

  /** Adds a header, each name once. */
  header(name: string, value: string): HttpRequest {
    const key = name.toLowerCase();
    if (!isName(key) || !isValue(value)) this.problem = 'the header "' + name + '" cannot be sent';
    else if (this.names.includes(key)) this.problem = 'the header "' + key + '" is there twice';
    else if (this.names.length == MAX_HEADERS)
      this.problem = "there are more than " + MAX_HEADERS.toString() + " headers";
    this.names.push(key);
    this.headers.text(key, value);
    return this;
  }

  /** Sends it, with a body unless it is GET or HEAD. */
  send(body: ArrayBuffer | null = null): HttpResponse {
    const answer = new HttpResponse();
    answer.problem = this.problem;
    const size = body == null ? 0 : body.byteLength;
    if (answer.problem == "" && size > 0 && (this.method == "GET" || this.method == "HEAD"))
      answer.problem = this.method + " takes no body";
    if (answer.problem != "") return answer;
    const asked = new JsonObject().text("url", this.url).text("method", this.method);
    const request = shareText(asked.json("headers", this.headers.toString()).toString());
    const sent = body == null || size == 0 ? 0 : shareBytes(changetype<usize>(body), size);
    const block = http_request(request, sent);
    free(request);
    if (sent != 0) free(sent);
    return answer.read(block);
  }
}

/** Gets what stands at an address. */
export function httpGet(url: string): HttpResponse {
  return new HttpRequest("GET", url).send();
}

/** Posts a text of a media type. */
export function httpPost(url: string, type: string, text: string): HttpResponse {
  return new HttpRequest("POST", url).header("content-type", type).send(String.UTF8.encode(text));
}

const METHODS: string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const MAX_HEADERS: i32 = 100;
const NAME_MARKS: string = "!#$%&'*+-.^_`|~";

/** Whether a name in lower case is a token of HTTP. */
function isName(name: string): bool {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    const word = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
    if (!word && !NAME_MARKS.includes(name.charAt(i))) return false;
  }
  return name.length > 0;
}

/** Whether a value is of one line in visible ASCII, blanks and tabs. */
function isValue(value: string): bool {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code != 0x09 && (code < 0x20 || code > 0x7e)) return false;
  }
  return true;
}
