import { quote } from "../go/quote.ts";
import { byteLength } from "../go/utf8.ts";

/** What Kubernetes says against the name of an object of a kind, whatever the case of that; `undefined` for a good name. */
export function objectNameProblem(kind: string, name: string): string | undefined {
  const reasons = reasonsAgainst(kind.toLowerCase(), name).map(
    (reason) => `metadata.name: Invalid value: ${quote(name)}: ${reason}`,
  );
  const [first, ...others] = reasons;
  if (first === undefined) return undefined;
  const text = others.length === 0 ? first : `[${reasons.join(", ")}]`;
  return `object name does not conform to Kubernetes naming requirements: ${quote(name)}: ${text}`;
}

function reasonsAgainst(kind: string, name: string): readonly string[] {
  switch (kind) {
    case "service":
      return dns1035Label(name);
    case "namespace":
      return dns1123Label(name);
    case "certificatesigningrequest":
      return [];
    case "role":
    case "clusterrole":
    case "rolebinding":
    case "clusterrolebinding":
      return pathSegment(name);
    default:
      return dns1123Subdomain(name);
  }
}

const LONGEST_LABEL = 63;
const LONGEST_SUBDOMAIN = 253;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;

function isSubdomain(name: string): boolean {
  return name.split(".").every((label) => LABEL.test(label));
}

function tooLong(name: string, longest: number): readonly string[] {
  return byteLength(name) > longest ? [`must be no more than ${longest} characters`] : [];
}

function dns1123Subdomain(name: string): readonly string[] {
  const long = tooLong(name, LONGEST_SUBDOMAIN);
  if (isSubdomain(name)) return long;
  const pattern = String.raw`[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`;
  const text =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...long, `${text} (e.g. 'example.com', regex used for validation is '${pattern}')`];
}

function dns1123Label(name: string): readonly string[] {
  const long = tooLong(name, LONGEST_LABEL);
  if (LABEL.test(name)) return long;
  if (isSubdomain(name)) return [...long, "must not contain dots"];
  const text =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  const examples = "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  return [...long, `${text} ${examples}`];
}

function dns1035Label(name: string): readonly string[] {
  const long = tooLong(name, LONGEST_LABEL);
  if (LABEL_1035.test(name)) return long;
  const text =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  const examples = "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
  return [...long, `${text} ${examples}`];
}

function pathSegment(name: string): readonly string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((mark) => name.includes(mark)).map((mark) => `may not contain '${mark}'`);
}
