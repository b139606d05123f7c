// A minimal program: signs a delivery, verifies it and rejects a forged one. Returns the results as JSON.

export function use({ Verifier, Signer, schemes }) {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const now = new Date(1_700_000_000_000);
  const body = '{"type":"user.created","n":9007199254740993}';
  const headers = new Signer("standard", secret).sign({ id: "msg_1", body }, now);
  const verifier = new Verifier("standard", secret);
  const event = verifier.verify({ headers, body }, now);
  let rejection;
  try {
    verifier.verify({ headers, body: `${body} ` }, now);
  } catch (error) {
    rejection = `${error.name} ${error.code}`;
  }
  return JSON.stringify({
    id: event.id,
    type: event.type,
    n: String(event.json().n),
    rejection,
    schemes: schemes.length,
  });
}
