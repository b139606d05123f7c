import { Rejection, Verifier } from "countersign";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET);

export async function handler({ headers, body, isBase64Encoded }) {
  // API Gateway and function URLs encode a body that they take for binary.
  const raw = isBase64Encoded ? Buffer.from(body, "base64") : (body ?? "");
  try {
    const event = verifier.verify({ headers, body: raw });
    return { statusCode: 200, body: event.id };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    console.warn(error.code, error.message);
    return { statusCode: 401 };
  }
}
