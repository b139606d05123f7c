// Attacks on the signature: on its length, its encoding, its label, its algorithm, and the list that holds it. Only the
// one canonical text of a correct signature may verify.

import { decode, encode, hmac, trailingBitVariants } from "../bytes.js";
import { equal, ok } from "../harness.js";
import { seeded } from "../random.js";
import {
  bodySigners,
  forge,
  idSigners,
  listSigners,
  NOW_SECONDS,
  PAIR,
  sampleBody,
  senderNames,
  senders,
  sendersWriting,
  splitTag,
  tagFor,
  withHeader,
  withTag,
} from "../senders.js";

const ENCODED = [...sendersWriting("base64"), ...sendersWriting("base64url")];

export function signatureAttacks(test, { sign, expectEvent, expectRejection }) {
  for (const name of senderNames) {
    const { encoding, header } = senders[name];

    // Threat model: A-01.
    test(`${name}: a truncated signature is rejected`, () => {
      const delivery = sign(name);
      expectEvent(name, delivery);
      const { tag } = splitTag(name, delivery.headers);
      const bytes = decode(encoding, tag);
      for (let length = 0; length < tag.length; length += 1) {
        expectRejection(
          name,
          withTag(name, delivery, () => tag.slice(0, length)),
        );
      }
      for (let length = 0; length < bytes.length; length += 1) {
        expectRejection(
          name,
          withTag(name, delivery, () => encode(encoding, bytes.slice(0, length))),
        );
      }
      expectRejection(name, withHeader(delivery, header, ""));
    });

    // Threat model: A-02.
    test(`${name}: a signature with extra bytes is rejected`, () => {
      const delivery = sign(name);
      const bytes = decode(encoding, splitTag(name, delivery.headers).tag);
      for (let extra = 1; extra <= 64; extra += 1) {
        const longer = new Uint8Array(bytes.length + extra);
        longer.set(bytes);
        if (encoding === "text") {
          longer.fill(120, bytes.length);
        }
        expectRejection(
          name,
          withTag(name, delivery, () => encode(encoding, longer)),
        );
        expectRejection(
          name,
          withTag(name, delivery, (tag) => tag + "A".repeat(extra)),
        );
      }
      const { within = ",", between } = senders[name];
      const tails = [
        `${within}zzz`,
        within,
        `${within}${within}`,
        ", ",
        " ,",
        "=",
        "\0",
        ";",
        ",zzz",
      ];
      for (const tail of tails.filter((candidate) => !isAnotherItem(candidate, between, within))) {
        expectRejection(
          name,
          withTag(name, delivery, (tag) => tag + tail),
        );
      }
    });
  }

  // Threat model: A-04.
  test("non-canonical base64 is rejected, for a thousand signatures", () => {
    const { text } = seeded(4);
    let tags = 0;
    while (tags < 1000) {
      for (const name of ENCODED) {
        const delivery = sign(name, { body: bodyWithNote(name, text(8, "abcdefgh")) });
        const { tag } = splitTag(name, delivery.headers);
        const alphabet = senders[name].encoding === "base64" ? "+/" : "-_";
        const variants = trailingBitVariants(tag, alphabet);
        equal(variants.length, 3, "the number of variants");
        for (const variant of variants) {
          expectRejection(
            name,
            withTag(name, delivery, () => variant),
          );
        }
        tags += 1;
      }
    }
  });

  // Threat model: A-04.
  test("subscribeflow: non-canonical base64 is rejected in its base64 spelling too", async () => {
    const body = sampleBody("subscribeflow");
    const bytes = decode("hex", await tagFor("subscribeflow", { body }));
    const tag = encode("base64", bytes);
    const delivery = (value) => ({ headers: { "x-subscribeflow-signature": value }, body });
    expectEvent("subscribeflow", delivery(tag));
    for (const variant of [...trailingBitVariants(tag, "+/"), tag.replace("=", ""), `${tag}=`]) {
      expectRejection("subscribeflow", delivery(variant));
    }
  });

  for (const name of ENCODED) {
    const isPadded = senders[name].encoding === "base64";
    // Threat model: A-04.
    test(`${name}: base64 with different padding, alphabet or white space is rejected`, () => {
      // The tag must hold both characters in which the two alphabets differ.
      let delivery;
      let tag;
      for (let attempt = 0; ; attempt += 1) {
        delivery = sign(name, { body: bodyWithNote(name, `${attempt}`) });
        tag = splitTag(name, delivery.headers).tag;
        if (/[+-]/.test(tag) && /[/_]/.test(tag)) {
          break;
        }
      }
      expectEvent(name, delivery);
      const [plus, slash] = isPadded ? ["-", "_"] : ["+", "/"];
      const others = [
        tag.replace(/[+-]/, plus),
        tag.replace(/[/_]/, slash),
        tag.replaceAll(/[+-]/g, plus).replaceAll(/[/_]/g, slash),
        isPadded ? tag.replace("=", "") : `${tag}=`,
        `${tag}=`,
        `${tag}==`,
        `${tag.slice(0, 20)}=${tag.slice(20)}`,
      ];
      for (const blank of [" ", "\t", "\n", "\r\n", "\0", "\u00a0", "%", "."]) {
        others.push(tag + blank, blank + tag, tag.slice(0, 20) + blank + tag.slice(20));
      }
      for (const other of others) {
        expectRejection(
          name,
          withTag(name, delivery, () => other),
        );
      }
    });
  }

  // Threat model: A-04.
  test("a non-canonical v1a signature is rejected", () => {
    const delivery = sign("standard", { key: PAIR.secret });
    expectEvent("standard", delivery, { keys: PAIR.public });
    const value = delivery.headers["webhook-signature"];
    const variants = trailingBitVariants(value.slice("v1a,".length), "+/");
    equal(variants.length, 15, "the number of variants");
    for (const variant of [...variants, value.slice("v1a,".length, -2)]) {
      const changed = withHeader(delivery, "webhook-signature", `v1a,${variant}`);
      expectRejection("standard", changed, [], { keys: PAIR.public });
    }
  });

  for (const name of sendersWriting("hex")) {
    // Threat model: A-05.
    test(`${name}: hexadecimal with upper case, odd length or other characters is rejected`, () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      ok(/[a-f]/.test(tag), "the tag has no letter to change");
      const others = [
        tag.toUpperCase(),
        tag.replace(/[a-f]/, (letter) => letter.toUpperCase()),
        tag.slice(1),
        tag.slice(0, -1),
        `0${tag}`,
        `0x${tag}`,
        `0X${tag}`,
        `${tag}zz`,
        `${tag}0`,
        `${tag};`,
        tag.replace(/../g, "$&:"),
        `zz${tag.slice(2)}`,
        `${tag.slice(0, -2)}zz`,
        `${tag.slice(0, -1)}\uff11`,
        `${tag} `,
        ` ${tag}`,
        `${tag}\n`,
      ];
      for (const other of others) {
        expectRejection(
          name,
          withTag(name, delivery, () => other),
        );
      }
    });
  }

  for (const name of senderNames) {
    const { value, header } = senders[name];
    // Threat model: A-06.
    test(`${name}: a correct signature under a wrong label is rejected`, () => {
      const delivery = sign(name);
      const usual = delivery.headers[header];
      const { before, tag } = splitTag(name, delivery.headers);
      const label = value.match(/([a-z0-9]+)[,=]\{tag\}$/)?.[1];
      const others = ["sha1=", "x=", "v0=", "v1=", "v2,", "v1:", "V1=", "SHA256=", "md5="]
        .filter((prefix) => !before.endsWith(prefix))
        .map((prefix) => prefix + tag);
      if (label !== undefined) {
        for (const wrong of ["v0", "v2", "v1a", "V1", "V0", "SHA256", "sha1", "sha512", "", " "]) {
          if (wrong !== label) {
            others.push(
              usual.replace(new RegExp(`${label}(?=[,=]${escapeRegExp(tag)})`), () => wrong),
            );
          }
        }
      }
      for (const other of others) {
        ok(other !== usual, "the label was not changed");
        expectRejection(name, withHeader(delivery, header, other));
      }
    });
  }

  // Threat model: A-06.
  test("v1 signatures need a shared secret, and v1a signatures a public key", async () => {
    const bySecret = sign("standard");
    const byPair = sign("standard", { key: PAIR.secret });
    ok(byPair.headers["webhook-signature"].startsWith("v1a,"), "the pair makes v1a signatures");
    expectRejection("standard", bySecret, "unsupported_signature", { keys: PAIR.public });
    expectRejection("standard", byPair, "unsupported_signature");
    const relabel = (delivery, from, to) =>
      withHeader(
        delivery,
        "webhook-signature",
        delivery.headers["webhook-signature"].replace(from, to),
      );
    expectRejection("standard", relabel(bySecret, "v1,", "v1a,"));
    expectRejection("standard", relabel(bySecret, "v1,", "v1a,"), [], { keys: PAIR.public });
    expectRejection("standard", relabel(byPair, "v1a,", "v1,"), [], { keys: PAIR.public });
    // If the public key were accepted as a shared secret, anyone could sign with it.
    const guess = PAIR.public.replace("whpk_", "whsec_");
    const guessed = await forge("standard", { body: sampleBody("standard"), key: guess });
    expectRejection("standard", guessed, [], { keys: PAIR.public });
    expectEvent("standard", guessed, { keys: guess });
  });

  // Threat model: A-06.
  test("with keys of both kinds, either signature verifies, but not under the label of the other", () => {
    const keys = [senders.standard.keys[0], PAIR.public];
    equal(expectEvent("standard", sign("standard"), { keys }).keyId, 0);
    equal(expectEvent("standard", sign("standard", { key: PAIR.secret }), { keys }).keyId, 1);
    const { "webhook-signature": value, ...rest } = sign("standard").headers;
    const delivery = {
      headers: { ...rest, "webhook-signature": value.replace("v1,", "v1a,") },
      body: sampleBody("standard"),
    };
    expectRejection("standard", delivery, [], { keys });
  });

  // Threat model: A-07.
  test("github: a SHA-1 signature is rejected, alone or next to a wrong SHA-256 signature", async () => {
    const body = sampleBody("github");
    const [key, other] = senders.github.keys;
    const weak = encode("hex", await hmac(key, body, "SHA-1"));
    const wrong = await tagFor("github", { body, key: other });
    const old = { "x-hub-signature": `sha1=${weak}` };
    expectRejection("github", { headers: old, body }, "missing_header");
    const both = { ...old, "x-hub-signature-256": `sha256=${wrong}` };
    expectRejection("github", { headers: both, body }, "signature_mismatch");
    for (const value of [`sha1=${weak}`, `sha256=${weak}`, weak]) {
      expectRejection("github", { headers: { "x-hub-signature-256": value }, body });
    }
    const right = { ...old, "x-hub-signature-256": `sha256=${await tagFor("github", { body })}` };
    expectEvent("github", { headers: { ...right, "x-hub-signature": "sha1=00" }, body });
  });

  for (const name of bodySigners) {
    // Threat model: A-07.
    test(`${name}: HMAC with SHA-1 or SHA-512 instead of SHA-256 is rejected`, async () => {
      const delivery = sign(name);
      const { body } = delivery;
      const right = await tagFor(name, { body });
      expectEvent(
        name,
        withTag(name, delivery, () => right),
      );
      for (const hash of ["SHA-1", "SHA-512"]) {
        const tag = await tagFor(name, { body, hash });
        expectRejection(
          name,
          withTag(name, delivery, () => tag),
        );
      }
    });
  }

  for (const name of listSigners) {
    const { between, within, header, value } = senders[name];
    const list = (delivery, items) => {
      const time = value.includes("{time}") ? [`t=${NOW_SECONDS}`] : [];
      return withHeader(delivery, header, [...time, ...items].join(between));
    };
    const item = (tag) => `v1${within}${tag}`;

    // Threat model: A-08.
    test(`${name}: a list of ten thousand or a hundred thousand signatures is rejected`, () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      for (const count of [10_000, 100_000]) {
        expectRejection(name, list(delivery, Array(count).fill(item(tag))), "too_many_signatures");
        expectRejection(name, list(delivery, Array(count).fill("")), "too_many_signatures");
      }
    });

    // Threat model: A-08.
    test(`${name}: a list of 32 signatures may hold the correct one, and a list of 33 is rejected`, async () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      const wrong = item(await tagFor(name, { body: "another" }));
      const mixed = (count) => [...Array(count - 1).fill(wrong), item(tag)];
      expectEvent(name, list(delivery, mixed(32)));
      expectRejection(name, list(delivery, mixed(33)), "too_many_signatures");
    });

    // Threat model: A-08.
    test(`${name}: a header of more than 8 KiB is rejected`, () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      const padding = (length) => item("A".repeat(length));
      expectEvent(name, list(delivery, [padding(8000), item(tag)]));
      for (const length of [8192, 16_384, 131_072]) {
        expectRejection(name, list(delivery, [padding(length), item(tag)]), "too_many_signatures");
      }
    });

    // Threat model: A-08.
    test(`${name}: a list with an empty item is rejected`, () => {
      const delivery = sign(name);
      const { [header]: usual } = delivery.headers;
      for (const other of [usual + between, between + usual, usual + between + between + usual]) {
        expectRejection(name, withHeader(delivery, header, other), "malformed_header");
      }
    });

    // Threat model: A-09.
    test(`${name}: one correct signature for one of the keys is enough, in any order`, async () => {
      const body = sampleBody(name);
      const [own, second, third] = senders[name].keys;
      const delivery = sign(name);
      const entries = {
        right: item(splitTag(name, delivery.headers).tag),
        others: item(await tagFor(name, { body, key: second })),
        broken: item("%%%"),
        unknown: `v9${within}00`,
      };
      for (const order of orderedSelections(Object.keys(entries))) {
        const changed = list(
          delivery,
          order.map((entry) => entries[entry]),
        );
        for (const keys of [[own], [own, third], [third, own], [third, own, third, own]]) {
          if (order.includes("right")) {
            equal(
              expectEvent(name, changed, { keys }).keyId,
              keys.indexOf(own),
              "the key's position",
            );
          } else {
            expectRejection(name, changed, [], { keys });
          }
        }
      }
    });
  }

  for (const name of senderNames.filter((candidate) => !listSigners.includes(candidate))) {
    // Threat model: A-08.
    test(`${name}: a header of ten thousand signatures is rejected`, () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      for (const between of [",", " ", ""]) {
        const value = Array(10_000).fill(tag).join(between);
        expectRejection(
          name,
          withTag(name, delivery, () => value),
        );
      }
    });
  }

  for (const name of senderNames) {
    // Threat model: A-09.
    test(`${name}: during rotation the old and the new key verify, and no third key does`, () => {
      const [old, fresh, third] = senders[name].keys;
      const deliveries = [old, fresh].map((key) => sign(name, { key }));
      for (const keys of [
        [old, fresh],
        [fresh, old],
        [third, old, fresh],
        [fresh, third, old],
      ]) {
        equal(expectEvent(name, deliveries[0], { keys }).keyId, keys.indexOf(old));
        equal(expectEvent(name, deliveries[1], { keys }).keyId, keys.indexOf(fresh));
        expectRejection(name, sign(name, { key: third }), [], { keys: [old, fresh] });
      }
      expectRejection(name, deliveries[0], "signature_mismatch", { keys: fresh });
    });
  }

  // Threat model: A-09.
  test("the event names the key by its id, or by its position if it has no id", () => {
    const [old, fresh] = senders.standard.keys;
    const keys = [{ id: "2025", key: old }, fresh];
    equal(expectEvent("standard", sign("standard", { key: old }), { keys }).keyId, "2025");
    equal(expectEvent("standard", sign("standard", { key: fresh }), { keys }).keyId, 1);
  });

  for (const name of idSigners) {
    // Threat model: A-09.
    test(`${name}: a header with an Ed25519 and an HMAC signature verifies with either key`, () => {
      const { header, keys } = senders[name];
      const byPair = sign(name, { key: PAIR.secret });
      const values = [sign(name), byPair].map(({ headers }) => headers[header]);
      for (const value of [values.join(" "), values.toReversed().join(" ")]) {
        const both = withHeader(byPair, header, value);
        for (const key of [keys[0], PAIR.public]) {
          expectEvent(name, both, { keys: key });
        }
        expectRejection(name, both, "signature_mismatch", { keys: keys[1] });
      }
    });
  }
}

/** A body with a signature of its own, also for Flash, whose token repeats only the public key. */
const bodyWithNote = (name, note) => sampleBody(name, { data: { public_key: note } });

/** Whether the tail is a further item of the list. The verifier skips items with unknown labels. */
const isAnotherItem = (tail, between, within) =>
  tail.length > 1 && tail[0] === between && tail.includes(within);

const escapeRegExp = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Every ordered selection of at least one of the items. */
function orderedSelections(items) {
  return items.flatMap((item) => {
    const rest = orderedSelections(items.filter((other) => other !== item));
    return [[item], ...rest.map((order) => [item, ...order])];
  });
}
