/** The hosted project that the conformance program pushes into. */
export const PROJECT = "conformance";
/** What it signs in with where a place wants a login. */
export const TOKEN = "conformance-push-token";
