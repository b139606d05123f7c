// Testing your own handler: sign a delivery as the sender would, at the time that the test needs.

import { Rejection, Signer, Verifier } from "countersign";

const verifier = new Verifier("stripe", "whsec_test", { tolerance: { past: 600, future: 60 } });
const signer = new Signer("stripe", "whsec_test");

const body = '{"id":"evt_1","type":"invoice.paid"}';
const now = new Date("2026-12-01T12:00:00Z");

function verdict(secondsAgo, tampered = body) {
  const headers = signer.sign({ body }, new Date(now.getTime() - secondsAgo * 1000));
  try {
    return verifier.verify({ headers, body: tampered }, now).id;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
}

console.log(verdict(600), verdict(601), verdict(-61), verdict(0, `${body} `));
