/** A reference to an image, taken apart as container runtimes do it. */
export class Reference {
  /** Host of the registry; Docker Hub where none is written. */
  registry: string = "docker.io";
  /** Without the registry; images of Docker Hub without a folder are in `library`. */
  repository: string = "";
  /** Empty when there is none. */
  tag: string = "";
  /** `sha256:…`; empty when there is none. */
  digest: string = "";

  /** Registry and repository. */
  name(): string {
    return this.registry + "/" + this.repository;
  }
}

/** Takes a reference apart; null when it is none, as `{{ image }}` or an address. */
export function parseReference(text: string): Reference | null {
  const found = new Reference();
  let name = text;
  const at = name.indexOf("@");
  if (at >= 0) {
    found.digest = name.substring(at + 1);
    name = name.substring(0, at);
    if (!isDigest(found.digest)) return null;
  }
  const colon = name.lastIndexOf(":");
  if (colon > name.lastIndexOf("/")) {
    found.tag = name.substring(colon + 1);
    name = name.substring(0, colon);
    if (!isTag(found.tag)) return null;
  }
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.substring(0, slash);
  const hosted = first == "localhost" || first.includes(".") || first.includes(":") || hasCapital(first);
  if (hosted) {
    found.registry = first == "index.docker.io" ? "docker.io" : first;
    name = name.substring(slash + 1);
  }
  const hub = found.registry == "docker.io";
  found.repository = hub && !name.includes("/") ? "library/" + name : name;
  return isRepository(name) && (!hosted || isHost(first)) ? found : null;
}

/** `sha256:` and 64 hexadecimal digits; other algorithms alike. */
export function isDigest(text: string): bool {
  const colon = text.indexOf(":");
  if (colon < 1 || text.length - colon - 1 < 32) return false;
  for (let i = colon + 1; i < text.length; i++) if (!isHex(text.charCodeAt(i))) return false;
  for (let i = 0; i < colon; i++) if (!isLower(text.charCodeAt(i))) return false;
  return true;
}

function isTag(text: string): bool {
  if (text.length == 0 || text.length > 128) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!isAlphanumeric(code) && code != 0x5f && (i == 0 || (code != 0x2d && code != 0x2e))) return false;
  }
  return true;
}

function isRepository(text: string): bool {
  const parts = text.split("/");
  for (let n = 0; n < parts.length; n++) {
    const part = parts[n];
    if (part.length == 0 || !isLower(part.charCodeAt(0)) || !isLower(part.charCodeAt(part.length - 1))) return false;
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i);
      if (!isLower(code) && code != 0x2d && code != 0x2e && code != 0x5f) return false;
    }
  }
  return true;
}

function isHost(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const mark = code == 0x2d || code == 0x2e || code == 0x3a || code == 0x5b || code == 0x5d;
    if (!mark && !isAlphanumeric(code)) return false;
  }
  return text.length > 0;
}

function hasCapital(text: string): bool {
  for (let i = 0; i < text.length; i++)
    if (isAlphanumeric(text.charCodeAt(i)) && !isLower(text.charCodeAt(i))) return true;
  return false;
}

function isAlphanumeric(code: i32): bool {
  return isLower(code) || (code >= 0x41 && code <= 0x5a);
}

/** A digit or a small letter. */
function isLower(code: i32): bool {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a);
}

function isHex(code: i32): bool {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
}
