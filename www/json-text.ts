// JSON laid out to be read, without parsing it into values: what is printed again is not always what was sent
// (`1.0`, big integers, the order of numeric names).

export type TokenKind = "name" | "text" | "value" | "layout";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g;

/** The tokens of a text that is known to be JSON, with line breaks and indentation between them. */
export function layOut(json: string): Token[] {
  const raw = json.match(TOKEN) ?? [];
  const tokens: Token[] = [];
  const layout = (text: string) => tokens.push({ kind: "layout", text });
  let depth = 0;
  const newline = () => `\n${"  ".repeat(depth)}`;
  for (const [index, text] of raw.entries()) {
    const previous = raw[index - 1];
    const next = raw[index + 1];
    if (text === "{" || text === "[") {
      depth += 1;
      layout(next === "}" || next === "]" ? text : text + newline());
    } else if (text === "}" || text === "]") {
      depth -= 1;
      layout(previous === "{" || previous === "[" ? text : newline() + text);
    } else if (text === ",") {
      layout(text + newline());
    } else if (text === ":") {
      layout(": ");
    } else {
      tokens.push({ kind: kindOf(text, next), text });
    }
  }
  return tokens;
}

function kindOf(text: string, next: string | undefined): TokenKind {
  if (!text.startsWith('"')) {
    return "value";
  }
  return next === ":" ? "name" : "text";
}
