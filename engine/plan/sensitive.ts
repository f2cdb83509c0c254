/** Members whose name says that their value is nobody's business. */
const SENSITIVE = /passw(or)?d|passphrase|secret|token|credential|private[-_]?key|api[-_]?key|access[-_]?key/i;
/** Members that only say where a secret is. */
const REFERENCE = /^existing|name$|ref$|path$|file$|^key$/i;

/** True for the name of a member whose value, and all below it, is masked. */
export function isSensitiveName(name: string): boolean {
  return SENSITIVE.test(name);
}

/** True for the name of a member that says where a secret is rather than what it is. */
export function isReferenceName(name: string): boolean {
  return REFERENCE.test(name);
}
