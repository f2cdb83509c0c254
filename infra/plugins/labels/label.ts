/** What Kubernetes would refuse in a label; empty when nothing. */
export function labelProblem(key: string, value: string): string {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? "" : key.substring(0, slash);
  const name = key.substring(slash + 1);
  if (name.length == 0 || name.length > 63 || !isName(name)) return '"' + key + '" is no name of a label';
  if (slash >= 0 && (prefix.length == 0 || prefix.length > 253 || !isName(prefix)))
    return '"' + key + '" has a prefix that is no DNS name';
  if (value.length > 63 || (value != "" && !isName(value)))
    return '"' + value + '" is no value of a label (' + key + ")";
  return "";
}

/** Letters and digits, with `-`, `_` and `.` between them. */
function isName(text: string): bool {
  const last = text.length - 1;
  for (let i = 0; i <= last; i++) {
    const code = text.charCodeAt(i);
    const letter = code | 0x20;
    if ((code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x7a && code < 0x80)) continue;
    if (i == 0 || i == last || (code != 0x2d && code != 0x5f && code != 0x2e)) return false;
  }
  return true;
}
