// Attacks on the signature and its encoding, and on the list that holds it.

import { decode, encode, hmac, trailingBitVariants } from "../bytes.js";
import { equal, ok } from "../harness.js";
import { seeded } from "../random.js";
import {
  forge,
  inLists,
  NOW_SECONDS,
  names,
  PAIR,
  sampleBody,
  senders,
  signingBody,
  signingId,
  splitTag,
  tagFor,
  withHeader,
  withTag,
  writing,
} from "../senders.js";

const ENCODED = [...writing("base64"), ...writing("base64url")];

export function signatureAttacks(test, { sign, genuine, refused }) {
  for (const name of names) {
    const { encoding, header } = senders[name];

    test(`A-01 ${name}: no shorter tag passes`, () => {
      const delivery = sign(name);
      genuine(name, delivery);
      const { tag } = splitTag(name, delivery.headers);
      const bytes = decode(encoding, tag);
      for (let length = 0; length < tag.length; length += 1) {
        refused(
          name,
          withTag(name, delivery, () => tag.slice(0, length)),
        );
      }
      for (let length = 0; length < bytes.length; length += 1) {
        refused(
          name,
          withTag(name, delivery, () => encode(encoding, bytes.slice(0, length))),
        );
      }
      refused(name, withHeader(delivery, header, ""));
    });

    test(`A-02 ${name}: no longer tag passes`, () => {
      const delivery = sign(name);
      const bytes = decode(encoding, splitTag(name, delivery.headers).tag);
      for (let extra = 1; extra <= 64; extra += 1) {
        const longer = new Uint8Array(bytes.length + extra);
        longer.set(bytes);
        if (encoding === "text") {
          longer.fill(120, bytes.length);
        }
        refused(
          name,
          withTag(name, delivery, () => encode(encoding, longer)),
        );
        refused(
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
        refused(
          name,
          withTag(name, delivery, (tag) => tag + tail),
        );
      }
    });
  }

  test("A-04 no other text of a base64 tag passes, for a thousand tags", () => {
    const { text } = seeded(4);
    let tags = 0;
    while (tags < 1000) {
      for (const name of ENCODED) {
        const delivery = sign(name, { body: another(name, text(8, "abcdefgh")) });
        const { tag } = splitTag(name, delivery.headers);
        const alphabet = senders[name].encoding === "base64" ? "+/" : "-_";
        const variants = trailingBitVariants(tag, alphabet);
        equal(variants.length, 3, "the number of variants");
        for (const variant of variants) {
          refused(
            name,
            withTag(name, delivery, () => variant),
          );
        }
        tags += 1;
      }
    }
  });

  test("A-04 subscribeflow: its base64 spelling has one text too", async () => {
    const body = sampleBody("subscribeflow");
    const bytes = decode("hex", await tagFor("subscribeflow", { body }));
    const tag = encode("base64", bytes);
    const delivery = (value) => ({ headers: { "x-subscribeflow-signature": value }, body });
    genuine("subscribeflow", delivery(tag));
    for (const variant of [...trailingBitVariants(tag, "+/"), tag.replace("=", ""), `${tag}=`]) {
      refused("subscribeflow", delivery(variant));
    }
  });

  for (const name of ENCODED) {
    const isPadded = senders[name].encoding === "base64";
    test(`A-04 ${name}: no other padding, alphabet or white space passes`, () => {
      // A tag in which every letter occurs that differs between the alphabets.
      let delivery;
      let tag;
      for (let attempt = 0; ; attempt += 1) {
        delivery = sign(name, { body: another(name, `${attempt}`) });
        tag = splitTag(name, delivery.headers).tag;
        if (/[+-]/.test(tag) && /[/_]/.test(tag)) {
          break;
        }
      }
      genuine(name, delivery);
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
        refused(
          name,
          withTag(name, delivery, () => other),
        );
      }
    });
  }

  test("A-04 a v1a signature has one text", () => {
    const delivery = sign("standard", { key: PAIR.secret });
    genuine("standard", delivery, { keys: PAIR.public });
    const value = delivery.headers["webhook-signature"];
    const variants = trailingBitVariants(value.slice("v1a,".length), "+/");
    equal(variants.length, 15, "the number of variants");
    for (const variant of [...variants, value.slice("v1a,".length, -2)]) {
      const changed = withHeader(delivery, "webhook-signature", `v1a,${variant}`);
      refused("standard", changed, [], { keys: PAIR.public });
    }
  });

  for (const name of writing("hex")) {
    test(`A-05 ${name}: hexadecimal is lower case, even, and nothing else`, () => {
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
        refused(
          name,
          withTag(name, delivery, () => other),
        );
      }
    });
  }

  for (const name of names) {
    const { value, header } = senders[name];
    test(`A-06 ${name}: a tag under a wrong label does not pass`, () => {
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
              usual.replace(new RegExp(`${label}(?=[,=]${literally(tag)})`), () => wrong),
            );
          }
        }
      }
      for (const other of others) {
        ok(other !== usual, "the label was not changed");
        refused(name, withHeader(delivery, header, other));
      }
    });
  }

  test("A-06 a version belongs to a kind of key: v1 takes no public key, v1a no shared secret", async () => {
    const bySecret = sign("standard");
    const byPair = sign("standard", { key: PAIR.secret });
    ok(byPair.headers["webhook-signature"].startsWith("v1a,"), "the pair makes v1a signatures");
    refused("standard", bySecret, "unsupported_signature", { keys: PAIR.public });
    refused("standard", byPair, "unsupported_signature");
    const relabel = (delivery, from, to) =>
      withHeader(
        delivery,
        "webhook-signature",
        delivery.headers["webhook-signature"].replace(from, to),
      );
    refused("standard", relabel(bySecret, "v1,", "v1a,"));
    refused("standard", relabel(bySecret, "v1,", "v1a,"), [], { keys: PAIR.public });
    refused("standard", relabel(byPair, "v1a,", "v1,"), [], { keys: PAIR.public });
    // The published key taken for a shared secret: everybody could sign with it.
    const guess = PAIR.public.replace("whpk_", "whsec_");
    const guessed = await forge("standard", { body: sampleBody("standard"), key: guess });
    refused("standard", guessed, [], { keys: PAIR.public });
    genuine("standard", guessed, { keys: guess });
  });

  test("A-06 with keys of both kinds, either signature passes and neither under the other's label", () => {
    const keys = [senders.standard.keys[0], PAIR.public];
    equal(genuine("standard", sign("standard"), { keys }).keyId, 0);
    equal(genuine("standard", sign("standard", { key: PAIR.secret }), { keys }).keyId, 1);
    const { "webhook-signature": value, ...rest } = sign("standard").headers;
    const delivery = {
      headers: { ...rest, "webhook-signature": value.replace("v1,", "v1a,") },
      body: sampleBody("standard"),
    };
    refused("standard", delivery, [], { keys });
  });

  test("A-07 github: SHA-1 never passes, alone or beside a wrong SHA-256", async () => {
    const body = sampleBody("github");
    const [key, other] = senders.github.keys;
    const weak = encode("hex", await hmac(key, body, "SHA-1"));
    const wrong = await tagFor("github", { body, key: other });
    const old = { "x-hub-signature": `sha1=${weak}` };
    refused("github", { headers: old, body }, "missing_header");
    const both = { ...old, "x-hub-signature-256": `sha256=${wrong}` };
    refused("github", { headers: both, body }, "signature_mismatch");
    for (const value of [`sha1=${weak}`, `sha256=${weak}`, weak]) {
      refused("github", { headers: { "x-hub-signature-256": value }, body });
    }
    const right = { ...old, "x-hub-signature-256": `sha256=${await tagFor("github", { body })}` };
    genuine("github", { headers: { ...right, "x-hub-signature": "sha1=00" }, body });
  });

  for (const name of signingBody) {
    test(`A-07 ${name}: HMAC with SHA-1 or SHA-512 in place of SHA-256 does not pass`, async () => {
      const delivery = sign(name);
      const { body } = delivery;
      const right = await tagFor(name, { body });
      genuine(
        name,
        withTag(name, delivery, () => right),
      );
      for (const hash of ["SHA-1", "SHA-512"]) {
        const tag = await tagFor(name, { body, hash });
        refused(
          name,
          withTag(name, delivery, () => tag),
        );
      }
    });
  }

  for (const name of inLists) {
    const { between, within, header, value } = senders[name];
    const list = (delivery, items) => {
      const time = value.includes("{time}") ? [`t=${NOW_SECONDS}`] : [];
      return withHeader(delivery, header, [...time, ...items].join(between));
    };
    const item = (tag) => `v1${within}${tag}`;

    test(`A-08 ${name}: ten thousand and a hundred thousand signatures are refused`, () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      for (const count of [10_000, 100_000]) {
        refused(name, list(delivery, Array(count).fill(item(tag))), "too_many_signatures");
        refused(name, list(delivery, Array(count).fill("")), "too_many_signatures");
      }
    });

    test(`A-08 ${name}: 32 signatures pass with a right one among them, 33 do not`, async () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      const wrong = item(await tagFor(name, { body: "another" }));
      const mixed = (count) => [...Array(count - 1).fill(wrong), item(tag)];
      genuine(name, list(delivery, mixed(32)));
      refused(name, list(delivery, mixed(33)), "too_many_signatures");
    });

    test(`A-08 ${name}: a header of more than 8 KiB is refused`, () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      const padding = (length) => item("A".repeat(length));
      genuine(name, list(delivery, [padding(8000), item(tag)]));
      for (const length of [8192, 16_384, 131_072]) {
        refused(name, list(delivery, [padding(length), item(tag)]), "too_many_signatures");
      }
    });

    test(`A-08 ${name}: a list has no empty items`, () => {
      const delivery = sign(name);
      const { [header]: usual } = delivery.headers;
      for (const other of [usual + between, between + usual, usual + between + between + usual]) {
        refused(name, withHeader(delivery, header, other), "malformed_header");
      }
    });

    test(`A-09 ${name}: one right entry for one active key is enough, in any order`, async () => {
      const body = sampleBody(name);
      const [own, second, third] = senders[name].keys;
      const delivery = sign(name);
      const entries = {
        right: item(splitTag(name, delivery.headers).tag),
        others: item(await tagFor(name, { body, key: second })),
        broken: item("%%%"),
        unknown: `v9${within}00`,
      };
      for (const order of orders(Object.keys(entries))) {
        const changed = list(
          delivery,
          order.map((entry) => entries[entry]),
        );
        for (const keys of [[own], [own, third], [third, own], [third, own, third, own]]) {
          if (order.includes("right")) {
            equal(genuine(name, changed, { keys }).keyId, keys.indexOf(own), "the key's position");
          } else {
            refused(name, changed, [], { keys });
          }
        }
      }
    });
  }

  for (const name of names.filter((candidate) => !inLists.includes(candidate))) {
    test(`A-08 ${name}: a header of ten thousand signatures is refused`, () => {
      const delivery = sign(name);
      const { tag } = splitTag(name, delivery.headers);
      for (const between of [",", " ", ""]) {
        const value = Array(10_000).fill(tag).join(between);
        refused(
          name,
          withTag(name, delivery, () => value),
        );
      }
    });
  }

  for (const name of names) {
    test(`A-09 ${name}: during rotation the old and the new key are good, and no third one`, () => {
      const [old, fresh, third] = senders[name].keys;
      const deliveries = [old, fresh].map((key) => sign(name, { key }));
      for (const keys of [
        [old, fresh],
        [fresh, old],
        [third, old, fresh],
        [fresh, third, old],
      ]) {
        equal(genuine(name, deliveries[0], { keys }).keyId, keys.indexOf(old));
        equal(genuine(name, deliveries[1], { keys }).keyId, keys.indexOf(fresh));
        refused(name, sign(name, { key: third }), [], { keys: [old, fresh] });
      }
      refused(name, deliveries[0], "signature_mismatch", { keys: fresh });
    });
  }

  test("A-09 keys by name or position, whichever way they were given", () => {
    const [old, fresh] = senders.standard.keys;
    const keys = [{ id: "2025", key: old }, fresh];
    equal(genuine("standard", sign("standard", { key: old }), { keys }).keyId, "2025");
    equal(genuine("standard", sign("standard", { key: fresh }), { keys }).keyId, 1);
  });

  for (const name of signingId) {
    test(`A-09 ${name}: an Ed25519 and an HMAC signature side by side pass for either key`, () => {
      const { header, keys } = senders[name];
      const byPair = sign(name, { key: PAIR.secret });
      const values = [sign(name), byPair].map(({ headers }) => headers[header]);
      for (const value of [values.join(" "), values.toReversed().join(" ")]) {
        const both = withHeader(byPair, header, value);
        for (const key of [keys[0], PAIR.public]) {
          genuine(name, both, { keys: key });
        }
        refused(name, both, "signature_mismatch", { keys: keys[1] });
      }
    });
  }
}

/** A body that has another tag than others have, even beside a token, which repeats no more than its public key. */
const another = (name, note) => sampleBody(name, { data: { public_key: note } });

/** What follows a tag in a list may be an item of its own, which is passed over like any that is not known. */
const isAnotherItem = (tail, between, within) =>
  tail.length > 1 && tail[0] === between && tail.includes(within);

const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Every order of every selection of at least one of these. */
function orders(items) {
  return items.flatMap((item) => {
    const rest = orders(items.filter((other) => other !== item));
    return [[item], ...rest.map((order) => [item, ...order])];
  });
}
