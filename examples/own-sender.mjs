import { Signer, Verifier } from "countersign";

// Acme-Signature: t=<seconds>,v1=<hex>, HMAC-SHA256 over "<seconds>.<body>".
const acme = {
  name: "acme",
  signature: {
    place: { header: "acme-signature" },
    form: { items: { between: ",", within: "=" } },
    tags: [{ label: "v1", algorithm: "hmac-sha256", encoding: "hex" }],
    content: ["timestamp", { text: "." }, "body"],
    timestamp: { place: { item: "t" }, unit: "seconds" },
  },
  key: "text",
  id: { body: "/id" },
  type: ["/type"],
};

const body = '{"id":"evt_1","type":"parcel.sent"}';
const headers = new Signer(acme, "s3cret").sign({ body });
const event = new Verifier(acme, "s3cret").verify({ headers, body });
console.log(`${event.source} ${event.type} ${event.id}`);

// An unsound description is rejected. This one reads a timestamp that the signature does not cover.
try {
  new Verifier({ ...acme, signature: { ...acme.signature, content: ["body"] } }, "s3cret");
} catch (error) {
  console.log(`${error.code}: ${error.message}`);
}
