// Prints the failures of a run, and as the last line the numbers that `npm test` counts.

export function report({ passed, failed, failures }, print = console.log) {
  for (const { name, message } of failures) {
    print(`FAILED ${name}\n    ${message}`);
  }
  print(`${passed} passed, ${failed} failed`);
}
