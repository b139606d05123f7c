// Parses JSON whose integers a `number` cannot hold: strict JSON text goes in, a value with `bigint`s comes out.
//
// `JSON.parse` rounds an integer beyond 2^53 - 1. The core reports if a body holds such an integer, and has checked by
// then that the body is strict JSON. This parser therefore does not look for mistakes: it takes the text apart into
// tokens, lets `JSON.parse` decode each string, and builds the value. It only runs for bodies with big integers.

/** A parsed JSON value. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonValue[]
  | { [name: string]: JsonValue };

/** White space and the token after it; of a string, only the opening quotation mark. */
const TOKEN = /\s*([{}[\],:]|"|-?[0-9][0-9.eE+-]*|true|false|null)/y;

/** Parses strict JSON. Integers beyond 2^53 - 1 become `bigint`. */
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

  function value(token: string): JsonValue {
    switch (token[0]) {
      case "{":
        return members({});
      case "[":
        return items([]);
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

  function members(object: { [name: string]: JsonValue }): JsonValue {
    for (let token = next(); token !== "}"; token = next()) {
      if (token !== ",") {
        const name = JSON.parse(token) as string;
        next(); // the colon
        // Assigning to `__proto__` would set the prototype, so each member is defined.
        const property = {
          value: value(next()),
          writable: true,
          enumerable: true,
          configurable: true,
        };
        Object.defineProperty(object, name, property);
      }
    }
    return object;
  }

  function items(array: JsonValue[]): JsonValue {
    for (let token = next(); token !== "]"; token = next()) {
      if (token !== ",") {
        array.push(value(token));
      }
    }
    return array;
  }

  return value(next());
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
