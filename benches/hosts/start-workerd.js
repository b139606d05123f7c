// Measures a start in workerd: whole milliseconds to the first event. The import is not measured, because workerd loads the
// package with the Worker, before the Worker can read a clock.

import { Verifier } from "countersign";
import files from "files";

export default {
  test() {
    const [scheme, secret, headers, body] = files;
    const start = performance.now();
    new Verifier(scheme, secret).verify({ headers, body }).json();
    console.log(JSON.stringify({ first: performance.now() - start }));
  },
};
