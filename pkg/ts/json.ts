// Parses JSON whose integers a `number` cannot hold: JSON text goes in, a value with `bigint`s comes out.
//
// `JSON.parse` rounds an integer beyond 2^53 - 1. The core reports if a body holds such an integer, and has checked by
// then that the body is JSON. This parser therefore does not look for mistakes: it takes the text apart into tokens, lets
// `JSON.parse` decode each string, and builds the value. It does not recurse, because the body may be nested to any depth.
// It only runs for bodies with big integers.

/** A parsed JSON value. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonValue[]
  | { [name: string]: JsonValue };

/** An object or array whose end has not been reached. */
interface Open {
  readonly container: JsonValue[] | { [name: string]: JsonValue };
  /** The name of the member whose value comes next. */
  name: string | undefined;
}

/** White space and the token after it; of a string, only the opening quotation mark. */
const TOKEN = /\s*([{}[\],:]|"|-?[0-9][0-9.eE+-]*|true|false|null)/y;

/** Parses JSON. Integers beyond 2^53 - 1 become `bigint`. Of members with equal names the last one counts. */
export function parseWithBigIntegers(text: string): JsonValue {
  const tokens = new RegExp(TOKEN);

  function next(): string {
    const token = tokens.exec(text)?.[1] ?? "";
    return token === '"' ? string() : token;
  }

  /** The string whose opening mark was just read. Regular expressions fail on very long strings, so this searches. */
  function string(): string {
    const start = tokens.lastIndex;
    let end = text.indexOf('"', start);
    while (isEscaped(text, end)) {
      end = text.indexOf('"', end + 1);
    }
    tokens.lastIndex = end + 1;
    return text.slice(start - 1, end + 1);
  }

  const root: JsonValue[] = [];
  const outer: Open[] = [];
  let open: Open = { container: root, name: undefined };
  for (let token = next(); token !== ""; token = next()) {
    switch (token[0]) {
      case "{":
      case "[": {
        const container = token === "{" ? {} : [];
        add(open, container);
        outer.push(open);
        open = { container, name: undefined };
        break;
      }
      case "}":
      case "]":
        open = outer.pop() ?? open;
        break;
      case ",":
      case ":":
        break;
      default:
        add(open, scalar(token));
    }
  }
  return root[0] ?? null;
}

/** Adds a value to an object or array. In an object, the value is the name of a member if the last name has its value. */
function add(open: Open, value: JsonValue): void {
  const { container, name } = open;
  if (Array.isArray(container)) {
    container.push(value);
  } else if (name === undefined) {
    open.name = String(value);
  } else {
    // Assigning to `__proto__` would set the prototype, so each member is defined.
    Object.defineProperty(container, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    open.name = undefined;
  }
}

function scalar(token: string): JsonValue {
  switch (token[0]) {
    case '"':
      return JSON.parse(token) as string;
    case "t":
      return true;
    case "f":
      return false;
    case "n":
      return null;
    default:
      return number(token);
  }
}

function number(token: string): number | bigint {
  const parsed = Number(token);
  const isInteger = !/[.eE]/.test(token);
  return isInteger && !Number.isSafeInteger(parsed) ? BigInt(token) : parsed;
}

/** Whether an odd number of backslashes precedes the character at an offset. */
function isEscaped(text: string, offset: number): boolean {
  let backslashes = 0;
  while (text[offset - 1 - backslashes] === "\\") {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}
