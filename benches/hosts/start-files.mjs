// Node, Deno and Bun: how long the import takes in a fresh process, and from then to the first event. The delivery comes
// from outside: signing it here would start what is to be measured. The answer is the last line.

const [scheme, secret, headers, body] = JSON.parse(process.argv[2]);
const start = performance.now();
const { Verifier } = await import("countersign");
const imported = performance.now();
new Verifier(scheme, secret).verify({ headers, body }).json();
const verified = performance.now();
console.log(JSON.stringify({ imported: imported - start, first: verified - imported }));
