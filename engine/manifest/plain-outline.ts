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

/** A key: the line of it is printed from `head` to `from`. */
export interface Heading {
  readonly head: number;
  readonly from: number;
  /** Nothing stands behind it. */
  readonly isOpen: boolean;
}

/** Finds the places in a document while it is printed. */
export interface Outline {
  /** Forgets the document before. */
  readonly begin: () => void;
  /** Whether a line at this depth is told: those of the outermost map, and of the metadata. */
  readonly wants: (depth: number) => boolean;
  /** Hears where such a line is printed. */
  readonly leave: (depth: number, at: number) => void;
  /** Hears of its key, where it is one of {@link headingAt}. */
  readonly enter: (key: "metadata" | "annotations", heading: Heading) => void;
  /** Hears that the line that ends at a place, and was open, has a value of its own now. */
  readonly fill: (place: number) => void;
  /** Hears that the document may be a list of objects. */
  readonly list: () => void;
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
  const places = { metadata: createPlace(), annotations: createPlace() };
  const { metadata, annotations } = places;
  let mayBeList = false;
  return {
    begin: () => {
      Object.assign(metadata, createPlace());
      Object.assign(annotations, createPlace());
      mayBeList = false;
    },
    wants: (depth) => depth === 0 || (depth === 2 && metadata.head >= 0 && metadata.to < 0),
    leave: (depth, at) => {
      close(annotations, at);
      if (depth === 0) close(metadata, at);
    },
    enter: (key, { head, from, isOpen }) => {
      const place = places[key];
      place.isOdd ||= place.head >= 0 || !isOpen;
      place.head = head;
      place.from = from;
      place.to = -1;
    },
    fill: (place) => {
      metadata.isOdd ||= metadata.from === place;
      annotations.isOdd ||= annotations.from === place;
    },
    list: () => void (mayBeList = true),
    of: (text) => ({
      text,
      metadata: foundAt(metadata, text.length),
      annotations: foundAt(annotations, text.length),
      mayBeList,
    }),
  };
}

/** The key at a place of a document, at this depth, where streams are about it. */
export function headingAt(text: string, first: number, depth: number): "metadata" | "annotations" | undefined {
  if (depth === 0) return text.startsWith("metadata:", first) ? "metadata" : undefined;
  return text.startsWith("annotations:", first) ? "annotations" : undefined;
}

function createPlace(): Place {
  return { head: -1, from: -1, to: -1, isOdd: false };
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
