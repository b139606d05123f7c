// Rotating a secret: both secrets verify, and the log shows when the sender has stopped using the old one.

import { Signer, Verifier } from "countersign";

const verifier = new Verifier("github", [
  { id: "2026-12", key: "the-new-secret" },
  { id: "2026-06", key: "the-old-secret" },
]);

const body = '{"action":"opened"}';
const headers = new Signer("github", "the-old-secret").sign({ body });

const event = verifier.verify({ headers, body });
if (event.keyId !== "2026-12") console.log(`still signed with the secret of ${event.keyId}`);
