// workerd: how long the first event takes, in whole milliseconds. The package is loaded with the Worker, before any clock
// of its own runs. The answer is the last line.

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
