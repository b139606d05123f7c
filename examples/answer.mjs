import { Signer, Verifier } from "countersign";

const verifier = new Verifier("twilio", "auth-token", { url: "https://example.com/sms" });
const seen = new Set();

async function handle(request) {
  let answer;
  try {
    const event = await verifier.receive(request);
    const outcome = seen.has(event.id) ? "duplicate" : "accepted";
    seen.add(event.id); // store or queue the event here
    answer = verifier.answer(outcome, event);
  } catch (error) {
    console.warn(error.code, error.message);
    answer = verifier.answer(error);
  }
  return new Response(answer.body, answer);
}

async function show(headers) {
  const request = new Request("https://example.com/sms", { method: "POST", body, headers });
  const response = await handle(request);
  console.log(response.status, response.headers.get("content-type"), await response.text());
}

const body = "From=%2B14158675309&Body=Hello";
await show(new Signer("twilio", "auth-token").sign({ body, url: "https://example.com/sms" }));
await show({});
