import { Verifier } from "countersign";

const verifier = new Verifier("flexprice", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

export async function handle(request: Request): Promise<string> {
  const event = await verifier.receive(request);
  switch (event.type) {
    case "invoice.update.finalized":
    case "invoice.update.payment": {
      const { invoice } = event.json();
      return `${invoice.id}: ${invoice.total} ${invoice.currency}, ${invoice.invoice_status}`;
    }
    case "wallet.ongoing_balance.dropped":
      return `only ${event.json().alert?.current_balance} left`;
    default:
      return `nothing to do for ${event.type}`;
  }
}
