// What every host prints at the end; the last line is what `npm test` counts.

export function report({ passed, failed, failures, rows }, print = console.log) {
  for (const { name, message } of failures) {
    print(`FAILED ${name}\n    ${message}`);
  }
  print(`tests per row of the attack catalogue: ${rows}`);
  print(`${passed} passed, ${failed} failed`);
}
