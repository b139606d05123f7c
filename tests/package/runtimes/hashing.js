// Hashing by the core and by the runtime must give the same verdict. If the runtime has `node:crypto`, `verify` and
// `receive` hash with it. Otherwise `receive` hashes with WebCrypto, and `verify` hashes in the core.

import { utf8 } from "./bytes.js";
import { equal, ok, print } from "./harness.js";
import { NOW, NOW_SECONDS } from "./senders.js";
import { casesIn } from "./vectors.js";

/** The options that make the core hash everything, or the host. */
const BY_CORE = { hostHashFrom: Number.POSITIVE_INFINITY };
const BY_HOST = { hostHashFrom: 0 };

const URL = "https://hooks.example.com/in/sender";

export function hashing(test, context, files) {
  const { Verifier, Signer, Rejection } = context;

  for (const file of files) {
    test(`vectors of ${file.scheme} get the same verdict when the host hashes and when the core hashes`, async () => {
      for (const { name, keys, now, headers, body, ...rest } of casesIn(file, context)) {
        const { method = "POST", url = URL } = rest;
        const request = requestOf(url, { method, headers, body });
        const verdictsWith = async (options) => {
          const verifier = new Verifier(file.scheme, keys, options);
          return [
            await outcome(() => verifier.verify({ headers, body, method, url }, now)),
            request && (await outcome(() => verifier.receive(request.clone(), now))),
          ];
        };
        equal(await verdictsWith(BY_HOST), await verdictsWith(BY_CORE), name);
      }
    });
  }

  for (const scheme of ["github", "stripe", "standard", "paystack", "front", "cloudinary"]) {
    const key = scheme === "standard" ? "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" : "k".repeat(200);
    test(`hashing by the host gives the same event of ${scheme} at every length`, async () => {
      const verifier = new Verifier(
        scheme,
        ["a different key", key].slice(scheme === "standard"),
        BY_HOST,
      );
      const byCore = new Verifier(scheme, key, BY_CORE);
      for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 127, 128, 1000, 65_536, 300_001]) {
        const body = utf8(JSON.stringify({ id: "evt_1", type: "a.b", memo: "x".repeat(length) }));
        const headers = new Signer(scheme, key).sign({ id: "msg_1", body }, NOW);
        const request = new Request(URL, { method: "POST", headers, body });
        const { id, type } = byCore.verify({ headers, body }, NOW);
        for (const event of [
          verifier.verify({ headers, body }, NOW),
          await verifier.receive(request, NOW),
        ]) {
          equal([event.id, event.type], [id, type], `the id and type at ${length}`);
        }
      }
    });
  }

  test("the core hashes if the signed parts before the body do not fit into the host's buffer", async () => {
    // The buffer has 1024 bytes. The block of the key takes 64 of them.
    const body = '{"event_id":"evt_1","type":"a.b"}';
    const verifier = new Verifier("square", "secret", BY_HOST);
    for (const length of [100, 958, 959, 960, 961, 962, 1023, 1024, 1025, 5000]) {
      const url = URL.padEnd(length, "x");
      const headers = new Signer("square", "secret").sign({ body, url }, NOW);
      const request = new Request(url, { method: "POST", headers, body });
      equal(verifier.verify({ headers, body, url }, NOW).id, "evt_1", `${length} bytes`);
      equal((await verifier.receive(request, NOW)).id, "evt_1", `${length} bytes, received`);
      const forged = { headers, body, url: `${url}x` };
      equal(await outcome(() => verifier.verify(forged, NOW)), "signature_mismatch");
    }
  });

  const nodeCrypto = globalThis.process?.getBuiltinModule?.("crypto");
  if (Object.getOwnPropertyDescriptor(nodeCrypto ?? {}, "hash")?.writable) {
    test("the bytes that the host hashed are wiped afterwards, except for the body", () => {
      const { hash } = nodeCrypto;
      // GitHub's key is in a block before the body. Cloudinary's secret comes after the body.
      for (const scheme of ["github", "cloudinary"]) {
        const body = utf8('{"notification_type":"upload","public_id":"x"}');
        const headers = new Signer(scheme, "secret").sign({ body }, NOW);
        const given = [];
        nodeCrypto.hash = (name, bytes, ...rest) => {
          given.push(bytes);
          return hash(name, bytes, ...rest);
        };
        try {
          new Verifier(scheme, "secret", BY_HOST).verify({ headers, body }, NOW);
        } finally {
          nodeCrypto.hash = hash;
        }
        const joined = given.find((bytes) => bytes.length > body.length);
        ok(joined !== undefined, `the host hashed nothing together with the body of ${scheme}`);
        const left = joined.filter((byte) => byte !== 0);
        equal([...left], [...body], `the bytes that are left after hashing for ${scheme}`);
      }
    });

    test("a Node without crypto.hash hashes with crypto.createHash", () => {
      const { hash, createHash } = nodeCrypto;
      const body = utf8("{}");
      const headers = new Signer("github", "key").sign({ body }, NOW);
      let calls = 0;
      nodeCrypto.hash = undefined;
      nodeCrypto.createHash = (name) => {
        calls += 1;
        return createHash(name);
      };
      try {
        const byHost = new Verifier("github", "key", BY_HOST).verify({ headers, body }, NOW);
        equal(calls, 1, "one hash for the signature, and none for the id before it is read");
        const byCore = new Verifier("github", "key", BY_CORE).verify({ headers, body }, NOW);
        equal(byHost.id, byCore.id);
        equal(calls, 2, "one hash for the signature and one for the id");
      } finally {
        Object.assign(nodeCrypto, { hash, createHash });
      }
    });
  }

  test("a signature of zeros is rejected while a digest is still pending", async () => {
    // The memory for a pending digest holds zeros, which must not be compared.
    const body = JSON.stringify({ notification_type: "upload" });
    const time = String(NOW_SECONDS);
    const headers = { "x-cld-timestamp": time, "x-cld-signature": "0".repeat(40) };
    for (const options of [BY_HOST, BY_CORE]) {
      const verifier = new Verifier("cloudinary", "secret", options);
      const request = new Request(URL, { method: "POST", headers, body });
      equal(await outcome(() => verifier.receive(request, NOW)), "signature_mismatch");
    }
  });

  test("deliveries that are received concurrently do not get each other's digests", async () => {
    const verifier = new Verifier("github", ["one", "two"], BY_HOST);
    const received = Array.from({ length: 40 }, (_, index) => {
      const body = JSON.stringify({ index, memo: "x".repeat(1000 * (index % 7)) });
      const signed = new Signer("github", index % 3 === 0 ? "one" : "two").sign({ body });
      const forged = index % 5 === 4;
      const sent = forged ? body.replace("index", "Index") : body;
      const request = new Request(URL, { method: "POST", headers: signed, body: sent });
      const expected = forged ? "signature_mismatch" : [index % 3 === 0 ? 0 : 1, index];
      return { expected, received: outcome(() => verifier.receive(request), eventOf) };
    });
    for (const { expected, received: found } of received) {
      equal(await found, expected);
    }
  });

  /** Receives a delivery from GitHub while WebCrypto's `digest` is replaced by this function. */
  const receiveWith = async (digest) => {
    const { subtle } = globalThis.crypto;
    const original = subtle.digest;
    const body = "{}";
    const headers = new Signer("github", "key").sign({ body });
    Object.defineProperty(subtle, "digest", {
      value: (...given) => digest(original.bind(subtle), ...given),
      configurable: true,
    });
    try {
      const request = new Request(URL, { method: "POST", headers, body });
      const event = await new Verifier("github", "key", BY_HOST).receive(request);
      equal(event.text(), body);
    } finally {
      delete subtle.digest;
    }
    ok(subtle.digest === original, "WebCrypto was not restored");
  };

  test("if WebCrypto fails, the core hashes", () =>
    receiveWith(() => Promise.reject(new Error("broken"))));

  test("if WebCrypto hashes, it also makes the id from a digest", async () => {
    const hashed = [];
    await receiveWith((original, name, bytes) => {
      hashed.push(bytes.length);
      return original(name, bytes);
    });
    // First the key's block with the body, then the body alone. With `node:crypto`, WebCrypto hashes nothing.
    equal(hashed, nodeCrypto === undefined ? [66, 2] : []);
  });

  test("hostHashFrom must be a number of bytes", () => {
    for (const hostHashFrom of [-1, Number.NaN, "1024", null, true]) {
      let error;
      try {
        new Verifier("github", "key", { hostHashFrom });
      } catch (thrown) {
        error = thrown;
      }
      ok(error instanceof TypeError && !(error instanceof Rejection), print(error));
    }
  });
}

const eventOf = (event) => [event.keyId, event.json().index];

/** Returns the short form of the event, or the code of the error. */
async function outcome(run, describe = ({ id, type, keyId }) => [id, type, keyId]) {
  try {
    return describe(await run());
  } catch (error) {
    return error.code ?? print(error);
  }
}

/** Returns the request, or `undefined` if it is invalid or this runtime cannot make it. */
function requestOf(url, init) {
  try {
    return new Request(url, init);
  } catch {
    return undefined;
  }
}
