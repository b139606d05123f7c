// Missing, blank and malformed secrets. The constructor must throw a KeyError that says what to do without showing the
// key, so that no delivery is ever verified with such a secret.

import { equal, ok, print, thrown } from "../harness.js";
import { NOW, sampleBody, senderNames, senders, sendersWriting } from "../senders.js";

const BLANK = ["", " ", "\t", "\n", "\r\n", "   ", "\u00a0", "\u2003"];
const INVISIBLE = ["\ufeff", "\u200b"];
const UNSET = ["undefined", "null", " undefined", "null\n"];

const standards = senderNames.filter((name) => senders[name].keyEncoding === "base64");
const texts = senderNames.filter((name) => senders[name].keyEncoding === undefined);

export function keyAttacks(
  test,
  { Verifier, Signer, KeyError, sign, expectEvent, expectRejection },
) {
  /** Expects every constructor to reject the key, with a message that says what to do and does not show the key. */
  function expectUnusable(name, key, codes) {
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
      ok(!isShown, `the message shows the key: ${error.message}`);
    }
  }

  for (const name of senderNames) {
    // Threat model: A-10.
    test(`${name}: a missing, blank or unset secret is rejected`, () => {
      for (const key of [...BLANK, ...UNSET, undefined, null, new Uint8Array(0)]) {
        expectUnusable(name, key, "empty");
      }
      for (const key of INVISIBLE) {
        expectUnusable(name, key, ["empty", "encoding"]);
      }
      const error = thrown(() => new Verifier(name, []));
      ok(error instanceof KeyError && error.code === "empty", print(error));
      for (const odd of [0, 1, true, false, {}, new Date(0), () => "key", Symbol("key"), 1n]) {
        expectUnusable(name, odd, "wrong_type");
      }
    });

    // Threat model: A-10.
    test(`${name}: a secret of zero bytes is rejected, because it equals the empty secret`, () => {
      for (const length of [1, 32, 64, 65, 200]) {
        expectUnusable(name, new Uint8Array(length), "empty");
      }
      const zeros = { id: "main", key: new Uint8Array(32) };
      equal(thrown(() => new Verifier(name, zeros)).code, "empty");
      if (senders[name].keyEncoding === "base64") {
        for (const key of ["whsec_AA==", "whsec_AAAA", "AAAAAAAA", `v1,whsec_${"A".repeat(44)}`]) {
          expectUnusable(name, key, "empty");
        }
      }
    });

    // Threat model: A-10.
    test(`${name}: a short secret works, because senders issue short secrets`, () => {
      const key = senders[name].keyEncoding === "base64" ? "whsec_YQ==" : "a";
      expectEvent(name, sign(name, { key }), { keys: key });
      expectRejection(name, sign(name, { key }));
      const byte = new Uint8Array([97]);
      expectEvent(name, sign(name, { key }), { keys: byte });
      expectEvent(name, sign(name, { key: byte }), { keys: key });
    });
  }

  for (const name of standards) {
    // Threat model: A-10.
    test(`${name}: a secret that is not valid base64 is rejected by the constructor`, () => {
      expectUnusable(name, "whsec_", "empty");
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
        expectUnusable(name, key, "encoding");
      }
      // Padding is optional, because some dashboards leave it out.
      new Verifier(name, "whsec_YQ");
    });

    // Threat model: A-11.
    test(`${name}: a secret with its prefix repeated is rejected`, () => {
      const secret = senders[name].keys[0];
      expectUnusable(name, `whsec_${secret}`, "encoding");
      expectUnusable(name, `v1,whsec_${secret}`, "encoding");
      expectUnusable(name, `v1,${secret.slice("whsec_".length)}`, "encoding");
    });

    // Threat model: A-11.
    test(`${name}: a secret without its prefix is the same secret`, () => {
      const secret = senders[name].keys[0];
      for (const key of [secret, secret.slice("whsec_".length), `v1,${secret}`]) {
        expectEvent(name, sign(name), { keys: key });
        expectEvent(name, sign(name, { key }));
      }
    });
  }

  for (const name of senderNames) {
    // Threat model: A-11.
    test(`${name}: a secret with white space, quotation marks or invisible characters around it is rejected`, () => {
      const secret = senders[name].keys[0];
      for (const blank of ["\n", "\r\n", " ", "\t", "\ufeff", "\u200b", "\u00a0", "\u0000"]) {
        expectUnusable(name, secret + blank, "encoding");
        expectUnusable(name, blank + secret, "encoding");
      }
      for (const mark of ['"', "'", "`"]) {
        expectUnusable(name, mark + secret + mark, "encoding");
      }
    });
  }

  for (const name of senderNames) {
    // Threat model: A-11.
    test(`${name}: a secret with an unpaired surrogate is rejected`, () => {
      for (const key of [
        "\ud800",
        `${senders[name].keys[0]}\udc00`,
        `\udbff${senders[name].keys[0]}`,
      ]) {
        expectUnusable(name, key, "encoding");
      }
    });
  }

  // Threat model: A-11.
  test("a token sent in a header must be printable ASCII, because it could never match otherwise", () => {
    for (const key of ["schl\u00fcssel", "to\nken", "\u{1f511}", "a\u007fb"]) {
      expectUnusable("flexprice-native-token", key, "encoding");
      expectUnusable("flexprice-native-token", new TextEncoder().encode(key), "encoding");
    }
  });

  for (const name of texts) {
    // Threat model: A-11.
    test(`${name}: a public key is not accepted as a secret`, () => {
      const publicKeys = [
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI",
        '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}',
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
      ];
      for (const key of publicKeys) {
        expectUnusable(name, key, "wrong_type");
      }
    });
  }

  // Threat model: A-11.
  test("a text secret may have white space inside", () => {
    const key = senders.github.keys[1];
    ok(key.includes(" "), "the key has no space");
    expectEvent("github", sign("github", { key }), { keys: key });
  });

  // Threat model: A-10.
  test("a failed constructor does not leave its secret to the next verifier", () => {
    const [own] = senders.stripe.keys;
    thrown(() => new Verifier("stripe", [own, ""]));
    const next = new Verifier("stripe", "another");
    const delivery = sign("stripe");
    equal(thrown(() => next.verify(delivery, NOW)).code, "signature_mismatch");
  });

  // Threat model: A-10.
  test("a text secret can be passed as a string or as its UTF-8 bytes", () => {
    for (const name of texts) {
      const [text] = senders[name].keys;
      const bytes = new TextEncoder().encode(text);
      expectEvent(name, sign(name), { keys: bytes });
      expectEvent(name, sign(name, { key: bytes }));
    }
    const key = "cl\u00e9-\u{1f511}";
    for (const name of sendersWriting("hex")) {
      const body = sampleBody(name);
      expectEvent(name, sign(name, { key, body }), { keys: new TextEncoder().encode(key) });
    }
  });
}
