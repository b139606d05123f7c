// Splits a command into words as a POSIX shell does, and keeps the line on which each word starts.

export interface Word {
  /** Counted from one. */
  readonly line: number;
  readonly word: string;
  /** Whether a quotation mark in it is never closed. */
  readonly isUnclosed: boolean;
}

const SHELL_PIECE =
  /(?<blank>(?:\s|\\\r?\n)+)|'(?<single>[^']*)'|\$'(?<ansi>(?:\\.|[^'\\])*)'|"(?<double>(?:\\.|[^"\\])*)"|\\(?<escaped>.)|(?<plain>[^\s'"\\$]+|\$)|(?<unclosed>['"\\].*)/gsu;

/** A word is a run of quoted and unquoted pieces without a blank between them. */
export function shellWords(text: string): Word[] {
  const words: Word[] = [];
  let current: Word | undefined;
  for (const piece of text.matchAll(SHELL_PIECE)) {
    const { blank, single, ansi, double, escaped, plain, unclosed } = piece.groups ?? {};
    if (blank !== undefined) {
      current = undefined;
      continue;
    }
    const part =
      single ?? unescapeAnsi(ansi) ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain;
    const line = current?.line ?? text.slice(0, piece.index).split("\n").length;
    const isFirstPiece = current === undefined;
    const word = (current?.word ?? "") + (part ?? "");
    current = { line, word, isUnclosed: unclosed !== undefined };
    words.splice(words.length - (isFirstPiece ? 0 : 1), 1, current);
  }
  return words;
}

/** Resolves the escapes of `$'...'` that browsers write into copied commands. */
function unescapeAnsi(text: string | undefined): string | undefined {
  return text?.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code, letter) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : (CONTROL_CHARACTERS[letter] ?? letter),
  );
}

const CONTROL_CHARACTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
