/** The text that an isolate is started with. */
export function guestSource(): string;
