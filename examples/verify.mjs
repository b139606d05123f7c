import { Signer, Verifier } from "countersign";

const verifier = new Verifier("stripe", ["whsec_new", "whsec_old"]); // during a rotation, either verifies

const body = '{"id":"evt_1","type":"invoice.paid"}'; // the raw body, never re-serialized JSON
const headers = new Signer("stripe", "whsec_old").sign({ body }); // what Stripe would send

const event = verifier.verify({ headers, body }); // throws a Rejection with a stable code
console.log(event.id, event.type, event.keyId, event.json());
