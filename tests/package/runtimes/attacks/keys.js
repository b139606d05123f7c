// Attacks that begin with a secret that is none: a verifier must not come to be.

import { equal, ok, print, thrown } from "../harness.js";
import { NOW, names, sampleBody, senders, writing } from "../senders.js";

const BLANK = ["", " ", "\t", "\n", "\r\n", "   ", "\u00a0", "\u2003"];
const INVISIBLE = ["\ufeff", "\u200b"];
const UNSET = ["undefined", "null", " undefined", "null\n"];

const standards = names.filter((name) => senders[name].keyEncoding === "base64");
const texts = names.filter((name) => senders[name].keyEncoding === undefined);

export function keyAttacks(test, { Verifier, Signer, KeyError, sign, genuine, refused }) {
  /** Neither a verifier nor a signer can be made; the message tells what to do and not the key. */
  function unusable(name, key, codes) {
    const attempts = [
      () => new Verifier(name, key),
      () => new Verifier(name, [key]),
      () => new Verifier(name, [senders[name].keys[0], key]),
      () => new Verifier(name, [key, senders[name].keys[0]]),
      () => new Verifier(name, { id: "main", key }),
      () => new Signer(name, key),
    ];
    for (const attempt of attempts) {
      const error = thrown(attempt);
      ok(error instanceof KeyError, `${name}, ${print(key)}: ${print(error)}`);
      ok([codes].flat().includes(error.code), `${name}, ${print(key)}: ${print(error)}`);
      ok(error.message.length > 20, `the message says too little: ${error.message}`);
      const own = typeof key === "string" ? key.trim().replace(/^wh\w+_/, "") : "";
      const isShown = own.length > 4 && error.message.includes(own) && !UNSET.includes(own);
      ok(!isShown, `the message holds the key: ${error.message}`);
    }
  }

  for (const name of names) {
    test(`A-10 ${name}: a secret that is missing, blank or the word of an unset variable is no secret`, () => {
      for (const key of [...BLANK, ...UNSET, undefined, null, new Uint8Array(0)]) {
        unusable(name, key, "empty");
      }
      for (const key of INVISIBLE) {
        unusable(name, key, ["empty", "encoding"]);
      }
      const error = thrown(() => new Verifier(name, []));
      ok(error instanceof KeyError && error.code === "empty", print(error));
      for (const odd of [0, 1, true, false, {}, new Date(0), () => "key", Symbol("key"), 1n]) {
        unusable(name, odd, "wrong_type");
      }
    });

    test(`A-10 ${name}: a short secret works, since senders issue such`, () => {
      const key = senders[name].keyEncoding === "base64" ? "whsec_YQ==" : "a";
      genuine(name, sign(name, { key }), { keys: key });
      refused(name, sign(name, { key }));
      const byte = new Uint8Array([97]);
      genuine(name, sign(name, { key }), { keys: byte });
      genuine(name, sign(name, { key: byte }), { keys: key });
    });
  }

  for (const name of standards) {
    test(`A-10 ${name}: a secret that does not decode is refused at once`, () => {
      unusable(name, "whsec_", "empty");
      const secret = senders[name].keys[0];
      const broken = [
        "whsec_!!!!",
        "whsec_%%%",
        "whsec_a",
        "whsec_abcde",
        `${secret}A`,
        `${secret}=`,
      ];
      broken.push(secret.slice(0, -3), "whsec_YQ", "whsec_YR==", "whsec_YQ=", "whsec_YQ===");
      broken.push(
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "It's a Secret to Everybody",
        "whsec_\u00e9\u00e9",
      );
      broken.push(secret.replace("whsec_", "whsec_-_"), secret.replace("Q", " "), "WHSEC_YQ==");
      for (const key of broken.filter((candidate) => candidate !== "whsec_YQ")) {
        unusable(name, key, "encoding");
      }
      // Only the padding may be missing: some dashboards leave it out.
      new Verifier(name, "whsec_YQ");
    });

    test(`A-11 ${name}: a doubled prefix is refused`, () => {
      const secret = senders[name].keys[0];
      unusable(name, `whsec_${secret}`, "encoding");
      unusable(name, `v1,whsec_${secret}`, "encoding");
      unusable(name, `v1,${secret.slice("whsec_".length)}`, "encoding");
    });

    test(`A-11 ${name}: with and without its prefix a secret is the same`, () => {
      const secret = senders[name].keys[0];
      for (const key of [secret, secret.slice("whsec_".length), `v1,${secret}`]) {
        genuine(name, sign(name), { keys: key });
        genuine(name, sign(name, { key }));
      }
    });
  }

  for (const name of names) {
    test(`A-11 ${name}: white space, quotation marks and invisible characters around a secret are refused`, () => {
      const secret = senders[name].keys[0];
      for (const blank of ["\n", "\r\n", " ", "\t", "\ufeff", "\u200b", "\u00a0", "\u0000"]) {
        unusable(name, secret + blank, "encoding");
        unusable(name, blank + secret, "encoding");
      }
      for (const mark of ['"', "'", "`"]) {
        unusable(name, mark + secret + mark, "encoding");
      }
    });
  }

  for (const name of names) {
    test(`A-11 ${name}: half a surrogate pair is no part of a secret`, () => {
      for (const key of [
        "\ud800",
        `${senders[name].keys[0]}\udc00`,
        `\udbff${senders[name].keys[0]}`,
      ]) {
        unusable(name, key, "encoding");
      }
    });
  }

  test("A-11 a token that is sent in a header is printable ASCII, or it could never match", () => {
    for (const key of ["schl\u00fcssel", "to\nken", "\u{1f511}", "a\u007fb"]) {
      unusable("flexprice-native-token", key, "encoding");
      unusable("flexprice-native-token", new TextEncoder().encode(key), "encoding");
    }
  });

  for (const name of texts) {
    test(`A-11 ${name}: a public key is not taken for a secret`, () => {
      const publicKeys = [
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI",
        '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}',
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
      ];
      for (const key of publicKeys) {
        unusable(name, key, "wrong_type");
      }
    });
  }

  test("A-11 a secret with white space inside is its text, where the sender's secrets are texts", () => {
    const key = senders.github.keys[1];
    ok(key.includes(" "), "the key has no blank");
    genuine("github", sign("github", { key }), { keys: key });
  });

  test("A-10 a verifier whose construction failed leaves no trace of its secret for the next one", () => {
    const [own] = senders.stripe.keys;
    thrown(() => new Verifier("stripe", [own, ""]));
    const next = new Verifier("stripe", "another");
    const delivery = sign("stripe");
    equal(thrown(() => next.verify(delivery, NOW)).code, "signature_mismatch");
  });

  test("A-10 the bytes of a secret are the secret, and its text in UTF-8 for senders whose secrets are texts", () => {
    for (const name of texts) {
      const [text] = senders[name].keys;
      const bytes = new TextEncoder().encode(text);
      genuine(name, sign(name), { keys: bytes });
      genuine(name, sign(name, { key: bytes }));
    }
    const key = "cl\u00e9-\u{1f511}";
    for (const name of writing("hex")) {
      const body = sampleBody(name);
      genuine(name, sign(name, { key, body }), { keys: new TextEncoder().encode(key) });
    }
  });
}
