import { Rejection, Signer, Verifier } from "countersign";

// Once, when the program starts. Several secrets are the normal case: while one is replaced, both are good.
const verifier = new Verifier("stripe", ["whsec_new", "whsec_old"]);

// For every request: the headers and the body exactly as they arrived, before any parser touches it.
function handle(headers, body) {
  try {
    const event = verifier.verify({ headers, body });
    return `202 ${event.type} ${event.id}, signed with key ${event.keyId}: ${event.json().data.object.total}`;
  } catch (error) {
    if (error instanceof Rejection) return `401 ${error.code}`; // error.message is for your log, not for the sender
    throw error;
  }
}

// A signer makes deliveries like the sender's, for your tests.
const body = '{"id":"evt_1","type":"invoice.paid","data":{"object":{"total":1000}}}';
const headers = new Signer("stripe", "whsec_old").sign({ body });

console.log(handle(headers, body));
console.log(handle(headers, body.replace("1000", "9000")));
