// The least that a program does with the package: signs, verifies, refuses. Prints what it found.

export function use({ Verifier, Signer, schemes }) {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const now = new Date(1_700_000_000_000);
  const body = '{"type":"user.created","n":9007199254740993}';
  const headers = new Signer("standard", secret).sign({ id: "msg_1", body }, now);
  const verifier = new Verifier("standard", secret);
  const event = verifier.verify({ headers, body }, now);
  let refusal;
  try {
    verifier.verify({ headers, body: `${body} ` }, now);
  } catch (error) {
    refusal = `${error.name} ${error.code}`;
  }
  return JSON.stringify({
    id: event.id,
    type: event.type,
    n: String(event.json().n),
    refusal,
    schemes: schemes.length,
  });
}
