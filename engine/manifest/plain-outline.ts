/** A map under a key in a printed document: where the line of its key begins, where its first entry does, and where it ends. */
export interface Extent {
  readonly head: number;
  readonly from: number;
  readonly to: number;
}

/** `odd` for a key that stands twice, or holds anything but a block map. */
export type Found = Extent | "none" | "odd";

/** A document as it is printed, and where in it stands what streams are about. */
export interface PlainDocument {
  readonly text: string;
  readonly metadata: Found;
  /** Of the metadata. */
  readonly annotations: Found;
  readonly mayBeList: boolean;
}

/** A line at depth 0 or 2 of a document: its text in `source` from `first` to `end`, and where it is printed from `at` to `next`. */
export interface OutlineLine {
  readonly source: string;
  readonly first: number;
  readonly end: number;
  readonly at: number;
  readonly next: number;
  readonly depth: number;
  readonly isItem: boolean;
  readonly isOpen: boolean;
}

/** Finds the places in a document while it is printed. */
export interface Outline {
  readonly isInMetadata: () => boolean;
  /** Hears of each line at depth 0, and of those at depth 2 in the metadata. */
  readonly see: (line: OutlineLine) => void;
  /** Hears that the line that ends at a place, and was open, has a value of its own now. */
  readonly fill: (place: number) => void;
  readonly of: (text: string) => PlainDocument;
}

interface Place {
  head: number;
  from: number;
  /** -1 until a line stands outside of it. */
  to: number;
  isOdd: boolean;
}

export function createOutline(): Outline {
  const metadata: Place = { head: -1, from: -1, to: -1, isOdd: false };
  const annotations: Place = { head: -1, from: -1, to: -1, isOdd: false };
  let mayBeList = false;
  return {
    isInMetadata: () => metadata.head >= 0 && metadata.to < 0,
    see: (line) => {
      const { source, first, at, depth, isItem } = line;
      close(annotations, at);
      if (depth === 0) close(metadata, at);
      if (isItem) return;
      if (depth === 2 && source.startsWith("annotations:", first)) begin(annotations, line);
      if (depth === 0 && source.startsWith("metadata:", first)) begin(metadata, line);
      if (depth === 0 && source.startsWith("kind:", first))
        mayBeList ||= source.slice(first, line.end).includes("List");
    },
    fill: (place) => {
      metadata.isOdd ||= metadata.from === place;
      annotations.isOdd ||= annotations.from === place;
    },
    of: (text) => ({
      text,
      metadata: foundAt(metadata, text.length),
      annotations: foundAt(annotations, text.length),
      mayBeList,
    }),
  };
}

function begin(place: Place, { at, next, isOpen }: OutlineLine): void {
  place.isOdd ||= place.head >= 0 || !isOpen;
  place.head = at;
  place.from = next;
  place.to = -1;
}

function close(place: Place, at: number): void {
  if (place.head >= 0 && place.to < 0) place.to = at;
}

function foundAt(place: Place, end: number): Found {
  close(place, end);
  const { head, from, to, isOdd } = place;
  if (head < 0) return "none";
  return isOdd || from === to ? "odd" : { head, from, to };
}
