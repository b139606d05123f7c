import { Signer, Verifier } from "countersign";

const verifier = new Verifier("stripe", "whsec_test");

// The sender signs these bytes. A JSON body parser reads them, and the handler serializes the result again.
const sent = '{"id": "evt_1", "type": "invoice.paid"}';
const headers = new Signer("stripe", "whsec_test").sign({ body: sent });
const body = JSON.stringify(JSON.parse(sent));

const { verdict, checks, hints } = verifier.explain({ headers, body });

console.log(verdict, checks.map(({ name, ok }) => `${ok ? "+" : "-"}${name}`).join(" "));
for (const { code, message } of hints) console.log(`${code}: ${message}`);
