// JSON whose integers a `number` cannot hold. The core has found the text to be strict, so this reads it without
// looking for mistakes.

/** A parsed JSON value. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonValue[]
  | { [name: string]: JsonValue };

const TOKEN = /\s*([{}[\],:]|"|-?[0-9][0-9.eE+-]*|true|false|null)/y;

/** Parses strict JSON; integers beyond 2^53 - 1 become `bigint`, so that none is rounded. */
export function parseWithBigIntegers(text: string): JsonValue {
  const tokens = new RegExp(TOKEN);

  function next(): string {
    const token = tokens.exec(text)?.[1] ?? "";
    return token === '"' ? string() : token;
  }

  /** The rest of a string, whose opening mark was just read. Searched for, since it may be longer than patterns like. */
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
        next();
        // Defined, not assigned: `__proto__` is a name like any other.
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

/** Whether the character at an offset stands behind an odd number of backslashes. */
function isEscaped(text: string, offset: number): boolean {
  let backslashes = 0;
  while (text[offset - 1 - backslashes] === "\\") {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}
