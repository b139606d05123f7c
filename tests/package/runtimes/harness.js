// A small test runner that needs nothing but the language, so that it runs in every runtime.

let checks = 0;

/** Returns an empty list of tests and the function that adds a test to it. */
export function collect() {
  const tests = [];
  const names = new Set();
  const test = (name, run) => {
    if (names.has(name)) {
      throw new Error(`two tests have the name "${name}"`);
    }
    names.add(name);
    tests.push({ name, run });
  };
  return { tests, test };
}

/** Runs tests one after the other. A test without a check fails, because it could never fail otherwise. */
export async function runAll(tests) {
  const failures = [];
  for (const { name, run } of tests) {
    const before = checks;
    try {
      await run();
      if (checks === before) {
        throw new Error("the test has no checks");
      }
    } catch (error) {
      failures.push({ name, message: describe(error) });
    }
  }
  return { passed: tests.length - failures.length, failed: failures.length, failures };
}

/** Fails unless the condition holds. `what` describes the failure. */
export function ok(condition, what) {
  checks += 1;
  if (!condition) {
    throw new Error(what);
  }
}

/** Fails unless both values print the same text. `print` distinguishes all values that the tests compare. */
export function equal(actual, expected, what = "the value") {
  const [given, wanted] = [print(actual), print(expected)];
  ok(given === wanted, `${what} is ${cut(given)} and should be ${cut(wanted)}`);
}

/** Fails unless both arrays hold the same bytes. */
export function equalBytes(actual, expected, what = "the bytes") {
  ok(actual instanceof Uint8Array, `${what}: not a Uint8Array`);
  const same =
    actual.length === expected.length && actual.every((byte, at) => byte === expected[at]);
  ok(same, `${what} differ: ${cut(print(actual))} and not ${cut(print(expected))}`);
}

/** Returns the error that `run` throws, and fails if it throws nothing. */
export function thrown(run) {
  let result;
  try {
    result = run();
  } catch (error) {
    checks += 1;
    return error;
  }
  throw new Error(`nothing was thrown, and ${cut(print(result))} was returned`);
}

/** Returns the error that a promise is rejected with, and fails if it is fulfilled. */
export async function rejection(promise) {
  let result;
  try {
    result = await promise;
  } catch (error) {
    checks += 1;
    return error;
  }
  throw new Error(`the promise was fulfilled with ${cut(print(result))}`);
}

/** Returns a value as text, including types that JSON cannot represent. */
export function print(value) {
  if (typeof value === "bigint") {
    return `${value}n`;
  }
  if (Object.is(value, -0)) {
    return "-0";
  }
  if (value instanceof Date) {
    return `Date(${value.getTime()})`;
  }
  if (value instanceof Error) {
    return `${value.name} ${value.code ?? ""}: ${value.message}`;
  }
  if (value instanceof Uint8Array) {
    return `bytes(${value})`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(print).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.keys(value).map((name) => `${name}: ${print(value[name])}`);
    return `{${members.join(", ")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

const cut = (text) =>
  text.length > 400 ? `${text.slice(0, 400)}... (${text.length} characters)` : text;

function describe(error) {
  return cut(
    error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${print(error)}`,
  );
}
