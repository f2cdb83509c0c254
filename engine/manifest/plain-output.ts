/** What is printed of a text: most of it as it is written. Places go from the beginning to the end. */
export interface Output {
  readonly begin: (text: string) => void;
  /** Prints `shown` for the text between two places. */
  readonly put: (from: number, shown: string, to: number) => void;
  /** The same, on the line before. */
  readonly join: (from: number, shown: string, to: number) => void;
  /** Where the text at a place is printed. */
  readonly place: (at: number) => number;
  /** All of it, with a line break at the end. */
  readonly all: () => string;
}

export function createOutput(): Output {
  let text = "";
  let printed = "";
  /** What is written from here on is printed as it is. */
  let same = 0;
  return {
    begin: (given) => {
      text = given;
      printed = "";
      same = 0;
    },
    put: (from, shown, to) => {
      printed += text.slice(same, from) + shown;
      same = to;
    },
    join: (from, shown, to) => {
      printed = (printed + text.slice(same, from)).slice(0, -1) + shown;
      same = to;
    },
    place: (at) => printed.length + at - same,
    all: () => {
      const rest = text.slice(same);
      return rest === "" || rest.endsWith("\n") ? printed + rest : `${printed}${rest}\n`;
    },
  };
}
