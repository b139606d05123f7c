// Formats JSON for display without parsing it into values. Parsing and printing would change what was sent: `1.0`, big
// integers and the order of numeric names.

/** `layout` is punctuation, line breaks and indentation. */
export type TokenKind = "name" | "text" | "value" | "layout";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g;

/** Splits valid JSON into tokens, with line breaks and indentation between them. */
export function formatJson(json: string): Token[] {
  const raw = json.match(TOKEN) ?? [];
  const tokens: Token[] = [];
  const addLayout = (text: string) => tokens.push({ kind: "layout", text });
  let depth = 0;
  const newline = () => `\n${"  ".repeat(depth)}`;
  for (const [index, text] of raw.entries()) {
    const previous = raw[index - 1];
    const next = raw[index + 1];
    if (text === "{" || text === "[") {
      depth += 1;
      addLayout(next === "}" || next === "]" ? text : text + newline());
    } else if (text === "}" || text === "]") {
      depth -= 1;
      addLayout(previous === "{" || previous === "[" ? text : newline() + text);
    } else if (text === ",") {
      addLayout(text + newline());
    } else if (text === ":") {
      addLayout(": ");
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
