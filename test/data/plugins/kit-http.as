// AssemblyScript: a getter that answers with what hosts answered to its requests, as kit-go-http does.
import { readGetter, writeData } from "../../../infra/plugins/kit/getter";
import { config } from "../../../infra/plugins/kit/host";
import { httpGet, httpPost, HttpRequest, HttpResponse } from "../../../infra/plugins/kit/http";

export { slipway_answer, slipway_message } from "../../../infra/plugins/kit/host";

export function helm_plugin_main(): i32 {
  const input = readGetter();
  const given = config("base");
  const base = given == null ? "" : given;
  return writeData(Uint8Array.wrap(String.UTF8.encode(told(ask(input.protocol, base + input.href.replace(input.protocol + "://", ""))))));
}

function ask(protocol: string, address: string): HttpResponse {
  if (protocol == "get") return httpGet(address);
  if (protocol == "post") return httpPost(address, "text/plain", "ü\0");
  if (protocol == "put") {
    const request = new HttpRequest("PUT", address).header("X-One", "a, b").header("accept", "text/plain");
    return request.send(String.UTF8.encode("whole"));
  }
  if (protocol == "head") return new HttpRequest("HEAD", address).send();
  if (protocol == "delete") return new HttpRequest("DELETE", address).send();
  if (protocol == "trace") return new HttpRequest("TRACE", address).send();
  if (protocol == "ftp") return httpGet("ftp://granted.example/");
  if (protocol == "line") return new HttpRequest("GET", address).header("x-one", "a\r\nhost: b").send();
  if (protocol == "twice") return new HttpRequest("GET", address).header("X-One", "a").header("x-one", "b").send();
  if (protocol == "many") {
    const request = new HttpRequest("GET", address);
    for (let i = 0; i < 101; i++) request.header("x-" + i.toString(), "a");
    return request.send();
  }
  if (protocol == "name") return new HttpRequest("GET", address).header("x one", "a").send();
  return new HttpRequest("GET", address).send(String.UTF8.encode("b"));
}

function told(answer: HttpResponse): string {
  if (answer.problem != "") return "problem: " + answer.problem;
  return answer.status.toString() + " " + answer.header("content-type") + " " + answer.header("x-none") + " " + answer.text();
}
