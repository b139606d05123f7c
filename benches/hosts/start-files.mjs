// Measures a start in Node, Deno or Bun: milliseconds of the import in a fresh process, and from there to the first event.
// Takes a signed delivery as JSON in the first argument, because signing one here would already start the package.

const [scheme, secret, headers, body] = JSON.parse(process.argv[2]);
const start = performance.now();
const { Verifier } = await import("countersign");
const imported = performance.now();
new Verifier(scheme, secret).verify({ headers, body }).json();
const verified = performance.now();
console.log(JSON.stringify({ imported: imported - start, first: verified - imported }));
