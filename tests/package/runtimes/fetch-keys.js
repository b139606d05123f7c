// `fetchKeys`: keys and certificates from a URL. Every test passes its own `fetch`, so no request leaves the machine.

import { utf8 } from "./bytes.js";
import { equal, ok, rejection } from "./harness.js";

const URL_OF_SNS =
  "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
const SET_URL = "https://issuer.example/.well-known/jwks.json";

/** RFC 8037, appendix A.2, and RFC 7515, appendix A.3. */
const OKP = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
const EC = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
};

const PAGE = "<!doctype html><title>Sign in</title>";

/** @param files the parsed vectors, of which those of SNS hold a certificate */
export function keyFetching(
  test,
  { fetchKeys, KeyCache, KeyError, KeyFetchError, Rejection, SchemeError, Verifier },
  files,
) {
  const CERTIFICATE = files.find(({ scheme }) => scheme === "sns").tests[0].keys[0];

  /** A `fetch` that returns this answer and records its calls in `asked`. */
  function fake(answer) {
    const asked = [];
    const fetch = async (url, options) => {
      asked.push({ url, options });
      return typeof answer === "function" ? answer(options) : new Response(answer);
    };
    return { asked, fetch };
  }

  const sns = (url) => ({ body: JSON.stringify({ Type: "Notification", SigningCertURL: url }) });
  const fresh = (fetch, more) => ({ fetch, cache: new KeyCache(), ...more });

  async function failsWith(promise, words) {
    const error = await rejection(promise);
    ok(error instanceof KeyFetchError, `${error} instead of a KeyFetchError`);
    ok(error.message.includes(words), error.message);
  }

  test("fetchKeys: the certificate that a delivery names is fetched without following redirects", async () => {
    const { asked, fetch } = fake(`${CERTIFICATE}\n`);
    equal(await fetchKeys("sns", sns(URL_OF_SNS), fresh(fetch)), [CERTIFICATE.trim()]);
    equal(asked[0].url, URL_OF_SNS);
    equal(asked[0].options.redirect, "manual");
    ok(asked[0].options.signal instanceof AbortSignal, "no signal");
    const china = "https://sns.cn-north-1.amazonaws.com.cn/a.pem";
    await fetchKeys("sns", { body: utf8(sns(china).body) }, fresh(fetch));
    equal(asked[1].url, china);
    const europe = "https://sns.eusc-de-east-1.amazonaws.eu/a.pem";
    await fetchKeys("sns", sns(europe), fresh(fetch));
    equal(asked[2].url, europe);
  });

  // Threat model: A-76.
  test("fetchKeys: a URL that is not the sender's is rejected without a request", async () => {
    const { asked, fetch } = fake("");
    for (const url of [
      URL_OF_SNS.replace("https", "http"),
      URL_OF_SNS.replace("https", "HTTPS"),
      URL_OF_SNS.replace("sns.us", "SNS.us"),
      URL_OF_SNS.replace("us-west-2", "US-WEST-2"),
      URL_OF_SNS.replace(".com/", ".com:443/"),
      URL_OF_SNS.replace(".com/", ".com:8443/"),
      URL_OF_SNS.replace(".com/", ".com./"),
      URL_OF_SNS.replace(".com/", ".com.evil.com/"),
      URL_OF_SNS.replace(".com/", ".com.cn.evil.com/"),
      URL_OF_SNS.replace(".com/", ".com@evil.com/"),
      URL_OF_SNS.replace(".com/", ".com%40evil.com/"),
      URL_OF_SNS.replace(".com/", ".org/"),
      URL_OF_SNS.replace("//sns", "//user@sns"),
      URL_OF_SNS.replace("//sns", "//user:password@sns"),
      URL_OF_SNS.replace("//sns", "//evil.com/sns"),
      URL_OF_SNS.replace("//sns", "//evil.com\\sns"),
      URL_OF_SNS.replace("//sns", "//evil.com#sns"),
      URL_OF_SNS.replace("//sns", "//evil.com?sns"),
      URL_OF_SNS.replace("//sns", "//xsns"),
      URL_OF_SNS.replace("us-west-2.", ""),
      URL_OF_SNS.replace("us-west-2", "us"),
      URL_OF_SNS.replace("us-west-2", "a.b"),
      URL_OF_SNS.replace("us-west-2", "s3"),
      URL_OF_SNS.replace("us-west-2", "s3-us-west-2"),
      URL_OF_SNS.replace("us-west-2", "\u00fcs-west-2"),
      URL_OF_SNS.replace("us-west-2", "us\u2011west-2"),
      URL_OF_SNS.replace(".amazonaws", "\u3002amazonaws"),
      URL_OF_SNS.replace(".com/", ".com//"),
      URL_OF_SNS.replace(".com/", ".com/a/"),
      URL_OF_SNS.replace(".com/", ".com/../"),
      URL_OF_SNS.replace(".com/", ".com/%2e%2e/"),
      URL_OF_SNS.replace(".com/", ".com/?"),
      URL_OF_SNS.replace(".com/", ".com/#"),
      URL_OF_SNS.replace(".pem", ".pem.txt"),
      URL_OF_SNS.replace(".pem", ".PEM"),
      URL_OF_SNS.replace(".pem", ""),
      `${URL_OF_SNS}?a`,
      `${URL_OF_SNS}#a`,
      `${URL_OF_SNS}\n`,
      ` ${URL_OF_SNS}`,
      URL_OF_SNS.slice("https:".length),
      "https://169.254.169.254/a.pem",
      "https://sns.us-west-2.amazonaws.com/.pem",
      "file:///etc/a.pem",
      "",
    ]) {
      const error = await rejection(fetchKeys("sns", sns(url), fresh(fetch)));
      ok(error instanceof Rejection && error.code === "malformed_header", `${url}: ${error}`);
    }
    equal(asked.length, 0, "the number of fetches");
  });

  test("fetchKeys: a delivery without a URL is rejected without a request", async () => {
    const { asked, fetch } = fake("");
    for (const body of [
      "",
      "{",
      "null",
      "[]",
      "{}",
      '{"SigningCertURL":1}',
      '{"signingCertURL":"a"}',
    ]) {
      const error = await rejection(fetchKeys("sns", { body }, fresh(fetch)));
      ok(error instanceof Rejection && error.code === "missing_header", `${body}: ${error}`);
    }
    const error = await rejection(fetchKeys("plaid", { body: "{}" }, fresh(fetch)));
    ok(error instanceof TypeError && error.message.includes("`url`"), `${error}`);
    for (const url of ["http://issuer.example/", "//issuer.example/", 1, null]) {
      const wrong = await rejection(fetchKeys("plaid", { body: "{}" }, fresh(fetch, { url })));
      ok(wrong instanceof TypeError, `${url}: ${wrong}`);
    }
    equal(asked.length, 0, "the number of fetches");
  });

  test("fetchKeys: a key set gives its signature keys with their kid as id", async () => {
    const set = {
      keys: [
        { ...EC, kid: "ec", use: "sig" },
        { ...OKP, kid: "okp" },
        OKP,
        { ...EC, kid: "other-use", use: "enc" },
        { ...EC, kid: "other-curve", crv: "P-384" },
        { kty: "oct", kid: "symmetric", k: "AAAA" },
        null,
      ],
    };
    const { asked, fetch } = fake(JSON.stringify(set));
    const keys = await fetchKeys("plaid", { body: "" }, fresh(fetch, { url: SET_URL }));
    equal(asked[0].url, SET_URL);
    // Plaid signs with P-256 only, and FusionAuth with any key.
    equal(
      keys.map((key) => key.id),
      ["ec"],
    );
    equal(JSON.parse(keys[0].key).crv, "P-256");
    ok(new Verifier("plaid", keys) instanceof Verifier, "a verifier with the keys of the set");
    const all = await fetchKeys("fusionauth", { body: "" }, fresh(fetch, { url: SET_URL }));
    equal(
      all.map((key) => key.id),
      ["ec", "okp", undefined],
    );
    ok(new Verifier("fusionauth", all) instanceof Verifier, "a verifier with all keys of the set");
    const one = await fetchKeys(
      "plaid",
      { body: "" },
      fresh(fake(`${JSON.stringify(EC)}\n`).fetch, { url: SET_URL }),
    );
    equal(one, [JSON.stringify(EC)]);
  });

  // Threat model: A-77.
  test("fetchKeys: a response that is not a public key of the scheme is an error, and is not cached", async () => {
    const options = { cache: new KeyCache(), url: SET_URL };
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const pem = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----";
    const privateKey = JSON.stringify({ ...OKP, d: OKP.x });
    // FusionAuth and Stripe take texts as secrets. A reader of the page could sign with it.
    for (const scheme of ["fusionauth", "plaid", "sns", "stripe", "standard"]) {
      for (const answer of [PAGE, "", " ", secret, pem, privateKey, "null", "[]", '"key"']) {
        const { asked, fetch } = fake(answer);
        for (const attempt of [1, 2]) {
          const from = fetchKeys(scheme, sns(URL_OF_SNS), { ...options, fetch });
          await failsWith(from, "public key");
          equal(asked.length, attempt, `${scheme}, ${answer}: the number of fetches`);
        }
      }
    }
    const error = await rejection(
      fetchKeys("fusionauth", { body: "" }, { ...options, fetch: fake(PAGE).fetch }),
    );
    ok(error.cause instanceof KeyError, `${error.cause}`);
    const { fetch } = fake(JSON.stringify(EC));
    equal((await fetchKeys("fusionauth", { body: "" }, { ...options, fetch })).length, 1);
  });

  // Threat model: A-77.
  test("fetchKeys: a key that was fetched for one scheme is not returned for a different one", async () => {
    const options = { cache: new KeyCache(), url: SET_URL };
    const { asked, fetch } = fake(JSON.stringify(OKP));
    await fetchKeys("fusionauth", { body: "" }, { ...options, fetch });
    await failsWith(fetchKeys("plaid", { body: "" }, { ...options, fetch }), "public key");
    await fetchKeys("fusionauth", { body: "" }, { ...options, fetch });
    equal(asked.length, 2, "the number of fetches");
  });

  // Threat model: A-76.
  test("fetchKeys: an unsound description is rejected without a request", async () => {
    const { asked, fetch } = fake(CERTIFICATE);
    const description = (like) => ({
      name: "own",
      signature: {
        place: { body: "/Signature" },
        tags: [{ algorithm: "rsa-sha256", encoding: "base64" }],
        content: [{ members: ["Message", "Url"] }],
      },
      key: "public",
      id: "digest",
      keyUrl: { at: "/Url", like },
    });
    const body = JSON.stringify({ Url: "https://own.example/x.pem", Message: "", Signature: "" });
    for (const like of [
      ["https://*/x.pem"],
      ["https://*.example/x.pem"],
      ["http://own.example/x.pem"],
      ["https://own.example/x.pem", "https://*/x.pem"],
      [],
    ]) {
      for (const more of [{}, { url: SET_URL }]) {
        const from = fetchKeys(description(like), { body }, fresh(fetch, more));
        const error = await rejection(from);
        ok(error instanceof SchemeError && error.code === "unsound", `${like}: ${error}`);
      }
    }
    equal(asked.length, 0, "the number of fetches");
    const sound = description(["https://own.example/*.pem"]);
    equal((await fetchKeys(sound, { body }, fresh(fetch))).length, 1);
    // A getter could show the core a different pattern than the one that is used.
    let reads = 0;
    const changing = {
      ...sound,
      get keyUrl() {
        reads += 1;
        return description([reads === 1 ? "https://own.example/*.pem" : "https://*/x.pem"]).keyUrl;
      },
    };
    const elsewhere = JSON.stringify({ Url: "https://evil.example/x.pem" });
    const error = await rejection(fetchKeys(changing, { body: elsewhere }, fresh(fetch)));
    ok(error instanceof Rejection, `${error}`);
    equal([reads, asked.length], [1, 1], "the numbers of reads and fetches");
  });

  test("fetchKeys: an invalid key set is an error that says what is wrong", async () => {
    const from = (text) =>
      fetchKeys("plaid", { body: "" }, fresh(fake(text).fetch, { url: SET_URL }));
    await failsWith(from("{"), "not JSON");
    await failsWith(from('{"keys":[]}'), "no key for signatures");
    await failsWith(from('{"keys":[{"kty":"oct","k":"AAAA"}]}'), "no key for signatures");
    await failsWith(from(Uint8Array.of(0xff)), "could not be fetched");
  });

  // Threat model: A-76.
  test("fetchKeys: a redirect or an error status is an error", async () => {
    const from = (answer) => fetchKeys("sns", sns(URL_OF_SNS), fresh(fake(answer).fetch));
    const redirect = () =>
      new Response(null, { status: 302, headers: { location: "https://evil.com/a.pem" } });
    await failsWith(from(redirect), "status 302");
    await failsWith(
      from(() => new Response("key", { status: 404 })),
      "status 404",
    );
    const followed = () =>
      Object.defineProperty(new Response("key"), "redirected", { value: true });
    await failsWith(from(followed), "a redirect");
    const opaque = () => ({ status: 0, redirected: false, body: null });
    await failsWith(from(opaque), "status 0");
    const broken = () => {
      throw new TypeError("network");
    };
    const error = await rejection(from(broken));
    ok(error instanceof KeyFetchError && error.cause instanceof TypeError, `${error}`);
  });

  // Threat model: A-39.
  test("fetchKeys: an endless answer is cancelled", async () => {
    let pulled = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulled += 1;
            controller.enqueue(new Uint8Array(1024).fill(65));
          },
        }),
      );
    await failsWith(fetchKeys("sns", sns(URL_OF_SNS), fresh(fake(endless).fetch)), "more than");
    ok(pulled < 200, `${pulled} chunks were read`);
  });

  // Threat model: A-40.
  test("fetchKeys: an answer that stalls is aborted after the timeout, also in the middle", async () => {
    const hanging = [
      () => new Promise(() => {}),
      () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
    ];
    for (const answer of hanging) {
      const { asked, fetch } = fake(answer);
      await failsWith(fetchKeys("sns", sns(URL_OF_SNS), fresh(fetch, { timeout: 20 })), "20 ms");
      ok(asked[0].options.signal.aborted, "the fetch was not aborted");
    }
  });

  test("fetchKeys: the cache is limited in time and in size", async () => {
    const { asked, fetch } = fake(CERTIFICATE);
    const options = { fetch, cache: new KeyCache({ size: 2 }) };
    const named = (name) => sns(`https://sns.us-west-2.amazonaws.com/${name}.pem`);
    const first = await fetchKeys("sns", named("a"), options);
    ok(first === (await fetchKeys("sns", named("a"), options)), "another array came back");
    equal(asked.length, 1, "the number of fetches");
    await fetchKeys("sns", named("b"), options);
    await fetchKeys("sns", named("c"), options);
    await fetchKeys("sns", named("b"), options);
    equal(asked.length, 3, "the number of fetches");
    await fetchKeys("sns", named("a"), options);
    equal(asked.length, 4, "the number of fetches");
    const never = { fetch, cache: new KeyCache({ seconds: 0 }) };
    await fetchKeys("sns", named("a"), never);
    await fetchKeys("sns", named("a"), never);
    equal(asked.length, 6, "the number of fetches");
  });

  test("fetchKeys: a failed fetch is not cached", async () => {
    let count = 0;
    const flaky = () => {
      count += 1;
      return new Response(CERTIFICATE, { status: count === 1 ? 500 : 200 });
    };
    const options = fresh(fake(flaky).fetch);
    await failsWith(fetchKeys("sns", sns(URL_OF_SNS), options), "status 500");
    equal(await fetchKeys("sns", sns(URL_OF_SNS), options), [CERTIFICATE.trim()]);
  });
}
